import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event, type RetentionTable, rateOf } from '../../lib/bitmapist'
import type { System } from '../fixtures/golden'
import {
  anyEventOf,
  DATA_SETS,
  type DataSetName,
  openDataSet,
  periodOf,
  readCells,
} from '../fixtures/real-data'
import { NO_SHARED, sharedFolder } from '../fixtures/shared'

/** A table that others have published, and how it stands against ours. Every cell that is given is compared. */
interface Published {
  readonly file: string
  readonly of: string
  /** null: any event. */
  readonly event: string | null
  readonly unit: 'day' | 'month'
  /** By the cell's own period (a column each), or by offset; `size` where a column of sizes precedes offset 1. */
  readonly columns: 'periods' | 'offsets'
  readonly values: 'counts' | 'percent'
  /** Cells that differ, and why: [row, offset, ours, theirs]. */
  readonly differs?: readonly (readonly [row: string, offset: number, ours: number, theirs: number])[]
}

const FIRST = { event: null, values: 'counts' } as const

const TABLES: Readonly<Record<DataSetName, readonly Published[]>> = {
  gamelaunch: [
    {
      ...FIRST,
      file: 'rcohorts_day.csv',
      of: 'retention_day: first any event → any event',
      unit: 'day',
      columns: 'periods',
    },
    {
      ...FIRST,
      file: 'rcohorts_month.csv',
      of: 'retention_month: first any event → any event',
      unit: 'month',
      columns: 'periods',
    },
    {
      ...FIRST,
      file: 'readme_day_counts.csv',
      of: 'retention_day, its first 5 days',
      unit: 'day',
      columns: 'periods',
    },
    {
      ...FIRST,
      file: 'readme_day_pct.csv',
      of: 'retention_day, its first 5 days',
      unit: 'day',
      columns: 'periods',
      values: 'percent',
    },
    {
      ...FIRST,
      file: 'readme_leftshift_counts.csv',
      of: 'retention_day, offsets 0 to 10',
      unit: 'day',
      columns: 'offsets',
    },
    {
      ...FIRST,
      file: 'readme_leftshift_pct.csv',
      of: 'retention_day, offsets 0 to 10',
      unit: 'day',
      columns: 'offsets',
      values: 'percent',
    },
  ],
  online_retail: [
    {
      ...FIRST,
      file: 'rcohorts_month.csv',
      of: 'retention_month: first any event → any event',
      unit: 'month',
      columns: 'periods',
    },
    {
      ...FIRST,
      file: 'cohorts_readme_month.csv',
      of: 'retention_month; invoices without a customer count as one more user there',
      unit: 'month',
      columns: 'periods',
      differs: [
        ['2010-12', 0, 948, 949],
        ['2010-12', 1, 362, 363],
        ['2010-12', 2, 317, 318],
        ['2010-12', 3, 367, 368],
        ['2010-12', 4, 341, 342],
        ['2010-12', 5, 376, 377],
      ],
    },
    {
      file: 'harshtanwar_counts.csv',
      of: 'pair_purchase__purchase_month_retention',
      event: 'purchase',
      unit: 'month',
      columns: 'offsets',
      values: 'counts',
    },
    {
      file: 'boidrew_pct.csv',
      of: 'pair_purchase__purchase_month_retention',
      event: 'purchase',
      unit: 'month',
      columns: 'offsets',
      values: 'percent',
    },
    {
      file: '0x106053b_counts.csv',
      of: 'pair_purchase__purchase_month_retention; a user with two countries counts as two there',
      event: 'purchase',
      unit: 'month',
      columns: 'offsets',
      values: 'counts',
      differs: [
        ['2010-12', 0, 885, 886],
        ['2010-12', 2, 286, 287],
        ['2010-12', 10, 331, 332],
        ['2011-04', 5, 68, 69],
        ['2011-11', 0, 323, 324],
      ],
    },
  ],
}

const shared = sharedFolder()

if (shared === null) it.skip(`published tables (${NO_SHARED})`, () => {})
else
  for (const name of ['gamelaunch', 'online_retail'] as const)
    describe(`${name}/published`, () => publishedAgree(name, join(shared, 'data')))

function publishedAgree(name: DataSetName, folder: string): void {
  let system: System
  beforeAll(async () => {
    system = await openDataSet(name, folder)
  })
  afterAll(() => system?.stop())

  it.each(TABLES[name])('$file is $of', async (table) => {
    const [, ...lines] = readCells(join(folder, name, 'published', table.file))
    const of = table.event === null ? anyEventOf(name) : event(table.event)
    const report = await system.bm.retention({
      start: of,
      return: of,
      cohort: 'first',
      first: periodOf(table.unit, DATA_SETS[name].first),
      rows: lines.length,
      columns: Math.max(...lines.map((line) => line.length - 1)),
    })
    const given = lines.flatMap((line, r) => cellsOf(line, r, table))
    expect(given.length).toBeGreaterThan(0)
    expect(given.flatMap((cell) => difference(cell, report, table))).toEqual(table.differs ?? [])
  })
}

interface Given {
  readonly row: number
  /** The row's label where the file has one; other files number their rows. */
  readonly label: string
  readonly offset: number
  readonly value: number
}

/** The cells of a line that hold a number; an empty one is not given. */
function cellsOf(
  [label = '', ...cells]: readonly string[],
  row: number,
  { columns }: Published,
): readonly Given[] {
  return cells.flatMap((text, column) => {
    const offset = columns === 'periods' ? column - row : column
    return text === '' ? [] : [{ row, label, offset, value: Number(text) }]
  })
}

/** What differs: counts exactly, percentages by more than their one decimal is rounded. */
function difference({ row, label, offset, value }: Given, report: RetentionTable, { values }: Published) {
  const ours = report.rows[row]
  const cell = ours?.cells[offset]
  if (ours === undefined || cell === undefined || cell.count === null)
    throw new Error(`no cell for ${label} + ${offset}`)
  if (label.includes('-')) expect(ours.label).toBe(label)
  const rate = rateOf(cell.count, ours.size) ?? Number.NaN
  const same = values === 'counts' ? cell.count === value : Math.abs(rate * 100 - value) <= 0.05 + 1e-9
  return same ? [] : [[ours.label, offset, values === 'counts' ? cell.count : rate, value]]
}
