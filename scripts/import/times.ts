import { BitcohortError, expected, label, parseTime, periodAt, type Zone } from '../../lib/bitmapist'

/** Why a time that can be read may not be what was meant. */
export type Doubt = 'compact' | 'unit' | 'range'

const HOUR = 3_600_000
/** Hours that are kept: a year of them, and some. */
const HOURS_KEPT = 20_000

/** Reads the times of rows, and doubts some of them. */
export class Times {
  /** Instants of whole hours, by their text. */
  private readonly hours = new Map<string, number>()
  /** The last one that is not doubted: the next. */
  readonly lastYear: number
  private readonly usual: { readonly from: number; readonly to: number }

  constructor(
    private readonly zone: Zone,
    now: Date,
  ) {
    this.lastYear = new Date(zone.local(now.getTime())).getUTCFullYear() + 1
    const begin = (year: number) => zone.instant(Date.UTC(year, 0, 1))
    this.usual = { from: begin(2000), to: begin(this.lastYear + 1) }
  }

  /** @throws BAD_TIME */
  read(value: unknown, column: string): Date {
    if (typeof value === 'number') return parseTime(value, column, this.zone)
    if (typeof value !== 'string') {
      const got = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
      throw new BitcohortError('BAD_TIME', expected(column, 'a time', got), { field: column })
    }
    const text = value.trim()
    return this.inHour(text) ?? parseTime(text, column, this.zone)
  }

  /**
   * `2025-01-06T05:30:15Z`, as most files have it, by way of its hour, which many rows share; null for what else
   * there is.
   */
  private inHour(text: string): Date | null {
    if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON || !text.endsWith('Z')) return null
    const minutes = twoDigits(text, 14)
    const seconds = twoDigits(text, 17)
    if (!(minutes < 60 && seconds < 60)) return null
    const fraction = text.length === 20 ? 0 : milliseconds(text)
    if (fraction === null) return null
    const hour = this.hourOf(text.slice(0, 13))
    if (hour === null) return null
    return new Date(hour + (minutes * 60 + seconds) * 1000 + fraction)
  }

  /** The label of the day in which an instant lies. */
  day(time: Date): string {
    return label(periodAt('day', time, this.zone))
  }

  private hourOf(name: string): number | null {
    const found = this.hours.get(name)
    if (found !== undefined) return found
    if (!/^\d{4}-\d\d-\d\d[T ]\d\d$/.test(name)) return null
    try {
      const hour = parseTime(`${name}:00:00Z`).getTime()
      if (this.hours.size >= HOURS_KEPT) this.hours.clear()
      this.hours.set(name, hour)
      return hour
    } catch (error) {
      // The whole text is read once more, for the reason.
      if (error instanceof BitcohortError) return null
      throw error
    }
  }

  /** What is doubtful about a time that was read. Numbers that read as dates, or as another unit, come first. */
  doubt(value: unknown, time: Date): Doubt | null {
    const at = time.getTime()
    if (at >= this.usual.from && at < this.usual.to) return null
    const text = String(value).trim()
    if (!/^-?\d+(\.\d+)?$/.test(text)) return 'range'
    if (isCompactDate(text, this.lastYear)) return 'compact'
    const isFar = Math.abs(at) < 366 * 24 * HOUR || at >= Date.UTC(2100, 0, 1)
    return isFar ? 'unit' : 'range'
  }
}

const COLON = 58

function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function milliseconds(text: string): number | null {
  const match = /^[.,](\d{1,9})Z$/.exec(text.slice(19))
  return match ? Math.floor(Number(`0.${match[1]}`) * 1000) : null
}

/** `20250106`, or with hours, minutes and seconds: a date without its marks. */
function isCompactDate(text: string, lastYear: number): boolean {
  const match = /^(\d{4})(\d\d)(\d\d)(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?$/.exec(text)
  if (!match) return false
  const [year, month, day] = match.slice(1, 4).map(Number)
  if (year === undefined || month === undefined || day === undefined) return false
  return year >= 1990 && year <= lastYear && month >= 1 && month <= 12 && day >= 1 && day <= 31
}
