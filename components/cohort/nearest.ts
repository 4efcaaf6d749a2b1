import {
  ceiling,
  type EventList,
  eventsOf,
  floor,
  offset,
  type Period,
  parseExpression,
  parsePeriod,
  type RetentionTable,
  UTC,
  type Zone,
} from '../../lib/bitmapist/face'
import { lastOf } from '../../lib/query/change'
import type { RetentionQuery } from '../../lib/query/types'

/** Which side of a report nobody is on; null where both have users. */
export type EmptySide = 'start' | 'return' | null

/** The empty side of a report, if any. Offset 0 does not count as a return: it is the cohort's own period. */
export function emptySide(table: RetentionTable): EmptySide {
  if (table.rows.every(({ size }) => (size ?? 0) === 0)) return 'start'
  const returned = table.rows.some((row) => row.cells.some(({ count }) => (count ?? 0) > 0))
  return returned ? null : 'return'
}

/** The months in which an expression's events have marks at all, as periods of a unit; null where there are none. */
export function dataRange(
  text: string,
  { events }: Pick<EventList, 'events'>,
  { unit, now }: { readonly unit: Period['unit']; readonly now: Period },
): { readonly first: Period; readonly last: Period } | null {
  const names = eventsOf(parseExpression(text), { floating: true })
  const found = events.filter(({ name }) => names.includes(name))
  if (found.length === 0) return null
  const first = found.map((each) => each.first).sort()[0] ?? ''
  const last =
    found
      .map((each) => each.last)
      .sort()
      .at(-1) ?? ''
  const end = ceiling(unit, parsePeriod(last))
  return { first: floor(unit, parsePeriod(first)), last: end.index > now.index ? now : end }
}

/**
 * The last row's period that brings a report's window nearest to an expression's data; null where the window lies in
 * it already, or where there is none.
 */
export function nearestEnd(
  query: RetentionQuery,
  range: { readonly first: Period; readonly last: Period } | null,
  zone: Zone = UTC,
): Period | null {
  if (range === null) return null
  const last = lastOf(query, zone)
  if (query.first.index > range.last.index) return range.last
  if (last.index < range.first.index) {
    const end = offset(range.first, query.rows - 1, zone)
    return end.index > range.last.index ? range.last : end
  }
  return null
}
