import { pick, type Random, seededRandom } from './random'
import { type Calendar, RELEASE_WEEKS_AGO, signUpsBefore, stayShare, visitChance } from './shape'

/** User `user` did `event` at `time`. */
export interface LogEntry {
  readonly user: number
  readonly time: Date
  readonly event: string
}

/** A fact about a user, as of the end of the log. */
export interface AttributeEntry {
  readonly user: number
  readonly attribute: string
}

export interface SampleOptions {
  /** The log ends here; the running day is simulated up to it. */
  readonly now: Date
  readonly seed: number
  /** Ids are 1 to `users`, in order of sign-up. */
  readonly users: number
  /** ISO weeks with sign-ups, the running one included. */
  readonly weeks: number
}

export interface Sample {
  readonly dayCount: number
  /** The log, a day at a time and in time order; it can be walked once. */
  readonly days: Iterable<readonly LogEntry[]>
  /** Known once the days have been walked: who pays depends on how often a user came. */
  attributes(): readonly AttributeEntry[]
}

const DAY_MS = 86_400_000
/** A visit begins at least this long before midnight, so that all its events lie in one day. */
const VISIT_MS = 15 * 60_000

interface User {
  readonly id: number
  readonly signUpDay: number
  readonly released: boolean
  /** Gone at the first age at which fewer than this share stay. */
  readonly fickleness: number
  /** Visits more or less often than the mean, which is 1. */
  readonly habit: number
  readonly platforms: readonly string[]
  readonly country: string
  visits: number
}

/** The log begins on the Monday of its first week and has every date up to the clock's. */
function calendarOf({ now, weeks }: SampleOptions): Calendar {
  const today = Math.floor(now.getTime() / DAY_MS)
  const firstOrdinal = mondayOf(today) - (weeks - 1) * 7
  const elapsed = now.getTime() / DAY_MS - today
  return { firstOrdinal, days: today - firstOrdinal + 1, firstWeekday: 1, elapsed }
}

function mondayOf(ordinal: number): number {
  return ordinal - ((ordinal + 3) % 7)
}

/**
 * A small music product, simulated: the same options give the same log.
 * Nothing lies after `now`; every active user is on `web`, `ios` or both; a sign-up is also `active`.
 */
export function simulate(options: SampleOptions): Sample {
  const users: User[] = []
  const calendar = calendarOf(options)
  let done = false
  function* days() {
    yield* simulateDays(options, calendar, users)
    done = true
  }
  return {
    dayCount: calendar.days,
    days: days(),
    attributes() {
      if (!done) throw new Error('walk all days first: attributes are as of the end of the log')
      return attributesOf(users, seededRandom(options.seed + 1))
    },
  }
}

function* simulateDays(options: SampleOptions, calendar: Calendar, users: User[]): Generator<LogEntry[]> {
  const random = seededRandom(options.seed)
  const now = options.now.getTime()
  const releaseDay = mondayOf(Math.floor(now / DAY_MS)) - RELEASE_WEEKS_AGO * 7 - calendar.firstOrdinal
  const before = signUpsBefore(options.users, calendar, random)
  let staying: User[] = []
  for (let day = 0; day < calendar.days; day++) {
    const midnight = (calendar.firstOrdinal + day) * DAY_MS
    const weekday = (calendar.firstWeekday + day) % 7
    const entries: LogEntry[] = []
    staying = staying.filter((user) => stays(user, day))
    for (const user of staying)
      if (visits(user, { day, weekday }, random)) visit(entries, user, midnight + timeOfDay(random), random)
    const count = (before[day + 1] ?? 0) - (before[day] ?? 0)
    const share = day === calendar.days - 1 ? calendar.elapsed : 1
    const times = Array.from({ length: count }, () => midnight + Math.floor(timeOfDay(random) * share))
    for (const time of times.sort((a, b) => a - b)) {
      const user = newUser(users.length + 1, random, { day, released: day >= releaseDay })
      users.push(user)
      staying.push(user)
      entries.push({ user: user.id, time: new Date(time), event: 'signup' })
      visit(entries, user, time, random)
    }
    yield entries
      .filter(({ time }) => time.getTime() <= now)
      .sort((a, b) => a.time.getTime() - b.time.getTime())
  }
}

/** Milliseconds after midnight, most around the middle of the day. */
function timeOfDay(random: Random): number {
  return Math.floor(((random() + random()) / 2) * (DAY_MS - VISIT_MS))
}

function newUser(id: number, random: Random, signUp: { day: number; released: boolean }): User {
  const platform = pick(random, { ios: 46, web: 38, both: 16 })
  return {
    id,
    signUpDay: signUp.day,
    released: signUp.released,
    fickleness: random(),
    // Who uses the app on a phone comes a little more often.
    habit: (0.7 + 0.6 * random()) * (platform === 'web' ? 0.94 : 1.04),
    platforms: platform === 'both' ? ['web', 'ios'] : [platform],
    country: pick(random, { US: 36, DE: 18, GB: 14, IN: 14, BR: 10, FR: 8 }),
    visits: 0,
  }
}

function stays({ signUpDay, released, fickleness }: User, day: number): boolean {
  return fickleness < stayShare(day - signUpDay, released)
}

function visits(user: User, on: { day: number; weekday: number }, random: Random): boolean {
  return random() < Math.min(0.97, visitChance(on.day - user.signUpDay, on.weekday) * user.habit)
}

function visit(entries: LogEntry[], user: User, at: number, random: Random): void {
  const add = (event: string, minutes: number) =>
    entries.push({ user: user.id, time: new Date(at + minutes * 60_000), event })
  user.visits++
  add('active', 0)
  for (const platform of platformsOf(user, random)) add(platform, 0)
  if (random() < 0.74) add('song:play', 1 + Math.floor(random() * 9))
  // Lists are made early: half of a sign-up day's chance is left after a few visits.
  if (random() < 0.04 + 0.12 / user.visits) add('playlist:create', 5 + Math.floor(random() * 9))
}

/** Who has both uses either most days, and both on some. */
function platformsOf({ platforms }: User, random: Random): readonly string[] {
  if (platforms.length < 2) return platforms
  const choice = random()
  return choice < 0.4 ? platforms.slice(0, 1) : choice < 0.8 ? platforms.slice(1) : platforms
}

function attributesOf(users: readonly User[], random: Random): AttributeEntry[] {
  return users.flatMap((user) => {
    const names = [`country:${user.country}`]
    if (random() < Math.min(0.6, 0.01 + 0.006 * user.visits)) names.push('paid_user')
    if (random() < 0.3) names.push('newsletter')
    return names.map((attribute) => ({ user: user.id, attribute }))
  })
}
