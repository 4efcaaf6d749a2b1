import {
  ceiling,
  type EventList,
  exists,
  label,
  offset,
  type Period,
  periodAt,
  UNITS,
  type Unit,
  UTC,
  type Zone,
} from '../bitmapist/face'

type Events = Pick<EventList, 'events'>

/** Names for the moment at which a user begins, the best first; compared without case and punctuation. */
const BEGINNINGS = [
  /^signup$/,
  /sign(ed)?up/,
  /regist(er|ration)/,
  /(account|user)s?creat|(creat|new)(ed?|ing)?(account|user)/,
  /^(app)?install(ed)?$|first(open|launch|visit)/,
]

/** The event named most like `signup`: of names alike the shortest, then the first by name. Null where none is. */
export function beginningEvent({ events }: Events): string | null {
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  for (const pattern of BEGINNINGS) {
    const [best] = events
      .map(({ name }) => name)
      .filter((name) => pattern.test(plain(name)))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    if (best !== undefined) return best
  }
  return null
}

/** What a project's data suggests where a page's URL says nothing. */
export interface Suggestion {
  /** The expression of the rows; that of the columns is `active` where there is one, else the same. */
  readonly start: string
  readonly return: string
  /** The last day with data; null where there is none. */
  readonly lastDay: Period | null
  readonly now: Date
  /** UTC unless given. */
  readonly zone?: Zone
}

/** The event that users come back for: `active`, else the one that they began with. */
export function returnEvent({ events }: Events, start: string): string {
  return events.some(({ name }) => name === 'active') ? 'active' : start
}

/** Complete cohorts and the running one; as many columns: offset 0 and one for each complete cohort. */
export function defaultSide(unit: Unit): number {
  switch (unit) {
    case 'hour':
      return 25
    case 'day':
      return 31
    case 'week':
    case 'month':
      return 13
    case 'year':
      return 6
    default:
      return unit satisfies never
  }
}

/**
 * A page's URL with what it leaves out, so that `parseRetentionQuery` can read it; what is there stays as it is.
 * The last row's period is that of the last data, and never after now.
 */
export function fillRetentionParameters(partial: URLSearchParams, suggestion: Suggestion): URLSearchParams {
  const filled = new URLSearchParams(partial)
  const fill = (name: string, value: string) => {
    if (!filled.has(name)) filled.set(name, value)
  }
  fill('start', suggestion.start)
  fill('return', suggestion.return)
  fill('period', 'week')
  const unit = UNITS.find((name) => name === filled.get('period')) ?? 'week'
  fill('rows', String(defaultSide(unit)))
  if (!filled.has('brackets')) fill('columns', String(defaultSide(unit)))
  if (!filled.has('from')) fill('to', lastPeriod(unit, suggestion))
  return filled
}

function lastPeriod(unit: Unit, { lastDay, now, zone = UTC }: Suggestion): string {
  const running = periodAt(unit, now, zone)
  const end = lastDay === null ? running : ceiling(unit, lastDay)
  const last = exists(end, zone) ? end : offset(end, -1, zone)
  return label(last.index < running.index ? last : running)
}
