import 'server-only'
import {
  ceiling,
  firstDay,
  floor,
  label,
  type Period,
  period,
  periodAt,
  type UserReport,
} from '../bitmapist/face'
import { processState } from './connection'
import { known } from './failure'

/** What is recorded of a user, with the answers for a day (today unless given). @throws BitcohortError */
export function loadUser(user: number, date: Period | null = null): Promise<UserReport> {
  return known(() => processState().bitmapist.user(user, date === null ? {} : { date }))
}

/** The days of a year on which a user did an event. @throws BitcohortError */
export function loadUserDays(user: number, name: string, year: Period): Promise<readonly Period[]> {
  const from = firstDay(year)
  const to = ceiling('day', year)
  return known(() => processState().bitmapist.userDays(user, { event: name, from, to }))
}

/** The running day, and the running hour's label, by the project's clock. */
export function running(): { readonly today: Period; readonly hour: string } {
  const hour = periodAt('hour', new Date(), processState().bitmapist.zone)
  return { today: floor('day', hour), hour: label(hour) }
}

/** An hour of a day. @param hour 0..23 */
export function hourOf(day: Period, hour: number): Period {
  return period('hour', day.index * 24 + hour)
}

/** The event that a user is asked about where nobody says: `active`, else one that they did this year. */
export function usualEvent({ events }: UserReport): string | null {
  const usual = events.find(({ event }) => event === 'active') ?? events.find(({ year }) => year) ?? events[0]
  return usual?.event ?? null
}
