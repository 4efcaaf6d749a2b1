import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { and, event, type RetentionTable } from '../../lib/bitmapist'
import { difference, type Period, periodAt, type Unit } from '../../lib/bitmapist/period'
import { type GoldenTable, openGolden, readGolden, type System } from '../fixtures/golden'
import { NO_SHARED, sharedFolder } from '../fixtures/shared'

const shared = sharedFolder()
let system: System

if (shared === null) it.skip(`golden tables (${NO_SHARED})`, () => {})
else {
  const { marks, tables } = readGolden(join(shared, 'golden'))
  beforeAll(async () => {
    system = await openGolden(marks)
  })
  afterAll(() => system?.stop())
  describe('Bitmapist.retention', () => tablesAgree(tables.tables))
  describe('Bitmapist.events', () => {
    it('lists what event_names lists', async () => {
      const { events, attributes } = await system.bm.events()
      const names = new Set([...events.map(({ name }) => name), ...attributes])
      expect([...names].sort()).toEqual([...tables.event_names].sort())
    })
  })
}

const UNIT: Readonly<Record<GoldenTable['params']['time_group'], Unit>> = {
  days: 'day',
  weeks: 'week',
  months: 'month',
  years: 'year',
}

/** The periods of a table's rows, by the dates that it gives: its start_date and its first row may differ. */
function periodsOf({ params, rows }: GoldenTable): readonly Period[] {
  return rows.map(([date]) => periodAt(UNIT[params.time_group], new Date(date)))
}

/** Our table of the same rows and columns: from the first golden row to its last. */
async function ours(table: GoldenTable, periods: readonly Period[]): Promise<RetentionTable> {
  const { select1, select1b, select2, select2b, num_of_rows } = table.params
  const [first] = periods
  const last = periods.at(-1)
  if (first === undefined || last === undefined) throw new Error('a golden table without rows')
  return system.bm.retention({
    start: and(event(select1), ...(select1b === null ? [] : [event(select1b)])),
    return: and(event(select2), ...(select2b === null ? [] : [event(select2b)])),
    first,
    rows: difference(first, last) + 1,
    columns: num_of_rows + 1,
  })
}

function titleOf({ params }: GoldenTable): string {
  const { select1, select1b, select2, select2b, time_group, as_percent, num_results, num_of_rows } = params
  const sides = [select1, select1b, '→', select2, select2b].filter((part) => part !== null).join(' ')
  return `${sides}, ${num_results} ${time_group} by ${num_of_rows + 1}, ${as_percent ? 'percent' : 'counts'}`
}

function tablesAgree(tables: readonly GoldenTable[]): void {
  it('is asked for 70 tables', () => {
    expect(tables).toHaveLength(70)
  })

  it.each(tables.map((table, i) => ({ table, title: `table ${i}: ${titleOf(table)}` })))(
    'gives $title',
    async ({ table }) => {
      const periods = periodsOf(table)
      const report = await ours(table, periods)
      expect(table.rows).toHaveLength(table.params.num_results)
      for (const [r, [date, size, cells]] of table.rows.entries()) {
        const [first] = periods
        const of = periods[r]
        const row = first && of && report.rows[difference(first, of)]
        if (row === undefined) throw new Error(`no row for ${date}`)
        expect(cells).toHaveLength(report.mean.rows.length)
        expect({ date, size: row.size }).toEqual({ date, size })
        for (const [k, golden] of cells.entries()) agrees(row.cells[k], { golden, size, ...table.params })
      }
    },
  )
}

interface Expected {
  /** null where the Python library gives ''. */
  readonly golden: number | null
  readonly size: number
  readonly as_percent: boolean
}

/** null stands exactly where the row is empty or nobody at all matched the right side, which we flag or call future. */
function agrees(cell: RetentionTable['rows'][number]['cells'][number] | undefined, expected: Expected): void {
  const { golden, size, as_percent } = expected
  if (cell === undefined) throw new Error('no such cell')
  const nobody = cell.flag === 'silent' || cell.state === 'future'
  expect(golden === null).toBe(size === 0 || nobody)
  if (golden === null) expect(cell.count ?? 0).toBe(0)
  else if (as_percent)
    expect(Math.abs(((cell.count ?? Number.NaN) / size) * 100 - golden)).toBeLessThanOrEqual(1e-9)
  else expect(cell.count).toBe(golden)
}
