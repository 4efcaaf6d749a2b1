import { describe, expect, it } from 'vitest'
import { Oracle, type OracleMark, type OracleRetentionQuery } from '../fixtures/oracle'
import { labelAt, shift, startDate, stateAt } from '../fixtures/oracle-calendar'

/** Worked by hand: four users, five days, at noon of the fifth. */
const now = new Date('2025-01-10T12:00:00Z')

const did = (user: number, event: string, ...dates: readonly string[]): OracleMark[] =>
  dates.map((date) => ({ user, event, time: new Date(`2025-01-${date}T10:00:00Z`) }))

const oracle = new Oracle(
  [
    ...did(1, 'signup', '06'),
    ...did(1, 'active', '06', '07', '08', '10'),
    ...did(2, 'signup', '06'),
    ...did(2, 'active', '06', '08'),
    ...did(3, 'signup', '06'),
    ...did(3, 'active', '09'),
    ...did(4, 'signup', '06', '07'),
  ],
  [],
)

const daily = (query: Partial<OracleRetentionQuery>): OracleRetentionQuery => ({
  start: { event: 'signup' },
  return: { event: 'active' },
  first: '2025-01-06',
  rows: 2,
  columns: 5,
  cohort: 'recurring',
  now,
  ...query,
})
const counts = (query: Partial<OracleRetentionQuery>) =>
  oracle.retention(daily(query)).rows.map(({ cells }) => cells.map(({ count }) => count))
const ids = (users: ReadonlySet<number> | null) => users && [...users].sort((a, b) => a - b)

describe('Oracle.retention by its modes', () => {
  it.each<[string, Partial<OracleRetentionQuery>, (number | null)[]]>([
    ['on', { mode: 'on' }, [2, 1, 2, 1, 1]],
    ['on-or-after', { mode: 'on-or-after' }, [3, 3, 3, 2, 1]],
    ['on-or-before', { mode: 'on-or-before' }, [2, 1, 2, 3, 3]],
    ['every', { mode: 'every' }, [2, 1, 1, 0, 0]],
    [
      'brackets',
      {
        brackets: [
          [0, 0],
          [1, 2],
          [3, 9],
          [4, 5],
          [5, 6],
        ],
      },
      [2, 2, 2, 1, null],
    ],
  ])('counts %s', (_, query, first) => {
    expect(counts(query)[0]).toEqual(first)
  })

  it('closes a bracket with its last period, and flags one in which nobody returned at all', () => {
    const { rows } = oracle.retention(
      daily({
        return: { event: 'signup' },
        brackets: [
          [0, 1],
          [2, 3],
          [3, 4],
        ],
      }),
    )
    expect(rows[0]?.cells).toEqual([
      { offset: 0, count: 4, state: 'closed', flag: null },
      { offset: 2, count: 0, state: 'closed', flag: 'silent' },
      { offset: 3, count: 0, state: 'open', flag: 'silent' },
    ])
  })

  it('takes the rates of base=previous from the cell before', () => {
    const { mean } = oracle.retention(daily({ mode: 'every', base: 'previous', rows: 1, columns: 4 }))
    expect(mean).toEqual({ weighted: [null, 0.5, 1, 0], simple: [null, 0.5, 1, 0], rows: [0, 1, 1, 1] })
  })
})

describe('Oracle.members', () => {
  it('lists who is in a cell, who is missing, a row, all rows, and a mean over rows', () => {
    const at = (row: number | null, column: number | null, which: 'returned' | 'missing' = 'returned') =>
      ids(oracle.members(daily({}), { row, column, which }))
    expect(at(0, 2)).toEqual([1, 2])
    expect(at(0, 2, 'missing')).toEqual([3, 4])
    expect(at(0, null)).toEqual([1, 2, 3, 4])
    expect(at(1, null)).toEqual([4])
    expect(at(null, null)).toEqual([1, 2, 3, 4])
    expect(at(null, 2)).toEqual([1, 2])
    expect(at(null, 2, 'missing')).toEqual([3, 4])
    expect(at(1, 4)).toBeNull()
    // No row's fifth day has ended.
    expect(at(null, 4)).toBeNull()
  })
})

describe('the oracle’s hours', () => {
  it('are those of marks that track them; who came on an earlier day is not new', () => {
    const at = (user: number, time: string, hourly = true) => ({
      user,
      event: 'a',
      time: new Date(`2025-01-${time}:30:00Z`),
      hourly,
    })
    const hours = new Oracle(
      [at(1, '06T09'), at(1, '07T01'), at(2, '06T23', false), at(2, '07T01'), at(3, '07T01'), at(3, '07T02')],
      [],
    )
    const { rows } = hours.retention(
      daily({
        start: { event: 'a' },
        return: { event: 'a' },
        first: '2025-01-07T00',
        rows: 3,
        columns: 2,
        cohort: 'first',
      }),
    )
    expect(
      rows.map(({ start, label, size, cells }) => [start, label, size, cells.map(({ count }) => count)]),
    ).toEqual([
      ['2025-01-07T00', '2025-01-07T00', 0, [0, 0]],
      ['2025-01-07T01', '2025-01-07T01', 1, [1, 1]],
      ['2025-01-07T02', '2025-01-07T02', 0, [0, 0]],
    ])
  })

  it('are periods like the others', () => {
    expect(labelAt('hour', Date.parse('2025-01-06T05:59:59.999Z'))).toBe('2025-01-06T05')
    expect(shift('2025-01-06T23', 2)).toBe('2025-01-07T01')
    expect(shift('2025-01-01T00', -1)).toBe('2024-12-31T23')
    expect(startDate('2025-01-06T05')).toBe('2025-01-06T05')
    expect(stateAt('2025-01-10T11', now)).toBe('closed')
    expect(stateAt('2025-01-10T12', now)).toBe('open')
    expect(stateAt('2025-01-10T13', now)).toBe('future')
  })
})
