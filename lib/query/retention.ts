import {
  BitcohortError,
  expected,
  label,
  lastDay,
  offset,
  type Period,
  parseUnit,
  periodAt,
  type Unit,
} from '../bitmapist/face'
import { expression } from './expression'
import { choice, integer, readParameters, refuseUnserved, required, type Values } from './parameters'
import type { RetentionQuery } from './types'
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
  'which',
] as const
type Name = (typeof RETENTION_PARAMETERS)[number]

/** Rows and columns, each. */
export const MAX_SIDE = 366
/** Rows × columns. */
export const MAX_CELLS = 20_000
const NOT_YET = ' (the others are not available yet)'
const SIDE = { min: 1, max: MAX_SIDE, fallback: 12 }

/**
 * Reads a retention report's question from a URL.
 * @param now the default of `to`
 * @param others names of parameters that the caller reads itself
 * @throws BitcohortError with the parameter's name as `field`
 */
export function parseRetentionQuery(
  params: URLSearchParams,
  now: Date,
  others: readonly string[] = [],
): RetentionQuery {
  const values = readParameters(params, RETENTION_PARAMETERS, others)
  const start = expression('start', required(values, 'start', 'an event or an expression'))
  const returning = expression('return', required(values, 'return', 'an event or an expression'))
  const who = values.who === undefined ? null : expression('who', values.who)
  const unit = parseUnit(required(values, 'period', 'hour, day, week, month or year'))
  refuseUnserved(values, ['brackets', 'which'])
  choice('base', values.base, ['cohort'], { note: NOT_YET })
  const shape = {
    ...readSize(values),
    mode: choice('mode', values.mode, ['on'], { code: 'BAD_MODE', note: NOT_YET }),
    cohort: choice('cohort', values.cohort, ['first', 'recurring'], { code: 'BAD_COHORT' }),
  }
  return { start, who, return: returning, first: readFirst(values, unit, { ...shape, now }), ...shape }
}

/** Only those parameters of a page's URL that make its report. */
export function retentionParameters(params: URLSearchParams): URLSearchParams {
  const known: readonly string[] = RETENTION_PARAMETERS
  return new URLSearchParams([...params].filter(([name]) => known.includes(name)))
}

function readSize(values: Values<Name>): { readonly rows: number; readonly columns: number } {
  const rows = integer('rows', values.rows, SIDE)
  const columns = integer('columns', values.columns, SIDE)
  if (rows * columns > MAX_CELLS) {
    const what = expected('rows', `rows × columns at most ${MAX_CELLS}`, `${rows} × ${columns}`)
    throw new BitcohortError('TOO_LARGE', what, { field: 'rows' })
  }
  return { rows, columns }
}

interface Extent {
  readonly rows: number
  readonly columns: number
  readonly now: Date
}

function readFirst(values: Values<Name>, unit: Unit, { rows, columns, now }: Extent): Period {
  const { from, to } = values
  if (from !== undefined && to !== undefined)
    throw new BitcohortError('BAD_PARAMETER', '"to" expected to be left out beside "from"', { field: 'to' })
  const field = from === undefined ? 'to' : 'from'
  const named =
    from === undefined
      ? to === undefined
        ? periodAt(unit, now)
        : parseWhen(to, { field, unit, side: 'last' })
      : parseWhen(from, { field, unit, side: 'first' })
  try {
    const first = from === undefined ? offset(named, 1 - rows) : named
    // Of every period the last day is written too.
    lastDay(offset(first, rows + columns - 2))
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
 */
export function printRetentionQuery(query: RetentionQuery): URLSearchParams {
  const params = new URLSearchParams({ start: query.start, return: query.return })
  if (query.who !== null) params.set('who', query.who)
  params.set('period', query.first.unit)
  params.set('to', label(offset(query.first, query.rows - 1)))
  params.set('rows', String(query.rows))
  params.set('columns', String(query.columns))
  params.set('mode', query.mode)
  params.set('cohort', query.cohort)
  return params
}
