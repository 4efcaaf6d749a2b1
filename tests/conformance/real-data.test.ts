import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event, type RetentionTable, rateOf } from '../../lib/bitmapist'
import {
  anyEventOf,
  DATA_SETS,
  type DataSet,
  type DataSetName,
  type ExpectedTable,
  openDataSet,
  periodOf,
  readTable,
} from '../fixtures/real-data'
import { NO_SHARED, sharedFolder } from '../fixtures/shared'

const shared = sharedFolder()
const UNITS = ['day', 'week', 'month'] as const

if (shared === null) it.skip(`retention tables of real data (${NO_SHARED})`, () => {})
else
  for (const name of ['gamelaunch', 'online_retail'] as const)
    describe(name, () => conform(name, join(shared, 'data')))

/** Which file stands against which of our tables: start, return and cohort. */
interface Case {
  readonly file: string
  readonly start: string | null
  readonly back: string | null
  readonly cohort: 'first' | 'recurring'
}

/** null stands for the OR of all events. */
function casesOf(name: DataSetName): readonly Case[] {
  return UNITS.flatMap((unit) => [
    { file: `retention_${unit}.json`, start: null, back: null, cohort: 'first' as const },
    { file: `bitmapist_${unit}.json`, start: null, back: null, cohort: 'recurring' as const },
    ...DATA_SETS[name].pairs.flatMap(([start, back]) => [
      { file: `pair_${start}__${back}_${unit}_retention.json`, start, back, cohort: 'first' as const },
      { file: `pair_${start}__${back}_${unit}_bitmapist.json`, start, back, cohort: 'recurring' as const },
    ]),
  ])
}

function conform(name: DataSetName, folder: string): void {
  let system: DataSet
  beforeAll(async () => {
    system = await openDataSet(name, folder)
  })
  afterAll(() => system?.stop())

  it.each(casesOf(name))(
    'gives $file by cohort=$cohort of $start → $back',
    async ({ file, start, back, cohort }) => {
      const expected = readTable(join(folder, name, 'expected', file))
      const report = await system.bm.retention({
        start: start === null ? anyEventOf(name) : event(start),
        return: back === null ? anyEventOf(name) : event(back),
        cohort,
        first: periodOf(expected.unit, expected.periods[0] ?? ''),
        rows: expected.periods.length,
        columns: Math.max(...expected.counts.map((row) => row.length)),
      })
      expect(report.rows).toHaveLength(expected.sizes.length)
      expect(differences(report, expected)).toEqual([])
      if (start === null && cohort === 'recurring') expect(silenceDiffers(report, expected)).toEqual([])
    },
  )

  it('is imported whole: every row marked, none rejected', () => {
    const { rows } = JSON.parse(readFileSync(join(folder, name, 'expected', 'summary.json'), 'utf8'))
    const count = rows.toLocaleString('en-US')
    expect(system.summary).toMatch(new RegExp(`^Rows read +${count} .*\nMarked +${count}\nRejected +0$`, 'm'))
  })

  it('names its events and its span', async () => {
    const { first, last, events } = DATA_SETS[name]
    const report = await system.bm.retention({
      start: anyEventOf(name),
      return: anyEventOf(name),
      first: periodOf('month', first),
      rows: 13,
      columns: 1,
    })
    expect([report.dataFrom, report.dataTo]).toEqual([first, last])
    expect((await system.bm.events()).events.map((entry) => entry.name)).toEqual(events)
  })
}

/** Sizes, labels, counts and percentages that differ; past a row's end in the file there is no data: our count is 0. */
function differences(report: RetentionTable, expected: ExpectedTable): readonly string[] {
  return report.rows.flatMap((row, r) => {
    const found: string[] = []
    const same = (what: string, ours: unknown, theirs: unknown) => {
      if (ours !== theirs) found.push(`${row.label} ${what}: ours ${ours}, expected ${theirs}`)
    }
    same('size', row.size, expected.sizes[r])
    const text = expected.periods[r] ?? ''
    same('start', row.start, expected.unit === 'month' ? `${text}-01` : text)
    if (expected.iso) same('label', row.label, expected.iso[r])
    for (const { offset, count, state } of row.cells) {
      same(`state at ${offset}`, state, 'closed')
      same(`count at ${offset}`, count, expected.counts[r]?.[offset] ?? 0)
      const percent = expected.pct[r]?.[offset]
      const rate = rateOf(count, row.size)
      if (percent === null) same(`rate at ${offset}`, rate, null)
      else if (percent !== undefined && !(Math.abs((rate ?? Number.NaN) * 100 - percent) <= 1e-9))
        same(`percent at ${offset}`, rate, percent)
    }
    return found
  })
}

/** A cell is silent exactly where nobody at all was active in its period: where that period's own row is empty. */
function silenceDiffers(report: RetentionTable, expected: ExpectedTable): readonly string[] {
  return report.rows.flatMap((row, r) =>
    row.cells.flatMap(({ offset, flag }) => {
      const nobody = (expected.sizes[r + offset] ?? 0) === 0
      return (flag === 'silent') === nobody ? [] : [`${row.label} + ${offset}`]
    }),
  )
}
