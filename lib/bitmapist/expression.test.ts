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
  leavesOf,
  minus,
  not,
  or,
  partsOf,
  segment,
  xor,
} from './expression'
import { parsePeriod } from './label'

const [a, b, c] = [event('a'), event('b'), event('c')] as const

const nested = (levels: number): Expression => (levels <= 1 ? a : not(nested(levels - 1)))

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
  })
})
