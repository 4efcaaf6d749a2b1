import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  difference,
  type Expression,
  event,
  floor,
  label,
  offset,
  or,
  type Period,
  parsePeriod,
  type RetentionTable,
  type Unit,
  within,
} from '../../lib/bitmapist'
import { collect, type System } from '../fixtures/golden'
import {
  anyEventOf,
  DATA_SETS,
  type DataSetName,
  openDataSet,
  periodOf,
  readRecords,
} from '../fixtures/real-data'
import { NO_SHARED, sharedFolder } from '../fixtures/shared'

// What today's reports give of `expected/`. Left for the reports that are to come: `rolling` of nday.csv (users active
// on day n or later), and lifecycle and stickiness as reports of their own: here their numbers are put together from
// retention tables and lists of members.

const shared = sharedFolder()
let system: System
let files: string
let name: DataSetName

if (shared === null) it.skip(`activity of real data (${NO_SHARED})`, () => {})
else
  describe.each(['gamelaunch', 'online_retail'] as const)('%s', (set) => {
    beforeAll(async () => {
      name = set
      files = join(shared, 'data', set, 'expected')
      system = await openDataSet(set, join(shared, 'data'))
    })
    afterAll(() => system?.stop())
    describe('series', seriesAgree)
    describe('lifecycle', lifecycleAgrees)
    describe('nday.csv', dayNAgrees)
    describe('stickiness', stickinessAgrees)
  })

/** All periods of a unit that the set spans. */
function spanOf(unit: Unit): { readonly from: Period; readonly to: Period; readonly rows: number } {
  const { first, last } = DATA_SETS[name]
  const [from, to] = [periodOf(unit, first), periodOf(unit, last)]
  return { from, to, rows: difference(from, to) + 1 }
}

/** Users active in each period. */
async function activeBy(unit: Unit): Promise<readonly number[]> {
  const { from, to } = spanOf(unit)
  const { points } = await system.bm.series({ expression: anyEventOf(name), from, to })
  return points.map((point) => point.count ?? Number.NaN)
}

/** Users active on any of the `days` days that end with `last`: by whole ISO weeks where they fit, else by days. */
function trailing(last: Period, days: number): Expression {
  const leaves: Expression[] = []
  for (let day = offset(last, 1 - days); difference(day, last) >= 0; ) {
    const week = floor('week', day)
    const [monday, sunday] = [floor('day', week), offset(floor('day', week), 6)]
    const isWhole = difference(monday, day) === 0 && difference(sunday, last) >= 0
    leaves.push(...DATA_SETS[name].events.map((of) => event(of, isWhole ? week : day)))
    day = offset(isWhole ? sunday : day, 1)
  }
  return or(...leaves)
}

function seriesAgree(): void {
  it('counts the active users of every day (series_day.csv: dau)', async () => {
    const expected = readRecords(join(files, 'series_day.csv'))
    const dau = await activeBy('day')
    expect(dau).toEqual(expected.map((row) => Number(row.dau)))
    const summary = JSON.parse(readFileSync(join(files, 'summary.json'), 'utf8'))
    expect(dau.reduce((sum, count) => sum + count, 0)).toBe(summary.distinct_user_days)
  })

  it.each([7, 28, 30])(
    'counts the active users of %i trailing days by ORs of weeks and days',
    async (days) => {
      const expected = readRecords(join(files, 'series_day.csv'))
      const ours: number[] = []
      for (const row of expected)
        ours.push(await system.bm.count(trailing(parsePeriod(row.day ?? ''), days), null))
      expect(ours).toEqual(expected.map((row) => Number(row[`rolling${days}`])))
    },
  )

  it('counts the active users of every ISO week (series_week.csv)', async () => {
    const expected = readRecords(join(files, 'series_week.csv'))
    expect(await activeBy('week')).toEqual(expected.map((row) => Number(row.wau)))
    expect(expected.map((row) => label(periodOf('week', row.week ?? '')))).toEqual(
      expected.map((row) => row.iso),
    )
  })

  it('counts the active users of every month, and their mean day (series_month.csv)', async () => {
    const expected = readRecords(join(files, 'series_month.csv'))
    const mau = await activeBy('month')
    expect(mau).toEqual(expected.map((row) => Number(row.mau)))
    const [dau, { from: firstDay }] = [await activeBy('day'), spanOf('day')]
    for (const [m, row] of expected.entries()) {
      const days = within('day', parsePeriod(row.month ?? '')).flatMap(
        (day) => dau[difference(firstDay, day)] ?? [],
      )
      const mean = days.reduce((sum, count) => sum + count, 0) / days.length
      expect(days).toHaveLength(Number(row.days_in_data))
      expect(mean).toBeCloseTo(Number(row.avg_dau), 6)
      expect(mean / (mau[m] ?? Number.NaN)).toBeCloseTo(Number(row.dau_mau), 8)
    }
  })
}

const retention = (unit: Unit, cohort: 'first' | 'recurring', columns: number): Promise<RetentionTable> => {
  const [active, { from, rows }] = [anyEventOf(name), spanOf(unit)]
  return system.bm.retention({ start: active, return: active, first: from, rows, columns, cohort })
}

function lifecycleAgrees(): void {
  it.each(['day', 'week', 'month'] as const)(
    'by %s follows from first cohorts and from who came back',
    async (unit) => {
      const [fresh, active] = [await retention(unit, 'first', 1), await retention(unit, 'recurring', 2)]
      let ever = 0
      const ours = active.rows.map((row, r) => {
        const before = active.rows[r - 1]
        const [size, arrived, returning] = [
          row.size ?? 0,
          fresh.rows[r]?.size ?? 0,
          before?.cells[1]?.count ?? 0,
        ]
        ever += arrived
        const period = unit === 'month' ? row.label : row.start
        const numbers = [
          size,
          arrived,
          returning,
          size - arrived - returning,
          (before?.size ?? 0) - returning,
          ever - size,
        ]
        return [period, ...numbers].join()
      })
      const expected = readRecords(join(files, `lifecycle_${unit}.csv`))
      expect(ours).toEqual(
        expected.map((row) =>
          ['period', 'active', 'new', 'returning', 'resurrecting', 'dormant', 'inactive_total']
            .map((column) => row[column])
            .join(),
        ),
      )
    },
  )

  it('counts those who are active for the first time as active minus everybody before', async () => {
    const { from, to } = spanOf('month')
    const before = or(...DATA_SETS[name].events.map((of) => event(of, from)))
    const second = readRecords(join(files, 'lifecycle_month.csv'))[1]
    const month = offset(from, 1)
    expect(difference(month, to)).toBeGreaterThanOrEqual(0)
    const fresh = { kind: 'minus', from: anyEventOf(name), remove: [before] } as const
    expect(await system.bm.count(fresh, month)).toBe(Number(second?.new))
  })
}

function dayNAgrees(): void {
  it('has the users who came back on exactly day n (classic), over those who could', async () => {
    const expected = readRecords(join(files, 'nday.csv'))
    const { rows } = await retention('day', 'first', expected.length)
    for (const { n, eligible, classic, classic_pct } of expected) {
      const k = Number(n)
      const whole = rows.slice(0, rows.length - k)
      const size = whole.reduce((sum, row) => sum + (row.size ?? 0), 0)
      const back = whole.reduce((sum, row) => sum + (row.cells[k]?.count ?? 0), 0)
      expect([k, size, back]).toEqual([k, Number(eligible), Number(classic)])
      expect((back / size) * 100).toBeCloseTo(Number(classic_pct), 6)
    }
  })
}

function stickinessAgrees(): void {
  it.each(['week', 'month'] as const)(
    'by %s: users by how many of its days they were active on',
    async (unit) => {
      const days = new Map<string, Map<number, number>>()
      const { from, rows } = spanOf('day')
      for (let d = 0; d < rows; d++) {
        const day = offset(from, d)
        const title = label(floor(unit, day))
        const users = days.get(title) ?? new Map<number, number>()
        for (const user of await collect(system.bm.members(anyEventOf(name), day)))
          users.set(user, (users.get(user) ?? 0) + 1)
        days.set(title, users)
      }
      for (const row of readRecords(join(files, `stickiness_${unit}.csv`))) {
        const counts = [...(days.get(label(periodOf(unit, row[unit] ?? '')))?.values() ?? [])]
        const histogram = Object.keys(row).filter((column) => /^d\d+$/.test(column))
        const ours = histogram.map((column) => counts.filter((count) => `d${count}` === column).length)
        expect([row[unit], ...ours]).toEqual([row[unit], ...histogram.map((column) => Number(row[column]))])
      }
    },
  )
}
