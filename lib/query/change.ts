import {
  floor,
  lastDay,
  offset,
  type Period,
  periodAt,
  range,
  type Unit,
  UTC,
  type Zone,
} from '../bitmapist/face'
import { defaultSide } from './defaults'
import { MAX_CELLS, MAX_SIDE } from './retention'
import type { Asking, RetentionQuery } from './types'

/** The last row's period: what "up to" names. */
export function lastOf({ first, rows }: RetentionQuery, zone: Zone = UTC): Period {
  return offset(first, rows - 1, zone)
}

/** The same report with another last row. */
export function withLast(query: RetentionQuery, last: Period, zone: Zone = UTC): RetentionQuery {
  return { ...query, first: offset(last, 1 - query.rows, zone) }
}

/** The same report with more or fewer rows before the same last one. */
export function withRows(query: RetentionQuery, rows: number, zone: Zone = UTC): RetentionQuery {
  return withLast({ ...query, rows }, lastOf(query, zone), zone)
}

/**
 * The same question by another unit, with that unit's usual size and a column an offset; the last row is the one that
 * holds the last day until now of the last row before.
 */
export function withUnit(
  query: RetentionQuery,
  unit: Unit,
  { now, zone = UTC }: Pick<Asking, 'now' | 'zone'>,
): RetentionQuery {
  const today = periodAt('day', now, zone)
  const end = lastDay(lastOf(query, zone))
  const side = defaultSide(unit)
  const last = range(floor(unit, end.index > today.index ? today : end), 1, zone)[0] ?? today
  return withLast({ ...query, rows: side, columns: side, brackets: null }, last, zone)
}

/** The most rows (or columns) beside so many of the other. */
export function mostBeside(other: number): number {
  return Math.min(MAX_SIDE, Math.floor(MAX_CELLS / other))
}
