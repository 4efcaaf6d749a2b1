import 'server-only'
import type { CacheStats, WalkStats } from '../bitmapist'
import {
  type EventList,
  event,
  eventsOf,
  type Period,
  parseExpression,
  parsePeriod,
  periodAt,
  type RetentionTable,
  type SeriesReport,
  startOf,
  within,
  type Zone,
} from '../bitmapist/face'
import type { RetentionRequest } from '../bitmapist/reports/request'
import { beginningEvent, fillRetentionParameters, returnEvent } from '../query/defaults'
import { parseRetentionQuery, retentionParameters } from '../query/retention'
import type { CountQuery, RetentionQuery, SeriesQuery } from '../query/types'
import { processState } from './connection'
import { known } from './failure'
import type { ReportStats } from './metrics'
import { ping } from './redis'
import { requestSignal } from './request'

/** Computes what may take long. @throws BitcohortError; TOO_MANY_REPORTS where too many are under way */
export function report<Result>(
  compute: (bitmapist: ReturnType<typeof processState>['bitmapist']) => Promise<Result>,
): Promise<Result> {
  return known(() => {
    const { reports, bitmapist } = processState()
    return reports.run(() => compute(bitmapist))
  })
}

/**
 * Computes a report.
 * @param signal ends the work early, where nobody waits for it any more
 * @throws BitcohortError; REDIS_UNAVAILABLE where Redis does not answer
 */
export function loadRetention(query: RetentionQuery, signal?: AbortSignal): Promise<RetentionTable> {
  return report((bitmapist) => bitmapist.retention(requestOf(query), signal))
}

/** A question as the library takes it. */
export function requestOf({
  start,
  who,
  return: returning,
  brackets,
  ...shape
}: RetentionQuery): RetentionRequest {
  return {
    start: parseExpression(start, 'start'),
    return: parseExpression(returning, 'return'),
    who: who === null ? null : parseExpression(who, 'who'),
    ...shape,
    ...(brackets && { brackets }),
  }
}

/** Computes a series. @throws BitcohortError */
export function loadSeries(
  { expression, from, to }: SeriesQuery,
  signal?: AbortSignal,
): Promise<SeriesReport> {
  return report((bitmapist) =>
    bitmapist.series({ expression: parseExpression(expression), from, to }, signal),
  )
}

/** Users of an expression in a period. @throws BitcohortError */
export function loadCount({ expression, at }: CountQuery, signal?: AbortSignal): Promise<number> {
  return report((bitmapist) => bitmapist.count(parseExpression(expression), at, signal))
}

/** Whose clock decides the periods. */
export function projectZone(): Zone {
  return processState().bitmapist.zone
}

/** Which events and attributes there are. @throws BitcohortError */
export function loadEvents(): Promise<EventList> {
  return known(() => processState().bitmapist.events())
}

/** Looks at all keys anew, and lists what there is then. @throws BitcohortError */
export function rescanEvents(): Promise<EventList> {
  return known(() => processState().bitmapist.rescan())
}

/** What the cache does. */
export function cacheStats(): CacheStats {
  return processState().bitmapist.cacheStats()
}

/** What their walks through bitmaps are doing. */
export function walkStats(): WalkStats {
  return processState().bitmapist.walkStats()
}

/** What reports are doing. */
export function reportStats(): ReportStats {
  return processState().reports.stats
}

/** Returns once Redis has answered, with data that this process may work on. @throws REDIS_UNAVAILABLE, BAD_SETTINGS */
export async function checkReady(): Promise<void> {
  await known(async () => {
    const { redis, bitmapist } = processState()
    await ping(redis)
    await bitmapist.check()
  })
}

/**
 * The question of a page's URL, with what it leaves out filled in from the data: see `fillRetentionParameters`.
 * Parameters that are no part of a report are passed over.
 * @throws BitcohortError for a bad parameter
 */
export function defaultRetentionQuery(
  events: EventList,
  now: Date,
  partial: URLSearchParams,
): Promise<RetentionQuery> {
  return report(async ({ zone }) => {
    const asked = retentionParameters(partial)
    const start = asked.get('start') ?? beginningEvent(events) ?? (await busiestEvent(events)) ?? 'signup'
    const returning = asked.get('return') ?? returnEvent(events, start)
    const both = [parseExpression(start, 'start'), parseExpression(returning, 'return')]
    const names = [...new Set(both.flatMap((each) => eventsOf(each)))]
    const last = asked.has('to') || asked.has('from') ? null : await lastDayOf(events, names, now)
    const filled = fillRetentionParameters(asked, { start, return: returning, lastDay: last, now, zone })
    return parseRetentionQuery(filled, { now, zone })
  })
}

/** Events that are looked at when the busiest is sought. */
const CANDIDATES = 64

/** The event with the most users in the last month that any event has; null where there is none. */
async function busiestEvent({ events }: EventList): Promise<string | null> {
  const latest = events.reduce((last, each) => (each.last > last ? each.last : last), '')
  if (latest === '') return null
  const month = parsePeriod(latest)
  const candidates = events.filter(({ last }) => last === latest).slice(0, CANDIDATES)
  const signal = requestSignal()
  let busiest = { name: '', users: -1 }
  for (const { name } of candidates) {
    const users = await processState().bitmapist.count(event(name), month, signal)
    if (users > busiest.users) busiest = { name, users }
  }
  return busiest.name
}

/** The last day until now with a mark of the events; the last of their last month where none has days. */
async function lastDayOf(events: EventList, names: readonly string[], now: Date): Promise<Period | null> {
  const months = events.events.filter(({ name }) => names.includes(name)).map(({ last }) => last)
  const latest = months.sort().at(-1)
  if (latest === undefined) return null
  const month = parsePeriod(latest)
  const { bitmapist } = processState()
  const days = within('day', month, bitmapist.zone)
  const today = periodAt('day', now, bitmapist.zone)
  const end = days.findLast(({ index }) => index <= today.index) ?? today
  for (const day of days.filter(({ index }) => index <= end.index).reverse())
    for (const name of names)
      if (await bitmapist.getDayEvent(name, startOf(day, bitmapist.zone)).hasEventsMarked()) return day
  return end
}
