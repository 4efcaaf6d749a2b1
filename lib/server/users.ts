import 'server-only'
import {
  ceiling,
  firstDay,
  floor,
  type IdMode,
  label,
  type Period,
  period,
  periodAt,
  readUserId,
  type UserId,
  type UserReport,
} from '../bitmapist/face'
import { typedUsers } from '../query/user'
import { processState } from './connection'
import { known } from './failure'

/** How this project has ids. */
export function projectIdMode(): IdMode {
  return processState().config.idMode
}

/** A user's id out of an address or a form, as this project has ids. @throws BAD_USER */
export function userOf(text: string): UserId {
  return readUserId(text, { mode: projectIdMode() })
}

/** What is recorded of a user, with the answers for a day (today unless given). @throws BitcohortError */
export function loadUser(user: UserId, date: Period | null = null): Promise<UserReport<UserId>> {
  return known(() => processState().bitmapist.user(user, date === null ? {} : { date }))
}

/**
 * The id that a typed text means: of a text in spaces, which may or may not belong to it, the one that is known. Null
 * where it is none.
 * @throws BitcohortError
 */
export async function typedUser(text: string): Promise<UserId | null> {
  const [user = null, trimmed] = typedUsers(text, projectIdMode())
  if (user === null || trimmed === undefined) return user
  return (await loadUser(user)).known ? user : trimmed
}

/** The days of a year on which a user did an event. @throws BitcohortError */
export function loadUserDays(user: UserId, name: string, year: Period): Promise<readonly Period[]> {
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
export function usualEvent({ events }: Pick<UserReport, 'events'>): string | null {
  const usual = events.find(({ event }) => event === 'active') ?? events.find(({ year }) => year) ?? events[0]
  return usual?.event ?? null
}
