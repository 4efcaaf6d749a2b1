import {
  BitcohortError,
  difference,
  expected,
  type Period,
  parseUnit,
  periodAt,
  UTC,
  type Zone,
} from '../bitmapist/face'
import { expression } from './expression'
import { readParameters, required } from './parameters'
import type { Asking, CountQuery, SeriesQuery } from './types'
import { parseWhen } from './when'

export const SERIES_PARAMETERS = ['expression', 'period', 'from', 'to'] as const

export const COUNT_PARAMETERS = ['expression', 'period', 'date'] as const

/** Points of one series. */
export const MAX_POINTS = 3660

const UNIT_NAMES = 'hour, day, week, month or year'

/**
 * Reads a series' question from a URL: `expression`, `period`, `from`, and `to` (its default is `now`).
 * @throws BitcohortError with the parameter's name as `field`
 */
export function parseSeriesQuery(
  params: URLSearchParams,
  { now, zone = UTC, others = [] }: Asking,
): SeriesQuery {
  const values = readParameters(params, SERIES_PARAMETERS, others)
  const of = expression('expression', required(values, 'expression', 'an event or an expression'))
  const unit = parseUnit(required(values, 'period', UNIT_NAMES))
  const from = parseWhen(required(values, 'from', 'a date'), { field: 'from', unit, side: 'first', zone })
  const to =
    values.to === undefined
      ? periodAt(unit, now, zone)
      : parseWhen(values.to, { field: 'to', unit, side: 'last', zone })
  checkRange(from, to, zone)
  return { expression: of, from, to }
}

/** @throws BAD_PERIOD for a range that runs backwards, TOO_LARGE for one of too many periods */
export function checkRange(from: Period, to: Period, zone: Zone): void {
  const points = difference(from, to, zone) + 1
  if (points < 1) {
    const what = '"to" expected no earlier than "from" (where it is left out it is now)'
    throw new BitcohortError('BAD_PERIOD', what, { field: 'to' })
  }
  if (points > MAX_POINTS)
    throw new BitcohortError('TOO_LARGE', expected('from', `at most ${MAX_POINTS} points`, points), {
      field: 'from',
    })
}

/**
 * Reads a count's question from a URL: `expression`, `period`, and `date` (its default is `now`).
 * @throws BitcohortError with the parameter's name as `field`
 */
export function parseCountQuery(
  params: URLSearchParams,
  { now, zone = UTC, others = [] }: Asking,
): CountQuery {
  const values = readParameters(params, COUNT_PARAMETERS, others)
  const of = expression('expression', required(values, 'expression', 'an event or an expression'))
  const unit = parseUnit(required(values, 'period', UNIT_NAMES))
  const at =
    values.date === undefined
      ? periodAt(unit, now, zone)
      : parseWhen(values.date, { field: 'date', unit, side: 'first', zone })
  return { expression: of, at }
}
