import { floor, lastDay, offset, type Period, periodAt, type Unit } from '../bitmapist/face'
import { defaultSide } from './defaults'
import { MAX_CELLS, MAX_SIDE } from './retention'
import type { RetentionQuery } from './types'

/** The last row's period: what "up to" names. */
export function lastOf({ first, rows }: RetentionQuery): Period {
  return offset(first, rows - 1)
}

/** The same report with another last row. */
export function withLast(query: RetentionQuery, last: Period): RetentionQuery {
  return { ...query, first: offset(last, 1 - query.rows) }
}

/** The same report with more or fewer rows before the same last one. */
export function withRows(query: RetentionQuery, rows: number): RetentionQuery {
  return withLast({ ...query, rows }, lastOf(query))
}

/**
 * The same question by another unit, with that unit's usual size; the last row is the one that holds the last day
 * until now of the last row before.
 */
export function withUnit(query: RetentionQuery, unit: Unit, now: Date): RetentionQuery {
  const today = periodAt('day', now)
  const end = lastDay(lastOf(query))
  const side = defaultSide(unit)
  const last = floor(unit, end.index > today.index ? today : end)
  return withLast({ ...query, rows: side, columns: side }, last)
}

/** The most rows (or columns) beside so many of the other. */
export function mostBeside(other: number): number {
  return Math.min(MAX_SIDE, Math.floor(MAX_CELLS / other))
}
