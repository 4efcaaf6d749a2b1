import type { Random } from './random'

/**
 * The shape of the simulated product, all in one place: who comes back how often, and when users sign up.
 * It follows published curves of mobile products: of a day's new users 57 % are active on day 1, 29 % on day 7,
 * 15 % on day 30, and a loyal core stays. Ages count days since sign-up; weekdays count from Sunday, 0.
 */

/** The release that lifts retention: who signs up in this week before the running one, or later, stays longer. */
export const RELEASE_WEEKS_AGO = 8

/** A listening app: commuters on weekdays, a quiet Saturday. The mean of each is 1. */
const VISITS_BY_WEEKDAY = [0.92, 1.04, 1.05, 1.05, 1.06, 1.02, 0.86]
const SIGN_UPS_BY_WEEKDAY = [0.82, 1.16, 1.14, 1.08, 1.06, 0.96, 0.78]
/** Sign-ups a day at the end, as a multiple of those at the beginning. */
const GROWTH = 2.2
const CORE = 0.09
/** How much the release adds to the share still there, once it has had a week to work. */
const LIFT = 0.05

/** Share of users who are not gone yet at an age, 1 at age 0, falling to the core. */
export function stayShare(age: number, released: boolean): number {
  const old = CORE + (1 - CORE) * (1 + age / 1.25) ** -0.55
  return released ? Math.min(1, old + LIFT * Math.min(1, age / 4)) : old
}

/** Chance that a user who is not gone visits on a day: eager at first, then a habit. */
export function visitChance(age: number, weekday: number): number {
  return (0.56 + 0.2 * Math.exp(-age / 12)) * (VISITS_BY_WEEKDAY[weekday] ?? 1)
}

/** The days of a log: ordinals count from 1970-01-01, days of the log from 0. */
export interface Calendar {
  readonly firstOrdinal: number
  readonly days: number
  /** Weekday of day 0. */
  readonly firstWeekday: number
  /** Share of the last day that is over, 0..1. */
  readonly elapsed: number
}

/**
 * How many of `users` have signed up before each day: `result[0]` is 0, the last is `users`.
 * Steady growth times the weekday, and some chance; the last day has only its elapsed share.
 */
export function signUpsBefore(users: number, calendar: Calendar, random: Random): readonly number[] {
  const { days, firstWeekday, elapsed } = calendar
  const sums = [0]
  for (let day = 0; day < days; day++) {
    const rhythm = SIGN_UPS_BY_WEEKDAY[(firstWeekday + day) % 7] ?? 1
    const chance = 0.88 + 0.24 * random()
    const share = day === days - 1 ? elapsed : 1
    sums.push((sums[day] ?? 0) + GROWTH ** (day / days) * rhythm * chance * share)
  }
  const total = sums[days] ?? 1
  return sums.map((sum) => Math.round((users * sum) / total))
}
