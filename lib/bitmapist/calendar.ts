/** Days as ordinals since 1970-01-01, in the proleptic Gregorian calendar: what periods are counted in. */

/** Milliseconds of an hour. */
export const HOUR_MS = 3_600_000
/** Milliseconds of a day. */
export const DAY_MS = 86_400_000
/** Years 1 to 9999, as Python's datetime has them: outside, a label would not be four digits. */
export const FIRST_DAY = dayIndex(1, 1, 1)
/** 9999-12-31. */
export const LAST_DAY = dayIndex(9999, 12, 31)

/** Days since 1970-01-01 of a proleptic Gregorian date; months and days may overflow, as in Date.UTC. */
export function dayIndex(year: number, month: number, day: number): number {
  return Math.round(new Date(0).setUTCFullYear(year, month - 1, day) / DAY_MS)
}

/** The date of a day: month 1..12. */
export function civil(index: number): { year: number; month: number; day: number } {
  const date = new Date(index * DAY_MS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** The ISO week's ordinal of a day: 1969-12-29 is the Monday of week 0. */
export function weekOfDay(index: number): number {
  return Math.floor((index + 3) / 7)
}

/** 28..31. */
export function daysInMonth(year: number, month: number): number {
  return dayIndex(year, month + 1, 1) - dayIndex(year, month, 1)
}
