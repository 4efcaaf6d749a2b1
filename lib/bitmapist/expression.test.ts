import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expressions } from '../../tests/fixtures/expressions'
import { codeOf, RUNS } from '../../tests/fixtures/laws'
import {
  and,
  attribute,
  checkName,
  checkSize,
  depthOf,
  type Expression,
  event,
  eventsOf,
  fold,
  isSame,
  leavesOf,
  minus,
  not,
  or,
  partsOf,
  segment,
  xor,
} from './expression'
import { parsePeriod } from './label'
import { printExpression } from './parse'

const [a, b, c] = [event('a'), event('b'), event('c')] as const

/** A tree of so many levels. */
const nested = (levels: number): Expression =>
  Array.from({ length: levels - 1 }).reduce<Expression>((tree) => not(tree), a)
/** A tree of so many levels, each of which holds the one below twice: 2^levels leaves, if they were written out. */
const shared = (levels: number): Expression =>
  Array.from({ length: levels - 1 }).reduce<Expression>((tree) => minus(not(tree), tree), a)

describe('checkName', () => {
  it.each([
    ['a'],
    ['song:play'],
    ['a_b_c'],
    ['name_2024-1'],
    ['W2020-1'],
    ['u'],
    ['with space'],
    ['ünïcode'],
    ['🎵'],
    ['bitops'],
    ['my_bitop_'],
    ['x'.repeat(200)],
  ])('takes %j', (name) => {
    expect(checkName(name)).toBe(name)
  })

  it.each([
    [''],
    ['bitop'],
    ['bitop_'],
    ['bitop_AND_1'],
    ['x'.repeat(201)],
    ['a\n'],
    ['a\u0000b'],
    ['\u007f'],
    ['\u0085'],
    ['\ud83c'],
  ])('refuses %j', (name) => {
    for (const make of [checkName, event, attribute, segment])
      expect(codeOf(() => make(name))).toBe('BAD_EVENT')
  })
})

describe('and, or, xor', () => {
  it.each([
    ['and', and],
    ['or', or],
    ['xor', xor],
  ] as const)('%s is flat, and one item gives itself', (kind, make) => {
    expect(make(a)).toBe(a)
    expect(make(make(a, b), c)).toEqual({ kind, items: [a, b, c] })
    expect(make(a, make(b, c))).toEqual({ kind, items: [a, b, c] })
    expect(codeOf(() => make())).toBe('BAD_EXPRESSION')
  })
})

describe('minus', () => {
  it('is flat on its left side, and gives itself where nothing is removed', () => {
    expect(minus(a)).toBe(a)
    expect(minus(minus(a, b), c)).toEqual({ kind: 'minus', from: a, remove: [b, c] })
    expect(minus(a, minus(b, c))).toEqual({
      kind: 'minus',
      from: a,
      remove: [{ kind: 'minus', from: b, remove: [c] }],
    })
  })
})

describe('Expression', () => {
  const frozen = (tree: Expression): boolean =>
    Object.isFrozen(tree) &&
    ('items' in tree ? Object.isFrozen(tree.items) : true) &&
    ('remove' in tree ? Object.isFrozen(tree.remove) : true) &&
    partsOf(tree).every(frozen)

  it('is frozen to its leaves', () => {
    fc.assert(
      fc.property(expressions, (tree) => frozen(tree)),
      RUNS,
    )
  })

  it('is canonical: no kind directly inside its own, no lone item', () => {
    const canonical = (tree: Expression): boolean =>
      partsOf(tree).every(canonical) &&
      ('items' in tree
        ? tree.items.length > 1 && tree.items.every(({ kind }) => kind !== tree.kind)
        : tree.kind !== 'minus' || (tree.remove.length > 0 && tree.from.kind !== 'minus'))
    fc.assert(
      fc.property(expressions, (tree) => canonical(tree)),
      RUNS,
    )
  })
})

describe('leavesOf', () => {
  it('lists the leaves in the order of the text', () => {
    expect(leavesOf(or(minus(c, a), and(attribute('paid'), not(b))))).toEqual([c, a, attribute('paid'), b])
    expect(leavesOf(nested(5_000))).toEqual([a])
  })
})

describe('fold', () => {
  const written = (of: Expression) =>
    fold<{ text: string }>(of, ({ kind }, parts) => ({ text: [kind, ...parts.map((p) => p.text)].join(' ') }))

  it('works parts out before what they are part of, in the order of the text', () => {
    expect(written(or(minus(c, a), not(b))).text).toBe('or minus event event not event')
    expect(written(a).text).toBe('event')
  })

  it('works a part out once, and does not mind depth', () => {
    let calls = 0
    const count = () => ++calls
    fold<number>(shared(5_000), count)
    // Each level but the first is a `minus` and a `not`.
    expect(calls).toBe(9_999)
  })
})

describe('isSame', () => {
  it('is whether the canonical texts are the same', () => {
    fc.assert(
      fc.property(expressions, expressions, (one, other) => {
        expect(isSame(one, other)).toBe(printExpression(one) === printExpression(other))
        expect(isSame(one, structuredClone(one))).toBe(true)
      }),
      RUNS,
    )
  })

  it.each([
    [event('a'), event('a', parsePeriod('2024'))],
    [event('a', parsePeriod('2024-01')), event('a', parsePeriod('2024-W01'))],
    [event('a'), attribute('a')],
    [attribute('a'), segment('a')],
    [and(a, b), and(b, a)],
    [and(a, b), and(a, b, c)],
    [and(a, b), or(a, b)],
    [minus(a, b), not(a)],
  ])('tells case %# apart', (one, other) => {
    expect(isSame(one, other)).toBe(false)
  })

  it('does not mind depth', () => {
    expect(isSame(nested(5_000), nested(5_000))).toBe(true)
    expect(isSame(nested(5_000), nested(5_001))).toBe(false)
    expect(isSame(shared(5_000), shared(5_000))).toBe(true)
  })
})

describe('eventsOf', () => {
  const tree = and(
    or(event('x'), event('y', parsePeriod('2024'))),
    attribute('paid'),
    segment('ios'),
    event('x'),
  )

  it('names each event once, attributes and segments never', () => {
    expect(eventsOf(tree)).toEqual(['x', 'y'])
  })

  it('leaves out events with @ where asked', () => {
    expect(eventsOf(tree, { floating: true })).toEqual(['x'])
  })
})

describe('checkSize', () => {
  const leaves = (count: number) => or(...Array.from({ length: count }, (_, i) => event(`e${i}`)))

  it('takes 64 leaves and 32 levels, and no more', () => {
    expect(codeOf(() => checkSize(leaves(64)))).toBe('none')
    expect(() => checkSize(leaves(65), 'start')).toThrow('"start" expected at most 64 leaves, got 65')
    expect(codeOf(() => checkSize(nested(32)))).toBe('none')
    expect(() => checkSize(nested(33), 'start')).toThrow('"start" expected at most 32 levels, got 33')
  })
})

describe('depthOf', () => {
  it('is 1 for a leaf, and one more for each level', () => {
    expect([depthOf(a), depthOf(not(a)), depthOf(and(a, or(b, not(c))))]).toEqual([1, 2, 4])
    expect(depthOf(nested(5_000))).toBe(5_000)
  })
})
