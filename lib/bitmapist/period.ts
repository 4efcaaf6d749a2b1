import { civil, DAY_MS, dayIndex, daysInMonth, FIRST_DAY, LAST_DAY, weekOfDay } from './calendar'
import { BitcohortError, expected } from './errors'

/** The kinds of period, from the finest to the coarsest. */
export const UNITS = ['hour', 'day', 'week', 'month', 'year'] as const
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

/**
 * The period of a unit with an ordinal.
 * @throws BAD_PERIOD outside the years 1 to 9999
 */
export function period(unit: Unit, index: number): Period {
  const made: Period = Object.freeze({ unit, index })
  const first = firstDayIndex(made)
  if (!Number.isInteger(index) || !(first >= FIRST_DAY && first <= LAST_DAY))
    throw bad(unit, 'a period in the years 1..9999', index)
  return made
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
 * The period of a unit in which an instant lies, in UTC.
 * @throws BAD_TIME for an invalid date or one outside the years 1 to 9999
 */
export function periodAt(unit: Unit, instant: Date): Period {
  const ms = instant.getTime()
  const index = Math.floor(ms / DAY_MS)
  if (!(index >= FIRST_DAY && index <= LAST_DAY))
    throw new BitcohortError('BAD_TIME', expected('time', 'a time in years 1..9999', ms), { field: 'time' })
  return unit === 'hour' ? period('hour', Math.floor(ms / 3_600_000)) : floor(unit, period('day', index))
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

/** The last day of a period (of an hour: its day). */
export function lastDay(of: Period): Period {
  return of.unit === 'hour'
    ? firstDay(of)
    : period('day', firstDayIndex({ unit: of.unit, index: of.index + 1 }) - 1)
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

/** The period `count` later (earlier where negative). `offset(p, 0)` is p; `offset(offset(p, a), b)` is `offset(p, a + b)`. */
export function offset(of: Period, count: number): Period {
  return period(of.unit, of.index + count)
}

/** How many periods `to` is after `from`; both of one unit. @throws BAD_PERIOD */
export function difference(from: Period, to: Period): number {
  if (from.unit !== to.unit) throw bad('period', `a ${from.unit}`, `a ${to.unit}`)
  return to.index - from.index
}

/** `count` successive periods, `from` first; none for 0. */
export function range(from: Period, count: number): readonly Period[] {
  return Array.from({ length: count }, (_, k) => offset(from, k))
}

/** The periods of a finer unit that begin inside one: the days of a week, the months of a year. */
export function within(unit: Unit, of: Period): readonly Period[] {
  const first = floor(unit, of)
  return range(first, difference(first, ceiling(unit, of)) + 1)
}

/** @param now the running period of the same unit */
export function stateOf(of: Period, now: Period): PeriodState {
  const ahead = difference(now, of)
  return ahead < 0 ? 'closed' : ahead === 0 ? 'open' : 'future'
}

/** The instant at which a period begins, in UTC. */
export function startOf(of: Period): Date {
  return new Date(of.unit === 'hour' ? of.index * 3_600_000 : firstDayIndex(of) * DAY_MS)
}

/** The instant at which a period has ended (the beginning of the next), in UTC. */
export function endOf(of: Period): Date {
  return new Date(of.unit === 'hour' ? (of.index + 1) * 3_600_000 : (lastDay(of).index + 1) * DAY_MS)
}

/** The calendar fields of a period; `year` is the ISO year for a week. Unused fields are those of its first day. */
export function fields(of: Period): { year: number; month: number; day: number; week: number; hour: number } {
  const first = firstDayIndex(of)
  const date = civil(first)
  if (of.unit !== 'week') return { ...date, week: 0, hour: of.unit === 'hour' ? of.index - first * 24 : 0 }
  const isoYear = civil(first + 3).year
  return { ...date, year: isoYear, week: of.index - weekOfDay(dayIndex(isoYear, 1, 4)) + 1, hour: 0 }
}

const pad = (value: number, length: number) => String(value).padStart(length, '0')

/** The label of a period: `2025-01-06T05`, `2025-01-06`, `2025-W02`, `2025-01`, `2025`. Inverse of `parsePeriod`. */
export function label(of: Period): string {
  const { year, month, day, week, hour } = fields(of)
  const date = `${pad(year, 4)}-${pad(month, 2)}`
  switch (of.unit) {
    case 'hour':
      return `${date}-${pad(day, 2)}T${pad(hour, 2)}`
    case 'day':
      return `${date}-${pad(day, 2)}`
    case 'week':
      return `${pad(year, 4)}-W${pad(week, 2)}`
    case 'month':
      return date
    case 'year':
      return pad(year, 4)
    default:
      return of.unit satisfies never
  }
}

/** The date of a period's first day, `2025-01-06`; of an hour its own label. What tables call `start`. */
export function startLabel(of: Period): string {
  return of.unit === 'hour' ? label(of) : label(firstDay(of))
}

const LABEL = /^(\d{4})(?:-W(\d{2})|-(\d{2})(?:-(\d{2})(?:T(\d{2}))?)?)?$/

/**
 * Reads a label, exactly as `label` writes it.
 * @throws BAD_PERIOD for other texts and for dates that do not exist (month 13, 2021-W53, 30 February)
 */
export function parsePeriod(text: string, field = 'period'): Period {
  const match = LABEL.exec(text)
  if (!match) throw bad(field, 'a period', text)
  const [y, w, m, d, h] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)))
  try {
    if (y === undefined) throw new TypeError('unreachable: the pattern has a year')
    if (w !== undefined) return week(y, w)
    if (m === undefined) return year(y)
    if (d === undefined) return month(y, m)
    return h === undefined ? day(y, m, d) : hour(y, m, d, h)
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    const what = `${expected(field, 'a period that exists', text)} (${error.message.split(';')[0]})`
    throw new BitcohortError('BAD_PERIOD', what, { field, cause: error })
  }
}

/** A unit by its name. @throws BAD_PERIOD */
export function parseUnit(text: string, field = 'period'): Unit {
  const unit = UNITS.find((name) => name === text)
  if (unit === undefined) throw bad(field, 'a unit', text)
  return unit
}
