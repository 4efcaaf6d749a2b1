import { stringify } from 'csv-stringify/sync'
import {
  type Bracket,
  baseOf,
  label,
  lastDay,
  offset,
  type Period,
  parsePeriod,
  type RetentionTable,
  rateOf,
  type SeriesReport,
  startLabel,
  type UserId,
  UTC,
  type Zone,
} from '../bitmapist/face'
import { printBracket } from '../query/brackets'

type Field = string | number | null

export interface TableLayout {
  readonly layout: 'wide' | 'long'
  /** What the wide layout's cells hold; the long one has both. */
  readonly values: 'count' | 'rate'
  /** The table's; UTC unless given. */
  readonly zone?: Zone
}

/** A retention table as CSV: the numbers of the table and nothing else, no mean row. */
export function retentionCsv(table: RetentionTable, { layout, values, zone = UTC }: TableLayout): string {
  return layout === 'wide' ? print(wideRows(table, values)) : print(longRows(table, zone))
}

/** A series as CSV. */
export function seriesCsv({ points }: SeriesReport): string {
  return print([
    ['start', 'count', 'state'],
    ...points.map(({ start, count, state }) => [start, count, state]),
  ])
}

/** Numbers, UUIDs and mail addresses need neither quotes nor an apostrophe, and are ten times as fast without asking. */
const PLAIN = /^[A-Za-z0-9][\w.:@+-]*$/

/** Users' ids as the lines of a column; no line for none. */
export function userLines(ids: readonly UserId[]): string {
  if (ids.length === 0) return ''
  const isPlain = ids.every((id) => typeof id === 'number' || PLAIN.test(id))
  return isPlain ? `${ids.join('\r\n')}\r\n` : print(ids.map((id) => [id]))
}

function wideRows(table: RetentionTable, values: TableLayout['values']): readonly (readonly Field[])[] {
  const body = table.rows.map((row) => [
    row.label,
    row.size,
    ...row.cells.map(({ count }, column) =>
      values === 'count' ? count : rate(count, baseOf(row, column, table.base)),
    ),
  ])
  return [['cohort', 'size', ...bracketsOf(table).map(offsetLabel)], ...body]
}

/** The offsets of each column. */
function bracketsOf({ rows: [first], brackets }: RetentionTable): readonly Bracket[] {
  return brackets ?? first?.cells.map(({ offset }): Bracket => [offset, offset]) ?? []
}

/** `3`; of a bracket `1-3`. */
function offsetLabel([from, to]: Bracket): Field {
  return from === to ? from : printBracket([from, to])
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

function longRows(table: RetentionTable, zone: Zone): readonly (readonly Field[])[] {
  const brackets = bracketsOf(table)
  const body = table.rows.flatMap((row) => {
    const cohort = parsePeriod(row.label)
    return row.cells.map(({ count, state }, column) => {
      const [from, to] = brackets[column] ?? [0, 0]
      return [
        ...[startLabel(cohort), endLabel(cohort), row.size, row.state],
        ...[offsetLabel([from, to]), startLabel(offset(cohort, from, zone))],
        ...[endLabel(offset(cohort, to, zone)), count, rate(count, baseOf(row, column, table.base)), state],
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
