import { describe, expect, it } from 'vitest'
import { sketchTable } from '../../../tests/fixtures/table'
import { columnPool, eligibleShare, figuresOf, twoProportionZ, wilsonInterval } from './figures'

/** Eleven weeks; the last, 2025-W03, runs at the fixture's instant, 2025-01-15. */
const WEEKS = sketchTable({
  first: '2024-W45',
  columns: 3,
  rows: [
    { counts: [1000, 200, 100] },
    { counts: [1000, 200, 100] },
    { counts: [1000, 210, 100] },
    { counts: [1000, 190, 100] },
    { counts: [1000, 240, 120] },
    { counts: [1000, 250, 120] },
    { counts: [1000, 260, 120] },
    { counts: [1000, 250, 120] },
    { counts: [1000, 260, 10] },
    { counts: [1000, 90] },
    { counts: [40] },
  ],
})

describe('figuresOf', () => {
  it('compares the last 4 closed cohorts of week 1 with the 4 before', () => {
    const { offset, recent, comparison } = figuresOf(WEEKS)
    expect(offset).toBe(1)
    expect(recent).toEqual({ count: 1020, size: 4000, cohorts: 4 })
    expect(comparison?.before).toEqual({ count: 840, size: 4000, cohorts: 4 })
    expect(comparison?.difference).toBeCloseTo(0.045, 12)
    expect(comparison?.z).toBeCloseTo(4.7641, 3)
    expect(comparison?.beyondChance).toBe(true)
  })

  it('calls a small difference within chance', () => {
    const rows = [100, 101, 99, 100, 103, 104, 102, 103].map((count) => ({ counts: [400, count] }))
    const { comparison } = figuresOf(sketchTable({ first: '2024-W40', columns: 2, rows }))
    expect(comparison?.beyondChance).toBe(false)
  })

  it('keeps open cells, silent cells and the history row out', () => {
    const table = sketchTable({
      first: '2024-W52',
      columns: 2,
      rows: [
        { counts: [9000, 9000], flag: 'history' },
        { counts: [100, 0], silent: [1] },
        { counts: [100, 30] },
        { counts: [50] },
      ],
    })
    const { recent, latest, users } = figuresOf(table)
    expect(recent).toBeNull()
    expect(latest).toBeNull()
    expect(users).toEqual({ count: 200, cohorts: 2, running: 50 })
  })

  it('has no comparison with fewer than twice the span', () => {
    const rows = Array.from({ length: 7 }, () => ({ counts: [100, 20] }))
    const { recent, comparison } = figuresOf(sketchTable({ first: '2024-W45', columns: 2, rows }))
    expect(recent?.cohorts).toBe(4)
    expect(comparison).toBeNull()
  })

  it('takes 7 days and 3 months a side', () => {
    const rows = Array.from({ length: 14 }, (_, r) => ({ counts: [100, r < 7 ? 20 : 40] }))
    const days = figuresOf(sketchTable({ first: '2024-12-01', columns: 2, rows }))
    expect(days.comparison?.before).toEqual({ count: 140, size: 700, cohorts: 7 })
    const months = figuresOf(sketchTable({ first: '2023-10', columns: 2, rows: rows.slice(4, 14) }))
    expect(months.recent?.cohorts).toBe(3)
  })

  it('names the highest offset with at least 3 closed cohorts', () => {
    expect(figuresOf(WEEKS).farthest).toEqual({ offset: 2, pool: { count: 880, size: 8000, cohorts: 8 } })
    const two = sketchTable({ first: '2025-W01', columns: 9, rows: [{ counts: [9, 1] }, { counts: [9, 1] }] })
    expect(figuresOf(two).farthest).toBeNull()
  })

  it('speaks of another column where one is asked for, and of the last where there are fewer', () => {
    expect(figuresOf(WEEKS, 2).recent).toEqual({ count: 480, size: 4000, cohorts: 4 })
    expect(figuresOf(WEEKS, 40).offset).toBe(2)
  })

  it('counts the union of all rows where users join several cohorts', () => {
    const table = { ...WEEKS, cohort: 'recurring' as const, users: 4321 }
    expect(figuresOf(table).users).toEqual({ count: 4321, cohorts: 11, running: null })
  })

  it('stands on an empty table', () => {
    const table = sketchTable({ first: '2025-W01', columns: 2, rows: [{ counts: [0, 0] }] })
    expect(figuresOf(table)).toMatchObject({ recent: null, comparison: null, latest: null, farthest: null })
  })
})

describe('eligibleShare', () => {
  it('is null for a cohort of nobody and beyond the columns', () => {
    const table = sketchTable({ first: '2024-W45', columns: 1, rows: [{ counts: [0] }, { counts: [5] }] })
    const [none, some] = table.rows
    expect(none && eligibleShare(none, 0, 'cohort')).toBeNull()
    expect(some && eligibleShare(some, 0, 'cohort')).toEqual({ count: 5, size: 5 })
    expect(some && eligibleShare(some, 1, 'cohort')).toBeNull()
  })
})

describe('columnPool', () => {
  it('has the rate of the weighted mean', () => {
    const { count, size, cohorts } = columnPool(WEEKS, 1)
    expect(count / size).toBe(WEEKS.mean.weighted[1])
    expect(cohorts).toBe(WEEKS.mean.rows[1])
  })
})

describe('twoProportionZ', () => {
  it.each([
    // By hand: p = 0.25, standard error = sqrt(0.25 × 0.75 × 2/100).
    [{ count: 30, size: 100 }, { count: 20, size: 100 }, 1.632993],
    [{ count: 0, size: 10 }, { count: 0, size: 20 }, 0],
    [{ count: 10, size: 10 }, { count: 20, size: 20 }, 0],
  ])('of %o and %o is %d', (a, b, z) => {
    expect(twoProportionZ(a, b)).toBeCloseTo(z, 5)
    expect(twoProportionZ(b, a)).toBeCloseTo(-z, 5)
  })
})

describe('wilsonInterval', () => {
  it.each([
    // Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d is %d to %d', (count, size, low, high) => {
    const interval = wilsonInterval({ count, size })
    expect(interval?.[0]).toBeCloseTo(low, 4)
    expect(interval?.[1]).toBeCloseTo(high, 4)
  })

  it('is null of nobody', () => {
    expect(wilsonInterval({ count: 0, size: 0 })).toBeNull()
  })
})
