import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expressions, matches, names } from '../../tests/fixtures/expressions'
import { codeOf, RUNS } from '../../tests/fixtures/laws'
import { BitcohortError } from './errors'
import { and, attribute, type Expression, event, minus, not, or, segment, xor } from './expression'
import { parsePeriod } from './label'
import { parseExpression, printExpression } from './parse'

const [a, b, c, d, e] = [event('a'), event('b'), event('c'), event('d'), event('e')] as const
const at = (name: string, label: string) => event(name, parsePeriod(label))

function errorOf(text: string): BitcohortError {
  try {
    parseExpression(text, 'start')
  } catch (error) {
    if (error instanceof BitcohortError) return error
    throw error
  }
  throw new Error(`${JSON.stringify(text)} was taken`)
}

describe('printExpression', () => {
  it('prints a text that parses to the same tree, and prints that one alike', () => {
    fc.assert(
      fc.property(expressions, (tree) => {
        const text = printExpression(tree)
        fc.pre(text.length <= 2_000)
        expect(parseExpression(text)).toEqual(tree)
        expect(printExpression(parseExpression(text))).toBe(text)
      }),
      RUNS,
    )
  })

  it.each<[Expression, string]>([
    [or(and(a, b), c), 'a & b | c'],
    [and(a, or(b, c)), 'a & (b | c)'],
    [xor(or(a, b), c), '(a | b) ^ c'],
    [or(xor(a, b), c), 'a ^ b | c'],
    [minus(and(a, b), c), 'a & b - c'],
    [and(a, minus(b, c)), 'a & (b - c)'],
    [and(minus(a, b), c), 'a - b & c'],
    [minus(a, b, c), 'a - b - c'],
    [minus(a, minus(b, c)), 'a - (b - c)'],
    [minus(a, and(b, c)), 'a - (b & c)'],
    [not(and(a, b)), '!(a & b)'],
    [not(not(a)), '!!a'],
    [not(attribute('paid_user')), '!attr(paid_user)'],
    [event('odd name!'), '"odd name!"'],
    [event('a"b\\c'), '"a\\"b\\\\c"'],
    [at('active', '2024-W09'), 'active@2024-W09'],
    [attribute('country:US'), 'attr(country:US)'],
    [attribute('two words'), 'attr("two words")'],
    [segment('web users'), 'seg("web users")'],
    [event('attr'), 'attr'],
    [event('日本語'), '日本語'],
    [event('e\u0301'), '"e\u0301"'],
    [event('x-y.z/1'), '"x-y.z/1"'],
  ])('prints %j as %s', (tree, text) => {
    expect(printExpression(tree)).toBe(text)
    expect(parseExpression(text)).toEqual(tree)
  })

  it('does not mind depth', () => {
    const levels = Array.from({ length: 5_000 }, (_, i) => i)
    const tree = levels.reduce<Expression>((of, i) => (i % 2 === 0 ? and(of, b) : or(of, c)), a)
    // The last `& b` and `| c` stand without parentheses.
    expect(printExpression(tree)).toBe(`${'('.repeat(2_499)}a${' & b | c)'.repeat(2_499)} & b | c`)
  })
})

describe('parseExpression', () => {
  it.each<[string, Expression]>([
    ['a', a],
    ['a | b ^ c & d', or(a, xor(b, and(c, d)))],
    ['a & b ^ c | d', or(xor(and(a, b), c), d)],
    ['a ^ b | c ^ d', or(xor(a, b), xor(c, d))],
    ['a | b & c | d', or(a, and(b, c), d)],
    ['a & b - c', minus(and(a, b), c)],
    ['a - b & c', and(minus(a, b), c)],
    ['a - b - c', minus(a, b, c)],
    ['a - b | c - d', or(minus(a, b), minus(c, d))],
    ['!a & b', and(not(a), b)],
    ['!a - !b', minus(not(a), not(b))],
    ['!(a | b)', not(or(a, b))],
    ['a & (b & c)', and(a, b, c)],
    ['(a | b) | c', or(a, b, c)],
    ['((a))', a],
    ['a-b', minus(a, b)],
    ['a&b|c^d-e', or(and(a, b), xor(c, minus(d, e)))],
    [' a\t&\n(b | c )\r', and(a, or(b, c))],
    ['a&!attr(paid_user)', and(a, not(attribute('paid_user')))],
    ['attr ( "two words" )', attribute('two words')],
    ['"attr"', event('attr')],
    ['attr | seg', or(event('attr'), event('seg'))],
    ['seg(x) - attr', minus(segment('x'), event('attr'))],
    ['Attr', event('Attr')],
    [
      'active & (web | ios) - attr(staff)',
      minus(and(event('active'), or(event('web'), event('ios'))), attribute('staff')),
    ],
    ['signup@2024-W09 & attr(paid_user)', and(at('signup', '2024-W09'), attribute('paid_user'))],
    ['a@2024', at('a', '2024')],
    ['a@2024-02', at('a', '2024-02')],
    ['a@2024-02-09', at('a', '2024-02-09')],
    ['a@2024-02-09T05', at('a', '2024-02-09T05')],
    ['a @2024', at('a', '2024')],
    ['"odd name!"@2024-02|b', or(at('odd name!', '2024-02'), b)],
    // A minus after a period needs a blank; without one it belongs to the period.
    ['a@2024 - "1"', minus(at('a', '2024'), event('1'))],
    ['a@2024 - 1', minus(at('a', '2024'), event('1'))],
    ['a@2024 -1', minus(at('a', '2024'), event('1'))],
    ['a@2024-02 - b@2024-W01', minus(at('a', '2024-02'), at('b', '2024-W01'))],
    ['!a@2024', not(at('a', '2024'))],
    ['2024', event('2024')],
    ['ünï:код.日本/٣', event('ünï:код.日本/٣')],
    ['"🎵 \\"x\\" \\\\"', event('🎵 "x" \\')],
    ['"a & b"', event('a & b')],
  ])('reads %j', (text, tree) => {
    expect(parseExpression(text)).toEqual(tree)
  })

  it.each([
    ['', 0, 'a name, got "the end"'],
    ['   ', 3, 'a name, got "the end"'],
    ['a b', 2, 'an operator or the end, got "b"'],
    ['a "b"', 2, 'an operator or the end, got "\\"b\\""'],
    ['a &', 3, 'a name, got "the end"'],
    ['& a', 0, 'a name, "!" or "(", got "&"'],
    ['a && b', 3, 'a name, "!" or "(", got "&"'],
    ['a - - b', 4, 'a name, "!" or "(", got "-"'],
    ['-a', 0, 'a name, "!" or "(", got "-"'],
    ['!', 1, 'a name, got "the end"'],
    ['(a', 2, '")", got "the end"'],
    ['a)', 1, 'an operator or the end, got ")"'],
    ['()', 1, 'a name, "!" or "(", got ")"'],
    ['a (b)', 2, 'an operator or the end, got "("'],
    ['"a', 0, 'a closing quote, got "\\"a"'],
    ['a & "b\\', 4, 'a closing quote, got "\\"b\\\\"'],
    ['"a\\n"', 0, 'a closing quote'],
    ['""', 0, 'a name of 1 to 200 characters'],
    ['a | "bitop_x"', 4, 'a name of 1 to 200 characters, not beginning with "bitop_"'],
    ['a | bitop_x', 4, 'a name of 1 to 200 characters'],
    ['attr(bitop_x)', 5, 'a name of 1 to 200 characters'],
    ['"a\u0000b"', 0, 'a name of 1 to 200 characters'],
    ['a\u0000', 1, 'a name, an operator or a parenthesis, got "\\u0000"'],
    [`a & ${'x'.repeat(201)}`, 4, 'a name of 1 to 200 characters'],
    ['a, b', 1, 'a name, an operator or a parenthesis, got ","'],
    ["'a'", 0, 'a name, an operator or a parenthesis, got "\'"'],
    ['a + b', 2, 'a name, an operator or a parenthesis, got "+"'],
    ['attr()', 5, 'a name, got ")"'],
    ['attr(a b)', 7, '")", got "b"'],
    ['attr(a', 6, '")", got "the end"'],
    ['attr(!a)', 5, 'a name, got "!"'],
    ['attr(a@2024)', 6, '")", got "@"'],
    ['attr(a)@2024', 7, 'an operator or the end, got "@"'],
    ['(a)@2024', 3, 'an operator or the end, got "@"'],
    ['"attr"(a)', 6, 'an operator or the end, got "("'],
    ['@2024', 0, 'a name, "!" or "(", got "@"'],
    ['a@', 2, 'a period such as 2024-02-09 after "@", got ""'],
    ['a@ 2024', 2, 'a period such as 2024-02-09 after "@", got ""'],
    ['a@2024-1', 2, 'a period such as 2024-02-09 after "@", got "2024-1"'],
    ['a@2024-b', 2, 'a period such as 2024-02-09 after "@", got "2024-b"'],
    ['a@2024-"1"', 2, 'a period such as 2024-02-09 after "@", got "2024-"'],
    ['a@2024-13', 2, 'a period such as 2024-02-09 after "@", got "2024-13"'],
    ['a@2021-W53', 2, 'a period such as 2024-02-09 after "@", got "2021-W53"'],
    ['a@2024-02-30', 2, 'a period such as 2024-02-09 after "@", got "2024-02-30"'],
    ['a@２０２４', 2, 'a period such as 2024-02-09 after "@", got "２０２４"'],
    ['a@2024@2025', 6, 'an operator or the end, got "@"'],
  ])('refuses %j at %i', (text, position, reason) => {
    const error = errorOf(text)
    expect(error.code).toBe('BAD_EXPRESSION')
    expect(error.field).toBe('start')
    expect(error.position).toBe(position)
    expect(error.message).toContain(`"start" expected ${reason}`)
    expect(error.message).toContain(`at position ${position + 1}; combine events with`)
  })

  it('takes 2,000 characters, 64 leaves and 32 levels, and no more', () => {
    const leaves = (count: number) => Array.from({ length: count }, (_, i) => `e${i}`).join(' | ')
    expect(codeOf(() => parseExpression(`a${' '.repeat(1_999)}`))).toBe('none')
    expect(codeOf(() => parseExpression(`a${' '.repeat(2_000)}`))).toBe('BAD_EXPRESSION')
    expect(codeOf(() => parseExpression(leaves(64)))).toBe('none')
    expect(codeOf(() => parseExpression(leaves(65)))).toBe('BAD_EXPRESSION')
    expect(codeOf(() => parseExpression(`${'!'.repeat(31)}a`))).toBe('none')
    expect(codeOf(() => parseExpression(`${'!'.repeat(32)}a`))).toBe('BAD_EXPRESSION')
    expect(codeOf(() => parseExpression(`${'('.repeat(900)}a${')'.repeat(900)}`))).toBe('BAD_EXPRESSION')
    expect(codeOf(() => parseExpression('!'.repeat(2_000)))).toBe('BAD_EXPRESSION')
  })

  it('binds as the grammar says, judged by splitting the text at its loosest operator', () => {
    const operand = fc
      .tuple(fc.constantFrom('', '!', '!!'), fc.constantFrom(...'abcde'))
      .map(([n, x]) => n + x)
    const operators = fc.array(fc.tuple(fc.constantFrom('|', '^', '&', '-'), operand), { maxLength: 9 })
    const holds = (text: string, users: string): boolean => {
      if (text.includes('|')) return text.split('|').some((part) => holds(part, users))
      if (text.includes('^')) return text.split('^').filter((part) => holds(part, users)).length % 2 === 1
      // `&` and `-` are one level, from left to right: every operand after a `-` must be absent.
      return [...text.matchAll(/([&-]?)(!*)(\w)/g)].every(
        ([, operator, bangs = '', name = '']) =>
          (users.includes(name) !== (bangs.length % 2 === 1)) !== (operator === '-'),
      )
    }
    fc.assert(
      fc.property(operand, operators, fc.subarray([...'abcde']), (first, rest, present) => {
        const text = first + rest.flat().join('')
        const tree = parseExpression(text)
        const isIn = (leaf: Expression) => leaf.kind === 'event' && present.includes(leaf.name)
        expect(matches(tree, isIn)).toBe(holds(text, present.join('')))
      }),
      RUNS,
    )
  })

  it('reads any name inside quotes', () => {
    fc.assert(
      fc.property(names, (name) => {
        const quoted = `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
        expect(parseExpression(quoted)).toEqual(event(name))
        expect(parseExpression(`attr(${quoted})`)).toEqual(attribute(name))
      }),
      RUNS,
    )
  })

  it('throws nothing but BAD_EXPRESSION, with a position inside the text', () => {
    const soup = fc.array(
      fc.constantFrom('a', '"b c"', '(', ')', '&', '|', '^', '!', '-', '@2024', '@', 'attr(', ' ', '"'),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          soup.map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            parseExpression(text)
          } catch (error) {
            if (!(error instanceof BitcohortError)) throw error
            expect(error.code).toBe('BAD_EXPRESSION')
            expect(error.position).toBeLessThanOrEqual(text.length)
          }
        },
      ),
      RUNS,
    )
  })
})
