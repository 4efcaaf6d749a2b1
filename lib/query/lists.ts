import {
  BitcohortError,
  checkName,
  expected,
  idOfDigits,
  MAX_BIT,
  type Period,
  parsePeriodOrTime,
  periodAt,
  UTC,
} from '../bitmapist/face'
import { choice, integer, readParameters, required, type Values } from './parameters'
import { parseRetentionQuery, RETENTION_PARAMETERS } from './retention'
import { COUNT_PARAMETERS, checkRange, parseCountQuery } from './series'
import type { Asking, CountQuery, RetentionQuery } from './types'
import { parseWhen } from './when'

/** Ids of one page. */
export const MAX_PAGE = 1000

/** Which part of a list of ids is asked for: that after a bit. */
export type ListOutput =
  | { readonly format: 'json'; readonly limit: number; readonly after: number | null }
  | { readonly format: 'csv' }

const LIST_PARAMETERS = ['limit', 'cursor', 'format'] as const
const CELL_PARAMETERS = ['row', 'offset', 'which'] as const

/** Whose ids of a retention report: see the library's `Cell`. */
export interface RetentionUsersQuery {
  readonly query: RetentionQuery
  readonly cell: {
    readonly row: Period | null
    readonly column: number | null
    readonly which: 'returned' | 'missing'
  }
  readonly output: ListOutput
}

/**
 * Reads whose ids of a retention report are asked for: its own parameters, `row`, `offset`, `which`, and the page.
 * @throws BitcohortError with the parameter's name as `field`
 */
export function parseRetentionUsersQuery(params: URLSearchParams, asking: Asking): RetentionUsersQuery {
  const given = withoutEmptyCursor(params)
  const others = [...CELL_PARAMETERS, ...LIST_PARAMETERS]
  const query = parseRetentionQuery(given, { ...asking, others })
  const values = readParameters(given, others, RETENTION_PARAMETERS)
  const which = choice('which', values.which, ['returned', 'missing'])
  const { unit } = query.first
  const row =
    values.row === undefined
      ? null
      : parseWhen(values.row, { field: 'row', unit, side: 'first', zone: asking.zone })
  return { query, cell: { row, column: columnOf(values.offset, query), which }, output: listOutput(values) }
}

/** The column of an offset: with brackets the one that holds it. Null for none. */
function columnOf(text: string | undefined, { columns, brackets }: RetentionQuery): number | null {
  if (text === undefined) return null
  const offset = integer('offset', text, { min: 0, max: columns - 1, fallback: 0 })
  if (brackets === null) return offset
  const column = brackets.findIndex(([from, to]) => from <= offset && offset <= to)
  if (column >= 0) return column
  throw new BitcohortError('BAD_ROWS', expected('offset', 'an offset that a bracket holds', text), {
    field: 'offset',
  })
}

/** Reads whose ids match an expression in a period, and the page. @throws BitcohortError with `field` */
export function parseMembersQuery(
  params: URLSearchParams,
  asking: Asking,
): CountQuery & { readonly output: ListOutput } {
  const given = withoutEmptyCursor(params)
  const query = parseCountQuery(given, { ...asking, others: LIST_PARAMETERS })
  return { ...query, output: listOutput(readParameters(given, LIST_PARAMETERS, COUNT_PARAMETERS)) }
}

/** An empty cursor is that of the first page, so that a program can always send what it has. */
function withoutEmptyCursor(params: URLSearchParams): URLSearchParams {
  if (params.getAll('cursor').join('') !== '' || params.getAll('cursor').length > 1) return params
  return new URLSearchParams([...params].filter(([name]) => name !== 'cursor'))
}

function listOutput(values: Values<(typeof LIST_PARAMETERS)[number]>): ListOutput {
  const format = choice('format', values.format, ['json', 'csv'])
  const limit = integer('limit', values.limit, { min: 1, max: MAX_PAGE, fallback: MAX_PAGE })
  const after = values.cursor === undefined ? null : cursor(values.cursor)
  return format === 'csv' ? { format } : { format, limit, after }
}

/** A bit, which is an integer id itself; of a mapped id its number. */
function cursor(text: string): number {
  const after = idOfDigits(text)
  if (after <= MAX_BIT) return after
  throw new BitcohortError('BAD_PARAMETER', expected('cursor', 'what "next" of a page was', text), {
    field: 'cursor',
  })
}

/** Reads the day, or the hour, by which a user is looked at; null for the running one. @throws BitcohortError */
export function parseUserDate(params: URLSearchParams, { zone = UTC }: Pick<Asking, 'zone'>): Period | null {
  const { date } = readParameters(params, ['date'])
  if (date === undefined) return null
  // Checks it too; a time or an hour asks about that hour.
  const day = parseWhen(date, { field: 'date', unit: 'day', side: 'first', zone })
  const named = parsePeriodOrTime(date, 'date', zone)
  if (named instanceof Date) return periodAt('hour', named, zone)
  return named.unit === 'hour' ? named : day
}

export interface UserDaysQuery {
  readonly event: string
  readonly from: Period
  readonly to: Period
}

/** Reads which days of a user are asked for: `event`, `from`, and `to` (its default is `now`). @throws BitcohortError */
export function parseUserDaysQuery(
  params: URLSearchParams,
  { now, zone = UTC }: Pick<Asking, 'now' | 'zone'>,
): UserDaysQuery {
  const values = readParameters(params, ['event', 'from', 'to'])
  const event = checkName(required(values, 'event', 'the name of an event'))
  const day = { unit: 'day', zone } as const
  const from = parseWhen(required(values, 'from', 'a date'), { ...day, field: 'from', side: 'first' })
  const to =
    values.to === undefined
      ? periodAt('day', now, zone)
      : parseWhen(values.to, { ...day, field: 'to', side: 'last' })
  checkRange(from, to, zone)
  return { event, from, to }
}
