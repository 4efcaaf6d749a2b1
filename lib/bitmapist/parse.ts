import { BitcohortError, expected } from './errors'
import {
  and,
  attribute,
  checkSize,
  EXPRESSION_LIMITS,
  type Expression,
  event,
  minus,
  not,
  or,
  segment,
  xor,
} from './expression'
import { label, parsePeriod } from './label'
import type { Period } from './period'

type Token = { readonly text: string; readonly at: number } & (
  | { readonly kind: 'symbol' | 'name' | 'end' }
  | { readonly kind: 'quoted'; readonly name: string }
  | { readonly kind: 'period'; readonly period: Period }
)

const NAME = /[\p{L}\p{N}_:./]+/uy
const QUOTED = /"((?:[^"\\]|\\["\\])*)"/y
const PERIOD = /[\p{L}\p{N}-]*/uy
const SPACE = /\s*/y

/**
 * Reads an expression; the grammar is in docs/expressions.md.
 * @param field names the parameter in errors
 * @throws BAD_EXPRESSION with the position and the reason
 */
export function parseExpression(text: string, field = 'expression'): Expression {
  if (text.length > EXPRESSION_LIMITS.characters) {
    const what = expected(
      field,
      `at most ${EXPRESSION_LIMITS.characters} characters`,
      `${text.length} characters`,
    )
    throw new BitcohortError('BAD_EXPRESSION', what, { field })
  }
  const parser = new Parser(text, field)
  return checkSize(parser.whole(), field)
}

/** Recursive descent over one text; `depth` bounds the recursion. */
class Parser {
  private token: Token
  private position = 0
  private depth = 0

  constructor(
    private readonly text: string,
    private readonly field: string,
  ) {
    this.token = this.lex()
  }

  whole(): Expression {
    const tree = this.or()
    if (this.token.kind !== 'end') throw this.fail('an operator or the end')
    return tree
  }

  private or(): Expression {
    const items = [this.xor()]
    while (this.skip('|')) items.push(this.xor())
    return or(...items)
  }

  private xor(): Expression {
    const items = [this.and()]
    while (this.skip('^')) items.push(this.and())
    return xor(...items)
  }

  private and(): Expression {
    let left = this.unary()
    for (;;) {
      if (this.skip('&')) left = and(left, this.unary())
      else if (this.skip('-')) left = minus(left, this.unary())
      else return left
    }
  }

  private unary(): Expression {
    if (this.token.kind !== 'symbol') return this.leaf()
    if (++this.depth > EXPRESSION_LIMITS.depth) throw this.fail(`at most ${EXPRESSION_LIMITS.depth} levels`)
    const tree = this.nested()
    this.depth--
    return tree
  }

  private nested(): Expression {
    if (this.skip('!')) return not(this.unary())
    if (!this.skip('(')) throw this.fail('a name, "!" or "("')
    const tree = this.or()
    if (!this.skip(')')) throw this.fail('")"')
    return tree
  }

  private leaf(): Expression {
    const { token } = this
    const name = this.name()
    if (token.kind === 'name' && (name === 'attr' || name === 'seg') && this.skip('(')) {
      const inner = this.token
      const of = this.name()
      if (!this.skip(')')) throw this.fail('")"')
      return this.checked(() => (name === 'attr' ? attribute(of) : segment(of)), inner)
    }
    return this.checked(() => event(name, this.period()), token)
  }

  /** Reads `@period` where it stands. */
  private period(): Period | null {
    if (!(this.token.kind === 'symbol' && this.token.text === '@')) return null
    this.token = this.lexPeriod()
    const found = this.token.kind === 'period' ? this.token.period : null
    this.token = this.lex()
    return found
  }

  private name(): string {
    const { token } = this
    if (token.kind !== 'name' && token.kind !== 'quoted') throw this.fail('a name')
    this.token = this.lex()
    return token.kind === 'quoted' ? token.name : token.text
  }

  private skip(symbol: string): boolean {
    if (this.token.kind !== 'symbol' || this.token.text !== symbol) return false
    this.token = this.lex()
    return true
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position
    const found = pattern.exec(this.text)
    if (found) this.position += found[0].length
    return found
  }

  private lex(): Token {
    this.match(SPACE)
    const at = this.position
    const char = this.text[at]
    if (char === undefined) return { kind: 'end', text: '', at }
    if ('|^&-!()@'.includes(char)) {
      this.position++
      return { kind: 'symbol', text: char, at }
    }
    const quoted = this.match(QUOTED)
    if (quoted) return { kind: 'quoted', text: quoted[0], name: unquote(quoted[1] ?? ''), at }
    if (char === '"') throw this.failAt(at, 'a closing quote', this.text.slice(at))
    const name = this.match(NAME)
    if (!name) throw this.failAt(at, 'a name, an operator or a parenthesis', char)
    return { kind: 'name', text: name[0], at }
  }

  /** After `@`: the longest run of letters, digits and `-` must be one valid period. */
  private lexPeriod(): Token {
    const at = this.position
    const run = this.match(PERIOD)?.[0] ?? ''
    try {
      return { kind: 'period', text: run, at, period: parsePeriod(run) }
    } catch (error) {
      throw this.failAt(at, 'a period such as 2024-02-09 after "@"', run, error)
    }
  }

  /** Adds the position to what a constructor refuses. */
  private checked(make: () => Expression, { at, text }: Token): Expression {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof BitcohortError) || error.code === 'BAD_EXPRESSION') throw error
      throw this.failAt(at, 'a name of 1 to 200 characters, not beginning with "bitop_"', text, error)
    }
  }

  private fail(expectation: string): BitcohortError {
    const { kind, text, at } = this.token
    return this.failAt(at, expectation, kind === 'end' ? 'the end' : text)
  }

  private failAt(position: number, expectation: string, got: string, cause?: unknown): BitcohortError {
    const what = `${expected(this.field, expectation, got)} at position ${position + 1}`
    return new BitcohortError('BAD_EXPRESSION', what, { field: this.field, position, cause })
  }
}

function unquote(quoted: string): string {
  return quoted.replace(/\\(["\\])/g, '$1')
}

/** How tightly a kind binds: parts that bind less tightly stand in parentheses. */
const BINDING = { or: 1, xor: 2, and: 3, minus: 3, not: 4, event: 5, attribute: 5, segment: 5 } as const

/** The one canonical text of an expression; `parseExpression` gives the same tree back, within its limits. */
export function printExpression(of: Expression): string {
  const pieces: string[] = []
  // Without recursion: a tree that a program put together may be thousands of levels deep.
  const waiting: (Expression | string)[] = [of]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    if (typeof next === 'string') pieces.push(next)
    else for (const piece of layOut(next).toReversed()) waiting.push(piece)
  return pieces.join('')
}

/** An expression's text, with its parts in their places. */
function layOut(of: Expression): readonly (Expression | string)[] {
  switch (of.kind) {
    case 'event':
      return [printName(of.name) + (of.at === null ? '' : `@${label(of.at)}`)]
    case 'attribute':
      return [`attr(${printName(of.name)})`]
    case 'segment':
      return [`seg(${printName(of.name)})`]
    case 'or':
    case 'xor':
      return of.items.flatMap((item, i) => [
        i === 0 ? '' : of.kind === 'or' ? ' | ' : ' ^ ',
        ...wrap(item, BINDING[of.kind] + 1),
      ])
    case 'and':
      return of.items.flatMap((item, i) =>
        i === 0 ? wrap(item, BINDING.and) : [' & ', ...wrap(item, BINDING.and + 1)],
      )
    case 'minus':
      return [
        ...wrap(of.from, BINDING.minus),
        ...of.remove.flatMap((item) => [' - ', ...wrap(item, BINDING.minus + 1)]),
      ]
    case 'not':
      return ['!', ...wrap(of.of, BINDING.not)]
    default:
      return of satisfies never
  }
}

function wrap(of: Expression, binding: number): readonly (Expression | string)[] {
  return BINDING[of.kind] < binding ? ['(', of, ')'] : [of]
}

function printName(name: string): string {
  return /^[\p{L}\p{N}_:./]+$/u.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`
}
