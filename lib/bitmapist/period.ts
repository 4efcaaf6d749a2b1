import { civil, DAY_MS, dayIndex, daysInMonth, FIRST_DAY, HOUR_MS, LAST_DAY, weekOfDay } from './calendar'
import { BitcohortError, expected } from './errors'
import { UTC, type Zone } from './zone'

/** The kinds of period, from the finest to the coarsest. */
export const UNITS = ['hour', 'day', 'week', 'month', 'year'] as const
/** A kind of period. */
export type Unit = (typeof UNITS)[number]

/**
 * A period is a local label: its unit and its ordinal. Ordinals count hours or days since 1970-01-01, ISO weeks
 * since the one of 1969-12-29, months as `year × 12 + month − 1`, years as themselves; so an offset is an addition.
 */
export interface Period {
  readonly unit: Unit
  readonly index: number
}

/** Whether a period has ended, runs, or has not begun. */
export type PeriodState = 'closed' | 'open' | 'future'

function bad(field: string, expectation: string, got: unknown): BitcohortError {
  return new BitcohortError('BAD_PERIOD', expected(field, expectation, got), { field })
}

function integer(field: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw bad(field, `integer ${min}..${max}`, value)
}

/** The first and the last ordinal of each unit whose first day lies in the years 1 to 9999. */
const LIMITS: Readonly<Record<string, { readonly first: number; readonly last: number }>> = {
  hour: { first: FIRST_DAY * 24, last: LAST_DAY * 24 + 23 },
  day: { first: FIRST_DAY, last: LAST_DAY },
  week: { first: Math.ceil((FIRST_DAY + 3) / 7), last: weekOfDay(LAST_DAY) },
  month: { first: 12, last: 9999 * 12 + 11 },
  year: { first: 1, last: 9999 },
}

/**
 * The period of a unit with an ordinal.
 * @throws BAD_PERIOD outside the years 1 to 9999
 */
export function period(unit: Unit, index: number): Period {
  const limits = LIMITS[unit]
  if (limits === undefined || !Number.isInteger(index) || index < limits.first || index > limits.last)
    throw bad(unit, 'a period in the years 1..9999', index)
  return Object.freeze({ unit, index })
}

/** @throws BAD_PERIOD unless 1..9999 */
export function year(year: number): Period {
  return period('year', integer('year', year, 1, 9999))
}

/** @param month 1..12 @throws BAD_PERIOD */
export function month(year: number, month: number): Period {
  return period('month', integer('year', year, 1, 9999) * 12 + integer('month', month, 1, 12) - 1)
}

/**
 * An ISO week.
 * @param week 1..52, or 53 in the years that have it
 * @throws BAD_PERIOD
 * @see ISO 8601: week 1 is the one with 4 January in it
 */
export function week(isoYear: number, week: number): Period {
  const first = weekOfDay(dayIndex(integer('year', isoYear, 1, 9999), 1, 4))
  const weeks = weekOfDay(dayIndex(isoYear + 1, 1, 4)) - first
  return period('week', first + integer('week', week, 1, weeks) - 1)
}

/** @param month 1..12 @param day 1 to the month's last @throws BAD_PERIOD */
export function day(year: number, month: number, day: number): Period {
  integer('year', year, 1, 9999)
  integer('month', month, 1, 12)
  return period('day', dayIndex(year, month, integer('day', day, 1, daysInMonth(year, month))))
}

/** @param hour 0..23 @throws BAD_PERIOD */
export function hour(y: number, m: number, d: number, hour: number): Period {
  return period('hour', day(y, m, d).index * 24 + integer('hour', hour, 0, 23))
}

/**
 * The period of a unit in which an instant lies, by the zone's clock.
 * @throws BAD_TIME for what is no date, an invalid one, or one outside the years 1 to 9999
 */
export function periodAt(unit: Unit, instant: Date, zone: Zone = UTC): Period {
  if (!(instant instanceof Date))
    throw new BitcohortError('BAD_TIME', expected('time', 'a Date', instant), { field: 'time' })
  const ms = zone.local(instant.getTime())
  const index = Math.floor(ms / DAY_MS)
  if (!(index >= FIRST_DAY && index <= LAST_DAY))
    throw new BitcohortError('BAD_TIME', expected('time', 'a time in years 1..9999', ms), { field: 'time' })
  return unit === 'hour' ? period('hour', Math.floor(ms / HOUR_MS)) : floor(unit, period('day', index))
}

function firstDayIndex({ unit, index }: Period): number {
  switch (unit) {
    case 'hour':
      return Math.floor(index / 24)
    case 'day':
      return index
    case 'week':
      return index * 7 - 3
    case 'month':
      return dayIndex(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1, 1)
    case 'year':
      return dayIndex(index, 1, 1)
    default:
      return unit satisfies never
  }
}

/** The first day of a period (of an hour: its day). */
export function firstDay(of: Period): Period {
  return period('day', firstDayIndex(of))
}

/** The last day of a period (of an hour: its day); of the last week of all, 9999-W52, the last day of all. */
export function lastDay(of: Period): Period {
  if (of.unit === 'hour') return firstDay(of)
  const next = firstDayIndex({ unit: of.unit, index: of.index + 1 })
  return period('day', Math.min(next - 1, LAST_DAY))
}

/**
 * The period of a unit that holds the beginning of another; idempotent.
 * A finer unit gives the first one inside: `floor('day', 2025-W02)` is 2025-01-06.
 */
export function floor(unit: Unit, of: Period): Period {
  if (unit === of.unit) return of
  const first = firstDayIndex(of)
  switch (unit) {
    case 'hour':
      return period('hour', first * 24)
    case 'day':
      return period('day', first)
    case 'week':
      return period('week', weekOfDay(first))
    case 'month': {
      const { year, month } = civil(first)
      return period('month', year * 12 + month - 1)
    }
    case 'year':
      return period('year', civil(first).year)
    default:
      return unit satisfies never
  }
}

/** The last period of a unit that begins inside another, or holds it: `ceiling('day', 2025-W02)` is 2025-01-12. */
export function ceiling(unit: Unit, of: Period): Period {
  if (unit === of.unit) return of
  if (unit === 'hour') return period('hour', lastDay(of).index * 24 + 23)
  return floor(unit, lastDay(of))
}

/** Ordinals of a unit that a zone's clock jumps over: those periods do not exist there. */
function skippedOf(unit: Unit, { skipped }: Zone): readonly number[] {
  return unit === 'hour' ? skipped.hour : unit === 'day' ? skipped.day : []
}

/** Whether a zone has a period: its clock may jump over an hour or a day. */
export function exists({ unit, index }: Period, zone: Zone = UTC): boolean {
  return !skippedOf(unit, zone).includes(index)
}

/**
 * The period `count` later (earlier where negative), counting those that the zone has.
 * `offset(p, 0)` is p; `offset(offset(p, a), b)` is `offset(p, a + b)`.
 * @throws BAD_PERIOD outside the years 1 to 9999
 */
export function offset(of: Period, count: number, zone: Zone = UTC): Period {
  const skipped = skippedOf(of.unit, zone)
  let index = of.index + count
  if (count > 0) for (const at of skipped) index += Number(of.index < at && at <= index)
  if (count < 0) for (const at of skipped.toReversed()) index -= Number(index <= at && at < of.index)
  return period(of.unit, index)
}

/** How many periods `to` is after `from`, counting those that the zone has; both of one unit. @throws BAD_PERIOD */
export function difference(from: Period, to: Period, zone: Zone = UTC): number {
  if (from.unit !== to.unit) throw bad('period', `a ${from.unit}`, `a ${to.unit}`)
  const [low, high] = [Math.min(from.index, to.index), Math.max(from.index, to.index)]
  const jumped = skippedOf(from.unit, zone).filter((index) => index > low && index < high).length
  return Math.sign(to.index - from.index) * (high - low - jumped)
}

/** `count` successive periods that the zone has, `from` first; none for 0. */
export function range(from: Period, count: number, zone: Zone = UTC): readonly Period[] {
  const skipped = skippedOf(from.unit, zone)
  const periods: Period[] = []
  for (let index = from.index; periods.length < count; index++)
    if (skipped.length === 0 || !skipped.includes(index)) periods.push(period(from.unit, index))
  return periods
}

/** The periods from one to another, both included, that the zone has; none where `to` is earlier. @throws BAD_PERIOD */
export function between(from: Period, to: Period, zone: Zone = UTC): readonly Period[] {
  return range(from, difference(from, to) + 1).filter((each) => exists(each, zone))
}

/** The periods of a finer unit that begin inside one: the days of a week, the months of a year. */
export function within(unit: Unit, of: Period, zone: Zone = UTC): readonly Period[] {
  return between(floor(unit, of), ceiling(unit, of), zone)
}

/** Whether one period lies wholly in another: a week that straddles two months lies in neither. */
export function contains(outer: Period, inner: Period): boolean {
  if (outer.unit === 'hour') return inner.unit === 'hour' && inner.index === outer.index
  const isAfterStart = firstDayIndex(inner) >= firstDayIndex(outer)
  return isAfterStart && lastDay(inner).index <= lastDay(outer).index
}

/** @param now the running period of the same unit */
export function stateOf(of: Period, now: Period): PeriodState {
  if (of.unit !== now.unit) throw bad('period', `a ${now.unit}`, `a ${of.unit}`)
  return of.index < now.index ? 'closed' : of.index === now.index ? 'open' : 'future'
}

/** The instant at which a period begins, by the zone's clock. */
export function startOf(of: Period, zone: Zone = UTC): Date {
  return new Date(zone.instant(of.unit === 'hour' ? of.index * HOUR_MS : firstDayIndex(of) * DAY_MS))
}

/** The instant at which a period has ended, by the zone's clock. */
export function endOf(of: Period, zone: Zone = UTC): Date {
  return new Date(
    zone.instant(of.unit === 'hour' ? (of.index + 1) * HOUR_MS : (lastDay(of).index + 1) * DAY_MS),
  )
}

/** The calendar fields of a period; `year` is the ISO year for a week. Unused fields are those of its first day. */
export function fields(of: Period): { year: number; month: number; day: number; week: number; hour: number } {
  const first = firstDayIndex(of)
  const { year, month, day } = civil(first)
  if (of.unit !== 'week')
    return { year, month, day, week: 0, hour: of.unit === 'hour' ? of.index - first * 24 : 0 }
  const isoYear = civil(first + 3).year
  return { year: isoYear, month, day, week: of.index - weekOfDay(dayIndex(isoYear, 1, 4)) + 1, hour: 0 }
}
