import { BitcohortError, expected } from './errors'
import { parsePeriod } from './label'
import { day, startOf } from './period'
import { UTC, type Zone } from './zone'

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/i
/** Epoch numbers from here on are milliseconds, smaller ones seconds. */
const MILLISECONDS_FROM = 1e11

/**
 * Reads an instant: ISO 8601 (`2025-02-09`, `2025-02-09T05:30`, with `Z` or an offset; without one it is the zone's own time), or
 * epoch seconds or milliseconds as a number or as digits (from 10¹¹ on they are milliseconds).
 * Four digits alone are refused here: they could be a year.
 * @throws BAD_TIME for other texts, dates that do not exist, and instants outside the years 1 to 9999
 */
export function parseTime(value: string | number, field = 'time', zone: Zone = UTC): Date {
  if (typeof value === 'number') return epoch(value, field, value)
  if (/^-?\d{5,}(\.\d+)?$/.test(value)) return epoch(Number(value), field, value)
  const match = TIME.exec(value)
  if (!match) throw bad(field, value)
  const [, y, mo, d, h = '0', mi = '0', s = '0', fraction = '', ahead] = match
  if (Number(h) > 23 || Number(mi) > 59 || Number(s) > 59) throw bad(field, value)
  try {
    const midnight = startOf(day(Number(y), Number(mo), Number(d))).getTime()
    const seconds = Number(h) * 3600 + Number(mi) * 60 + Number(s)
    const local = midnight + seconds * 1000 + Math.floor(Number(`0.${fraction || 0}`) * 1000)
    const instant = ahead === undefined ? zone.instant(local) : local - aheadOf(ahead, field, value)
    return inRange(instant, field, value)
  } catch (error) {
    if (error instanceof BitcohortError && error.code === 'BAD_PERIOD') throw bad(field, value, error)
    throw error
  }
}

/** How far a written offset is ahead of UTC, milliseconds. */
function aheadOf(text: string, field: string, value: string): number {
  if (text.toUpperCase() === 'Z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(3).replace(':', '') || 0)
  if (hours > 23 || minutes > 59) throw bad(field, value)
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function epoch(value: number, field: string, got: string | number): Date {
  if (!Number.isFinite(value)) throw bad(field, got)
  return inRange(Math.abs(value) >= MILLISECONDS_FROM ? value : value * 1000, field, got)
}

function inRange(ms: number, field: string, got: string | number): Date {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  if (Number.isNaN(year) || year < 1 || year > 9999) throw bad(field, got)
  return date
}

function bad(field: string, got: string | number, cause?: unknown): BitcohortError {
  return new BitcohortError('BAD_TIME', expected(field, 'a time that exists', got), { field, cause })
}

/** A period label or a time, as questions may give either: the day (or the label's own period) that it names. */
export function parsePeriodOrTime(
  text: string,
  field = 'date',
  zone: Zone = UTC,
): ReturnType<typeof parsePeriod> | Date {
  return /^\d{4}(-W?\d{2}(-\d{2}(T\d{2})?)?)?$/.test(text)
    ? parsePeriod(text, field)
    : parseTime(text, field, zone)
}
