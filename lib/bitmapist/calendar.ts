/** Days as ordinals since 1970-01-01, in the proleptic Gregorian calendar: what periods are counted in. */

/** Milliseconds of an hour. */
export const HOUR_MS = 3_600_000
/** Milliseconds of a day. */
export const DAY_MS = 86_400_000
/** Days from 0000-03-01 to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468
/** Days of 400, 100, 4 years and one. */
const [DAYS_400, DAYS_100, DAYS_4, DAYS_1] = [146_097, 36_524, 1461, 365]

/** Years 1 to 9999, as Python's datetime has them: outside, a label would not be four digits. */
export const FIRST_DAY = dayIndex(1, 1, 1)
/** 9999-12-31. */
export const LAST_DAY = dayIndex(9999, 12, 31)

/** Days since 1970-01-01 of a proleptic Gregorian date; months and days may overflow, as in Date.UTC. */
export function dayIndex(year: number, month: number, day: number): number {
  // Years begin in March here, so that a leap day is a year's last one; so does month 0.
  const months = year * 12 + month - 3
  const shifted = Math.floor(months / 12)
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leaps + daysBefore(months - shifted * 12) + day - 1 - DAYS_TO_EPOCH
}

/** Days of a year, begun in March, before its month 0..11: five months are always 153. */
function daysBefore(month: number): number {
  return Math.floor((153 * month + 2) / 5)
}

/**
 * The date of a day: month 1..12.
 * @see Howard Hinnant, chrono-compatible low-level date algorithms: civil_from_days
 */
export function civil(index: number): { year: number; month: number; day: number } {
  const days = index + DAYS_TO_EPOCH
  const era = Math.floor(days / DAYS_400)
  const inEra = days - era * DAYS_400
  const leapless = inEra - Math.floor(inEra / (DAYS_4 - 1)) + Math.floor(inEra / DAYS_100)
  const year = Math.floor((leapless - Math.floor(inEra / (DAYS_400 - 1))) / DAYS_1)
  const inYear = inEra - (DAYS_1 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const month = Math.floor((5 * inYear + 2) / 153)
  return {
    year: era * 400 + year + (month > 9 ? 1 : 0),
    month: month > 9 ? month - 9 : month + 3,
    day: inYear - daysBefore(month) + 1,
  }
}

/** The ISO week's ordinal of a day: 1969-12-29 is the Monday of week 0. */
export function weekOfDay(index: number): number {
  return Math.floor((index + 3) / 7)
}

/** 28..31. */
export function daysInMonth(year: number, month: number): number {
  return dayIndex(year, month + 1, 1) - dayIndex(year, month, 1)
}
