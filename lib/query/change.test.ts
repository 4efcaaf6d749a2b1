import { describe, expect, it } from 'vitest'
import { label, parsePeriod, zoneOf } from '../bitmapist/face'
import { lastOf, mostBeside, withLast, withRows, withUnit } from './change'
import type { RetentionQuery } from './types'

const QUERY: RetentionQuery = {
  start: 'signup',
  who: null,
  return: 'active',
  first: parsePeriod('2025-W01'),
  rows: 4,
  columns: 6,
  mode: 'on',
  cohort: 'first',
  base: 'cohort',
  brackets: null,
}
const NOW = new Date('2025-01-22T12:00:00Z')

describe('withLast', () => {
  it('moves the window and keeps its size', () => {
    const moved = withLast(QUERY, parsePeriod('2024-W40'))
    expect(label(lastOf(moved))).toBe('2024-W40')
    expect(moved.rows).toBe(4)
  })
})

describe('withRows', () => {
  it('keeps the last row', () => {
    const longer = withRows(QUERY, 10)
    expect(label(lastOf(longer))).toBe('2025-W04')
    expect(label(longer.first)).toBe('2024-W47')
  })
})

describe('withUnit', () => {
  it.each([
    // 2025-W04 runs until 26 January: by day the report ends today.
    ['day', '2025-01-22', 31],
    ['week', '2025-W04', 13],
    ['month', '2025-01', 13],
    ['year', '2025', 6],
  ] as const)('by %s ends in %s with %d rows', (unit, last, rows) => {
    const changed = withUnit(QUERY, unit, { now: NOW })
    expect(label(lastOf(changed))).toBe(last)
    expect([changed.rows, changed.columns]).toEqual([rows, rows])
  })

  it('ends with the old window where that is past', () => {
    const old = withLast(QUERY, parsePeriod('2011-W20'))
    expect(label(lastOf(withUnit(old, 'day', { now: NOW })))).toBe('2011-05-22')
  })
})

describe('a zone that jumps over a day', () => {
  const apia = zoneOf('Pacific/Apia')
  const days = { ...QUERY, first: parsePeriod('2011-12-28') }

  it('is counted past', () => {
    expect(label(lastOf(days, apia))).toBe('2012-01-01')
    expect(label(withRows(days, 6, apia).first)).toBe('2011-12-26')
    expect(label(withLast(days, parsePeriod('2011-12-31'), apia).first)).toBe('2011-12-27')
  })
})

describe('mostBeside', () => {
  it.each([
    [13, 366],
    [366, 54],
    [1, 366],
  ])('beside %d is %d', (other, most) => expect(mostBeside(other)).toBe(most))
})
