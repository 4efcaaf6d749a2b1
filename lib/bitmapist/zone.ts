import { Temporal } from 'temporal-polyfill'
import { BitcohortError, expected } from './errors'

/** From an instant on, local time is ahead of UTC by so many milliseconds. */
interface Change {
  readonly at: number
  readonly ahead: number
}

/** The clock of a place: what its labels are at every instant. Instants and local times are milliseconds. */
export interface Zone {
  /** Its IANA name, such as `Europe/Berlin`. */
  readonly name: string
  /** What the local clock shows at an instant, as if it were UTC. */
  local(instant: number): number
  /** The first instant at which the local clock shows a time, or jumps over it. */
  instant(local: number): number
  /** Ordinals of the hours and days that the local clock jumps over whole, ascending. */
  readonly skipped: { readonly hour: readonly number[]; readonly day: readonly number[] }
}

const FIRST_YEAR = 1900
const LAST_YEAR = 2100
/** Clocks are at most so far from UTC. */
const WIDEST = 26 * 3_600_000

/** The clock without changes. */
export const UTC: Zone = Object.freeze({
  name: 'UTC',
  local: (instant: number) => instant,
  instant: (local: number) => local,
  skipped: Object.freeze({ hour: [], day: [] }),
})

/**
 * The zone of an IANA name. Changes of its clock are known for the years 1900 to 2100; outside of them the nearest
 * holds on.
 * @throws BAD_TIME_ZONE for any other name
 * @see IANA time zone database
 */
export function zoneOf(name: string): Zone {
  if (name === 'UTC') return UTC
  const first = firstMoment(name)
  if (first.timeZoneId === 'UTC') return UTC
  const changes = changesOf(first)
  const jumps = changes.flatMap(({ at, ahead }, i) => {
    const before = changes[i - 1]?.ahead ?? ahead
    return ahead > before ? [{ from: at + before, to: at + ahead }] : []
  })
  const whole = (length: number) =>
    jumps.flatMap(({ from, to }) => {
      const first = Math.ceil(from / length)
      return Array.from({ length: Math.max(0, Math.floor(to / length) - first) }, (_, k) => first + k)
    })
  return Object.freeze({
    name: first.timeZoneId,
    local: (instant: number) => instant + (changes[lastBefore(changes, instant)]?.ahead ?? 0),
    instant: (local: number) => instantOf(changes, local),
    skipped: Object.freeze({ hour: whole(3_600_000), day: whole(86_400_000) }),
  })
}

/** Whether two texts are IANA names of one clock: some have older names beside their own. */
export function isSameZone(one: string, other: string): boolean {
  try {
    return one === other || firstMoment(one).equals(firstMoment(other))
  } catch (error) {
    if (error instanceof BitcohortError) return false
    throw error
  }
}

function changesOf(first: Temporal.ZonedDateTime): readonly Change[] {
  let now = first
  const changes: Change[] = [{ at: Number.NEGATIVE_INFINITY, ahead: now.offsetNanoseconds / 1e6 }]
  for (;;) {
    const next = now.getTimeZoneTransition('next')
    if (next === null || next.year > LAST_YEAR) return changes
    changes.push({ at: next.epochMilliseconds, ahead: next.offsetNanoseconds / 1e6 })
    now = next
  }
}

function firstMoment(name: string): Temporal.ZonedDateTime {
  try {
    // An offset such as +01:00 is no place: its clock would never change.
    if (!/^[A-Za-z]/.test(name)) throw new RangeError('not a name')
    return Temporal.PlainDate.from({ year: FIRST_YEAR, month: 1, day: 1 }).toZonedDateTime(name)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new BitcohortError('BAD_TIME_ZONE', expected('timeZone', 'an IANA time zone', name), {
      field: 'timeZone',
      cause,
    })
  }
}

/** The index of the last change at or before an instant. */
function lastBefore(changes: readonly Change[], instant: number): number {
  let low = 0
  let high = changes.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((changes[middle]?.at ?? Number.POSITIVE_INFINITY) <= instant) low = middle
    else high = middle - 1
  }
  return low
}

function instantOf(changes: readonly Change[], local: number): number {
  for (let i = lastBefore(changes, local - WIDEST); ; i++) {
    const { at, ahead } = changes[i] ?? { at: Number.NEGATIVE_INFINITY, ahead: 0 }
    const until = changes[i + 1]?.at ?? Number.POSITIVE_INFINITY
    const instant = Math.max(at, local - ahead)
    if (instant < until) return instant
  }
}
