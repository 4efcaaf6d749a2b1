import { stringify } from 'csv-stringify/sync'
import {
  label,
  lastDay,
  offset,
  type Period,
  parsePeriod,
  type RetentionTable,
  rateOf,
  type SeriesReport,
  startLabel,
} from '../bitmapist/face'

type Field = string | number | null

export interface TableLayout {
  readonly layout: 'wide' | 'long'
  /** What the wide layout's cells hold; the long one has both. */
  readonly values: 'count' | 'rate'
}

/** A retention table as CSV: the numbers of the table and nothing else, no mean row. */
export function retentionCsv(table: RetentionTable, { layout, values }: TableLayout): string {
  return layout === 'wide' ? print(wideRows(table, values)) : print(longRows(table))
}

/** A series as CSV. */
export function seriesCsv({ points }: SeriesReport): string {
  return print([
    ['start', 'count', 'state'],
    ...points.map(({ start, count, state }) => [start, count, state]),
  ])
}

function wideRows({ rows }: RetentionTable, values: TableLayout['values']): readonly (readonly Field[])[] {
  const offsets = rows[0]?.cells.map((cell) => cell.offset) ?? []
  const body = rows.map(({ label, size, cells }) => [
    label,
    size,
    ...cells.map(({ count }) => (values === 'count' ? count : rate(count, size))),
  ])
  return [['cohort', 'size', ...offsets], ...body]
}

const LONG = [
  'cohort_start',
  'cohort_end',
  'size',
  'size_state',
  'offset',
  'period_start',
  'period_end',
  'count',
  'rate',
  'state',
]

function longRows({ rows }: RetentionTable): readonly (readonly Field[])[] {
  const body = rows.flatMap((row) => {
    const cohort = parsePeriod(row.label)
    return row.cells.map((cell) => {
      const period = offset(cohort, cell.offset)
      return [
        ...[startLabel(cohort), endLabel(cohort), row.size, row.state],
        ...[cell.offset, startLabel(period), endLabel(period)],
        ...[cell.count, rate(cell.count, row.size), cell.state],
      ]
    })
  })
  return [LONG, ...body]
}

/** A period's last day, which still belongs to it; of an hour the hour itself. */
function endLabel(of: Period): string {
  return of.unit === 'hour' ? label(of) : label(lastDay(of))
}

function rate(count: number | null, size: number | null): string | null {
  return rateOf(count, size)?.toFixed(4) ?? null
}

/** RFC 4180 with CRLF; a text that a spreadsheet would take for a formula gets a leading apostrophe. */
function print(records: readonly (readonly Field[])[]): string {
  return stringify(
    records.map((record) => [...record]),
    { record_delimiter: 'windows', escape_formulas: true, quoted_match: /[\r\n]/ },
  )
}

/** A file's name out of a report's own words: letters, digits and `-` of ASCII. */
export function fileName(words: readonly string[]): string {
  const plain = words.map((word) =>
    word
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40),
  )
  return plain
    .filter((word) => word !== '')
    .join('-')
    .toLowerCase()
}
