import { describe, expect, it } from 'vitest'
import { Oracle, type OracleMark, type OracleRetentionQuery } from '../fixtures/oracle'
import { labelAt, shift, startDate, stateAt } from '../fixtures/oracle-calendar'
import { type OracleExpression, textOf } from '../fixtures/oracle-expression'

/** Worked by hand: Thursday of 2025-W04, at noon. */
const now = new Date('2025-01-23T12:00:00Z')

const did = (user: number, event: string, ...dates: readonly string[]): OracleMark[] =>
  dates.map((date) => ({ user, event, time: new Date(`${date}T10:00:00Z`) }))

const log = [
  ...did(1, 'signup', '2025-01-06'),
  ...did(1, 'active', '2025-01-06', '2025-01-14'),
  ...did(2, 'signup', '2025-01-08'),
  ...did(2, 'active', '2025-01-08', '2025-01-09', '2025-01-22'),
  ...did(3, 'active', '2024-12-30', '2025-01-07'),
  ...did(4, 'signup', '2025-01-15'),
  ...did(4, 'ios', '2025-01-15'),
]
const oracle = new Oracle(log, [
  { user: 1, attribute: 'paid' },
  { user: 9, attribute: 'paid' },
])

const active: OracleExpression = { event: 'active' }
const weekly = (query: Partial<OracleRetentionQuery>): OracleRetentionQuery => ({
  start: { event: 'signup' },
  return: active,
  first: '2025-W02',
  rows: 4,
  columns: 3,
  cohort: 'recurring',
  now,
  ...query,
})

describe('Oracle.retention', () => {
  it('gives the whole table of a small log', () => {
    const future = (offset: number) => ({ offset, count: null, state: 'future', flag: null })
    expect(oracle.retention(weekly({}))).toEqual({
      period: 'week',
      mode: 'on',
      cohort: 'recurring',
      base: 'cohort',
      timeZone: 'UTC',
      asOf: '2025-01-23T12:00:00Z',
      dataFrom: '2024-12-30',
      dataTo: '2025-01-22',
      users: 3,
      rows: [
        {
          start: '2025-01-06',
          label: '2025-W02',
          size: 2,
          state: 'closed',
          flag: null,
          cells: [
            { offset: 0, count: 2, state: 'closed', flag: null },
            { offset: 1, count: 1, state: 'closed', flag: null },
            { offset: 2, count: 1, state: 'open', flag: null },
          ],
        },
        {
          start: '2025-01-13',
          label: '2025-W03',
          size: 1,
          state: 'closed',
          flag: null,
          cells: [
            { offset: 0, count: 0, state: 'closed', flag: null },
            { offset: 1, count: 0, state: 'open', flag: null },
            future(2),
          ],
        },
        {
          start: '2025-01-20',
          label: '2025-W04',
          size: 0,
          state: 'open',
          flag: null,
          cells: [{ offset: 0, count: 0, state: 'open', flag: null }, future(1), future(2)],
        },
        {
          start: '2025-01-27',
          label: '2025-W05',
          size: null,
          state: 'future',
          flag: null,
          cells: [future(0), future(1), future(2)],
        },
      ],
      mean: { weighted: [2 / 3, 0.5, null], simple: [0.5, 0.5, null], rows: [2, 1, 0] },
    })
  })

  it('takes everyone of an earlier period out of a first cohort, flags the earliest row, keeps it out of means', () => {
    const table = oracle.retention(weekly({ start: active, first: '2025-W01', columns: 2, cohort: 'first' }))
    expect(table.rows.map(({ size, flag }) => [size, flag])).toEqual([
      [1, 'history'],
      [2, null],
      [0, null],
      [0, null],
    ])
    expect(table.rows.map(({ cells }) => cells.map(({ count }) => count))).toEqual([
      [1, 1],
      [2, 1],
      [0, 0],
      [0, null],
    ])
    expect(table.mean).toEqual({ weighted: [1, 0.5], simple: [1, 0.5], rows: [1, 1] })
    expect(table.users).toBe(3)
  })

  it('looks past the window for earlier periods, finer or not', () => {
    const byDay = oracle.retention(
      weekly({ start: active, first: '2025-01-07', rows: 3, columns: 1, cohort: 'first' }),
    )
    // User 3 was here on 30 December; 2 is new on the 8th and not on the 9th.
    expect(byDay.rows.map(({ size, flag }) => [size, flag])).toEqual([
      [0, null],
      [1, null],
      [0, null],
    ])
    const both: OracleExpression = { op: '|', of: [active, { event: 'ios' }] }
    const byMonth = oracle.retention(
      weekly({ start: both, first: '2025-01', rows: 1, columns: 1, cohort: 'first' }),
    )
    expect(byMonth.rows[0]?.size).toBe(3)
  })

  it('applies who after first', () => {
    const late = new Oracle(
      [...did(5, 'active', '2025-01-10', '2025-01-14'), ...did(5, 'ios', '2025-01-14')],
      [],
    )
    const query = weekly({ start: active, who: { event: 'ios' }, rows: 2, columns: 1 })
    expect(late.retention({ ...query, cohort: 'first' }).rows.map(({ size }) => size)).toEqual([0, 0])
    expect(late.retention({ ...query, cohort: 'recurring' }).rows.map(({ size }) => size)).toEqual([0, 1])
  })

  it('flags begun periods in which nobody returned, and keeps them out of means', () => {
    const table = oracle.retention(weekly({ return: { event: 'ios' } }))
    expect(table.rows.map(({ cells }) => cells.map(({ count, flag }) => [count, flag]))).toEqual([
      [
        [0, 'silent'],
        [0, null],
        [0, 'silent'],
      ],
      [
        [1, null],
        [0, 'silent'],
        [null, null],
      ],
      [
        [0, 'silent'],
        [null, null],
        [null, null],
      ],
      [
        [null, null],
        [null, null],
        [null, null],
      ],
    ])
    expect(table.mean).toEqual({ weighted: [1, 0, null], simple: [1, 0, null], rows: [1, 1, 0] })
  })

  it('refuses first without an event in the row’s own period', () => {
    for (const start of [{ attribute: 'paid' }, { event: 'active', at: '2025-01' }])
      expect(() => oracle.retention(weekly({ start, cohort: 'first' }))).toThrow('BAD_COHORT')
  })
})

describe('Oracle.matching', () => {
  const not = (of: OracleExpression): OracleExpression => ({ not: of })
  const two = (
    left: OracleExpression,
    op: '&' | '|' | '^' | '-',
    right: OracleExpression,
  ): OracleExpression => ({
    op,
    of: [left, right],
  })
  const paid: OracleExpression = { attribute: 'paid' }
  const signup: OracleExpression = { event: 'signup' }

  it.each<[string, string, OracleExpression, number[]]>([
    ['active', '2025-W02', active, [1, 2, 3]],
    ['active', '2025', active, [1, 2, 3]],
    ['active', '2024', active, [3]],
    ['active@2024-12-30', '2025-W04', { event: 'active', at: '2024-12-30' }, [3]],
    ['attr(paid)', '1999', paid, [1, 9]],
    ['!active', '2025-W03', not(active), [2, 3, 4, 9]],
    ['active & signup', '2025-W02', two(active, '&', signup), [1, 2]],
    ['active | signup', '2025-W03', two(active, '|', signup), [1, 4]],
    ['active ^ attr(paid)', '2025-W02', two(active, '^', paid), [2, 3, 9]],
    ['active - attr(paid)', '2025-01', two(active, '-', paid), [2, 3]],
    ['"odd name!"', '2025-01', { event: 'odd name!' }, []],
    ['!(active | "x\\"y")', '2025-01', not(two(active, '|', { event: 'x"y' })), [4, 9]],
  ])('%s in %s', (text, period, expression, users) => {
    expect(textOf(expression)).toBe(text)
    expect([...oracle.matching(expression, period)].sort((a, b) => a - b)).toEqual(users)
  })
})

describe('Oracle.series', () => {
  it('has a point a period, null while future', () => {
    expect(oracle.series({ expression: active, from: '2025-W03', to: '2025-W05', now })).toEqual([
      { start: '2025-01-13', count: 1, state: 'closed' },
      { start: '2025-01-20', count: 1, state: 'open' },
      { start: '2025-01-27', count: null, state: 'future' },
    ])
  })
})

describe('the oracle’s calendar', () => {
  it.each([
    ['2024-12-30', '2025-W01'],
    ['2027-01-01', '2026-W53'],
    ['2021-01-03', '2020-W53'],
    ['2021-01-04', '2021-W01'],
    ['2023-01-01', '2022-W52'],
  ])('has %s in %s', (date, week) => {
    expect(labelAt('week', Date.parse(date))).toBe(week)
  })

  it.each([
    ['2026-W53', 1, '2027-W01', '2027-01-04'],
    ['2025-W01', -1, '2024-W52', '2024-12-23'],
    ['2024-02-28', 2, '2024-03-01', '2024-03-01'],
    ['2024-11', 3, '2025-02', '2025-02-01'],
    ['2025', -2, '2023', '2023-01-01'],
  ])('moves %s by %i to %s', (label, count, moved, date) => {
    expect(shift(label, count)).toBe(moved)
    expect(startDate(moved)).toBe(date)
  })

  it('closes a period at the first instant of the next', () => {
    const at = (time: string) => stateAt('2025-01-06', new Date(time))
    expect(at('2025-01-05T23:59:59.999Z')).toBe('future')
    expect(at('2025-01-06T00:00:00Z')).toBe('open')
    expect(at('2025-01-06T23:59:59.999Z')).toBe('open')
    expect(at('2025-01-07T00:00:00Z')).toBe('closed')
  })
})
