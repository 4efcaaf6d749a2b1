import { BitcohortError, expected } from './errors'
import { day, fields, firstDay, hour, month, type Period, UNITS, type Unit, week, year } from './period'

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
  if (!match) throw new BitcohortError('BAD_PERIOD', expected(field, 'a period', text), { field })
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
  if (unit === undefined) throw new BitcohortError('BAD_PERIOD', expected(field, 'a unit', text), { field })
  return unit
}
