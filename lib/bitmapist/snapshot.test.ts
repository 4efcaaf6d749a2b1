import { describe, expect, it } from 'vitest'
import { type KeyMeaning, parseKey } from './key'
import { label, parsePeriod } from './label'
import { add, covers, type Extent, earliest, endsOf, equal, type Found, merged, nothing } from './snapshot'

function foundAt(...labels: readonly string[]): Found {
  const extent: Extent = {}
  for (const { unit, index } of labels.map((text) => parsePeriod(text)))
    extent[unit] = { first: index, last: index }
  return { events: new Map([['a', extent]]), attributes: new Set() }
}

function foundIn(...keys: readonly string[]): Found {
  const found = nothing()
  for (const key of keys) add(meaning(key), found)
  return found
}

function meaning(key: string): KeyMeaning {
  const of = parseKey('', key)
  if (of === null) throw new Error(`${key} means nothing`)
  return of
}

describe('add', () => {
  it('widens what is found, and leaves extents that others hold as they are', () => {
    const found = nothing()
    add(meaning('a_2025-2'), found)
    const before = found.events.get('a')
    add(meaning('a_2025-4'), found)
    add(meaning('a_2024-12'), found)
    add(meaning('b_u'), found)
    const [first, last] = [parsePeriod('2024-12').index, parsePeriod('2025-04').index]
    expect(found.events.get('a')).toEqual({ month: { first, last } })
    expect(before).toEqual({ month: { first: first + 2, last: first + 2 } })
    expect([...found.attributes]).toEqual(['b'])
  })
})

describe('covers', () => {
  it('says what would add nothing', () => {
    const found = foundIn('a_2025-2', 'a_2025-4', 'b_u')
    for (const key of ['a_2025-2', 'a_2025-3', 'b_u']) expect(covers(found, meaning(key)), key).toBe(true)
    for (const key of ['a_2025-5', 'a_2025-3-1', 'b_2025-3', 'a_u'])
      expect(covers(found, meaning(key)), key).toBe(false)
  })
})

describe('endsOf', () => {
  it('are keys from which the same is found', () => {
    const found = foundIn('a_2025-2', 'a_2025-3', 'a_2025-9', 'a_2025-3-1', 'b_W2025-1', 'c_u')
    const again = nothing()
    for (const end of endsOf(found)) add(end, again)
    expect(again).toEqual(found)
  })
})

describe('merged', () => {
  it('has what either has, and changes neither', () => {
    const one = foundIn('a_2025-2', 'c_u')
    const other = foundIn('a_2025-4', 'b_2025-1')
    expect(merged(one, other)).toEqual(foundIn('a_2025-2', 'a_2025-4', 'b_2025-1', 'c_u'))
    expect(one).toEqual(foundIn('a_2025-2', 'c_u'))
    expect(merged(one, nothing())).toBe(one)
  })
})

describe('equal', () => {
  it('holds for the same events, ends of each unit, and attributes', () => {
    const keys = ['a_2025-2', 'a_2025-4', 'b_W2025-1', 'c_u']
    expect(equal(foundIn(...keys), foundIn(...keys.reverse(), 'a_2025-3'))).toBe(true)
    for (const others of [
      keys.slice(1),
      keys.slice(0, -1),
      [...keys, 'a_2025-5'],
      [...keys, 'a_2025-3-1'],
      [...keys, 'd_u'],
      [...keys.slice(0, -1), 'd_u'],
    ])
      expect(equal(foundIn(...keys), foundIn(...others)), others.join()).toBe(false)
  })
})

describe('earliest', () => {
  // 2025-W01 begins on 2024-12-30.
  it.each([
    ['year', ['2025-01-01', '2025-W01', '2025-01'], '2025'],
    ['year', ['2025-W01'], '2024'],
    ['month', ['2025-01-01', '2025-W01'], '2025-01'],
    ['week', ['2025-01-01', '2025-W01', '2025-01'], '2025-W01'],
  ] as const)('by %s of keys %j is %s', (unit, keys, first) => {
    const found = earliest(foundAt(...keys), ['a'], unit)
    expect(found && label(found)).toBe(first)
  })
})
