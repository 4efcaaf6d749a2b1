import { fields, firstDay, label, lastDay, type Period, type Unit } from '../../lib/bitmapist/face'

// Written here and not by Intl: ICU versions differ in the spaces around a range's dash, and the server's text
// must be the browser's.
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function monthName(month: number): string {
  return MONTHS[month - 1] ?? ''
}

function pad(hour: number): string {
  return String(hour).padStart(2, '0')
}

/** `Mon`; day 0 of the day ordinals, 1970-01-01, was a Thursday. */
function weekday(day: Period): string {
  return DAYS[(((day.index + 3) % 7) + 7) % 7] ?? ''
}

export interface DateOptions {
  /** Leave the year out; for text whose year is plain from beside it. */
  readonly year?: boolean
  /** A week across the new year says only the later one: `30 Dec – 5 Jan 2025`. */
  readonly brief?: boolean
}

/** A period in the reader's words: `6–12 Jan 2025`, `30 Dec 2024 – 5 Jan 2025`, `Mon 6 Jan 2025`, `Jan 2025`, `2025`. */
export function formatPeriod(of: Period, { year = true, brief = false }: DateOptions = {}): string {
  const { year: y, month: m, day: d } = fields(firstDay(of))
  const tail = year ? ` ${y}` : ''
  switch (of.unit) {
    case 'hour':
      return `${weekday(firstDay(of))} ${d} ${monthName(m)}${tail}, ${pad(fields(of).hour)}:00`
    case 'day':
      return `${weekday(of)} ${d} ${monthName(m)}${tail}`
    case 'week':
      return formatWeek(of, { year, brief })
    case 'month':
      return year ? `${monthName(m)}${tail}` : monthName(m)
    case 'year':
      return String(y)
    default:
      return of.unit satisfies never
  }
}

function formatWeek(of: Period, { year, brief }: Required<DateOptions>): string {
  const first = fields(firstDay(of))
  const last = fields(lastDay(of))
  const end = `${last.day} ${monthName(last.month)}${year ? ` ${last.year}` : ''}`
  if (first.month === last.month) return `${first.day}–${end}`
  const begin = `${first.day} ${monthName(first.month)}`
  return year && !brief && first.year !== last.year ? `${begin} ${first.year} – ${end}` : `${begin} – ${end}`
}

/** The period without its year where it lies wholly in `now`'s calendar year. */
export function formatNear(of: Period, now: Period): string {
  const year = fields(lastDay(now)).year
  const same = fields(firstDay(of)).year === year && fields(lastDay(of)).year === year
  return formatPeriod(of, { year: !same || of.unit === 'year' })
}

/** The short label under a row's dates: `W02`; empty where the dates say it all. */
export function shortLabel(of: Period): string {
  return of.unit === 'week' ? label(of).slice(5) : ''
}

/** `Sun 19 Jan, 24:00 UTC`: when a period closes, said as the end of its last day. */
export function formatClose(of: Period, timeZone: string): string {
  if (of.unit === 'hour') {
    return `${formatPeriod(firstDay(of), { year: false })}, ${pad(fields(of).hour + 1)}:00 ${timeZone}`
  }
  return `${formatPeriod(lastDay(of), { year: of.unit === 'year' })}, 24:00 ${timeZone}`
}

/** `this week`, `last week`, `today`, `yesterday`; else its dates. */
export function formatRelative(of: Period, now: Period): string {
  const back = now.index - of.index
  if (of.unit === 'day' && (back === 0 || back === 1)) return back === 0 ? 'today' : 'yesterday'
  if (back === 0) return `this ${of.unit}`
  return back === 1 ? `last ${of.unit}` : formatPeriod(of)
}

/** `weeks` for any number but 1. */
export function unitWord(unit: Unit, count: number): string {
  return count === 1 ? unit : `${unit}s`
}

/** `Week 3`, the name of a column. */
export function offsetName(unit: Unit, k: number): string {
  return `${unit.charAt(0).toUpperCase()}${unit.slice(1)} ${k}`
}
