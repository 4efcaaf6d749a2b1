import {
  BASES,
  BitcohortError,
  expected,
  label,
  lastDay,
  MODES,
  offset,
  type Period,
  parseUnit,
  periodAt,
  type Unit,
  UTC,
  type Zone,
} from '../bitmapist/face'
import { checkShape, parseBrackets, printBrackets } from './brackets'
import { expression } from './expression'
import { choice, integer, readParameters, required, type Values } from './parameters'
import type { Asking, RetentionQuery } from './types'
import { parseWhen } from './when'

/** The parameters of a retention report, in the order in which links have them. */
export const RETENTION_PARAMETERS = [
  'start',
  'return',
  'who',
  'period',
  'from',
  'to',
  'rows',
  'columns',
  'mode',
  'cohort',
  'base',
  'brackets',
] as const
type Name = (typeof RETENTION_PARAMETERS)[number]

/** Rows and columns, each. */
export const MAX_SIDE = 366
/** Rows × columns. */
export const MAX_CELLS = 20_000
const SIDE = { min: 1, max: MAX_SIDE, fallback: 12 }

/**
 * Reads a retention report's question from a URL; `to` is now unless given.
 * @throws BitcohortError with the parameter's name as `field`
 */
export function parseRetentionQuery(
  params: URLSearchParams,
  { now, zone = UTC, others = [] }: Asking,
): RetentionQuery {
  const values = readParameters(params, RETENTION_PARAMETERS, others)
  const start = expression('start', required(values, 'start', 'an event or an expression'))
  const returning = expression('return', required(values, 'return', 'an event or an expression'))
  const who = values.who === undefined ? null : expression('who', values.who)
  const unit = parseUnit(required(values, 'period', 'hour, day, week, month or year'))
  const shape = {
    ...readSize(values),
    mode: choice('mode', values.mode, MODES, { code: 'BAD_MODE' }),
    cohort: choice('cohort', values.cohort, ['first', 'recurring'], { code: 'BAD_COHORT' }),
    base: choice('base', values.base, BASES, { code: 'BAD_MODE' }),
  }
  checkShape(shape)
  return { start, who, return: returning, first: readFirst(values, unit, { ...shape, now, zone }), ...shape }
}

/** Only those parameters of a page's URL that make its report. */
export function retentionParameters(params: URLSearchParams): URLSearchParams {
  const known: readonly string[] = RETENTION_PARAMETERS
  return new URLSearchParams([...params].filter(([name]) => known.includes(name)))
}

function readSize(values: Values<Name>): Pick<RetentionQuery, 'rows' | 'columns' | 'brackets'> {
  if (values.brackets !== undefined && values.columns !== undefined) {
    const what = '"columns" expected to be left out beside "brackets"'
    throw new BitcohortError('BAD_PARAMETER', what, { field: 'columns' })
  }
  const brackets = values.brackets === undefined ? null : parseBrackets(values.brackets, MAX_SIDE)
  const rows = integer('rows', values.rows, SIDE)
  const columns = brackets ? (brackets.at(-1)?.[1] ?? 0) + 1 : integer('columns', values.columns, SIDE)
  const across = brackets?.length ?? columns
  if (rows * across > MAX_CELLS) {
    const what = expected('rows', `rows × columns at most ${MAX_CELLS}`, `${rows} × ${across}`)
    throw new BitcohortError('TOO_LARGE', what, { field: 'rows' })
  }
  return { rows, columns, brackets }
}

interface Extent {
  readonly rows: number
  readonly columns: number
  readonly now: Date
  readonly zone: Zone
}

function readFirst(values: Values<Name>, unit: Unit, { rows, columns, now, zone }: Extent): Period {
  const { from, to } = values
  if (from !== undefined && to !== undefined)
    throw new BitcohortError('BAD_PARAMETER', '"to" expected to be left out beside "from"', { field: 'to' })
  const field = from === undefined ? 'to' : 'from'
  const named =
    from === undefined
      ? to === undefined
        ? periodAt(unit, now, zone)
        : parseWhen(to, { field, unit, side: 'last', zone })
      : parseWhen(from, { field, unit, side: 'first', zone })
  try {
    const first = from === undefined ? offset(named, 1 - rows, zone) : named
    // Of every period the last day is written too.
    lastDay(offset(first, rows + columns - 2, zone))
    return first
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    const what = expected(field, 'every row and column in the years 1..9999', from ?? to)
    throw new BitcohortError('BAD_PERIOD', what, { field, cause: error })
  }
}

/**
 * Writes a question as a URL has it; `parseRetentionQuery` reads it back to the same.
 * `to` is the last row's period: a report speaks of "the last 12 cohorts, up to" it.
 * @param zone with which the question was read
 */
export function printRetentionQuery(query: RetentionQuery, zone: Zone = UTC): URLSearchParams {
  const params = new URLSearchParams({ start: query.start, return: query.return })
  if (query.who !== null) params.set('who', query.who)
  params.set('period', query.first.unit)
  params.set('to', label(offset(query.first, query.rows - 1, zone)))
  params.set('rows', String(query.rows))
  if (query.brackets === null) params.set('columns', String(query.columns))
  params.set('mode', query.mode)
  params.set('cohort', query.cohort)
  if (query.base !== 'cohort') params.set('base', query.base)
  if (query.brackets !== null) params.set('brackets', printBrackets(query.brackets))
  return params
}
