import { BitcohortError, expected } from './errors'
import { checkName } from './expression'
import { day, fields, hour, month, type Period, week } from './period'

/** What the Python library uses; bitmapist4 uses `bitmapist_`. */
export const DEFAULT_PREFIX = 'trackist_'

/** What a prefix has to be. */
export const PREFIX_RULE = '1 to 100 printable characters, beginning with neither "bitcohort:" nor "}"'

/**
 * A prefix that keys may have: what we keep besides marks must have a name that is not a mark's, and one cluster slot,
 * which an empty prefix or one that begins with a closing brace would not give it.
 * @throws BAD_SETTINGS
 */
export function checkPrefix(prefix: string): string {
  const isGood =
    typeof prefix === 'string' &&
    /^.{1,100}$/.test(prefix) &&
    !/^(bitcohort:|\})|[\p{Cc}\p{Cs}]/u.test(prefix)
  if (isGood) return prefix
  throw new BitcohortError('BAD_SETTINGS', expected('prefix', PREFIX_RULE, prefix), { field: 'prefix' })
}

/** What a key holds: an event's users in a period (never a year), or an attribute's users. */
export type KeyMeaning =
  | { readonly kind: 'event'; readonly event: string; readonly period: Period }
  | { readonly kind: 'attribute'; readonly name: string }

/**
 * The key of an event's bitmap in an hour, day, ISO week or month: no zero padding.
 * @throws BAD_EVENT; BAD_PERIOD for a year, which has no key: it is the OR of its months
 * @see bitmapist, `_events_key` of HourEvents, DayEvents, WeekEvents, MonthEvents
 */
export function eventKey(prefix: string, event: string, of: Period): string {
  checkName(event)
  const { year, month, day, week, hour } = fields(of)
  switch (of.unit) {
    case 'hour':
      return `${prefix}${event}_${year}-${month}-${day}-${hour}`
    case 'day':
      return `${prefix}${event}_${year}-${month}-${day}`
    case 'week':
      return `${prefix}${event}_W${year}-${week}`
    case 'month':
      return `${prefix}${event}_${year}-${month}`
    case 'year':
      throw new BitcohortError('BAD_PERIOD', expected('period', 'an hour, day, week or month', 'a year'), {
        field: 'period',
      })
    default:
      return of.unit satisfies never
  }
}

/** The key of an attribute's bitmap. @throws BAD_EVENT @see bitmapist, UniqueEvents */
export function attributeKey(prefix: string, name: string): string {
  return `${prefix}${checkName(name, 'attribute')}_u`
}

/** The key of what has one. @throws BAD_EVENT, BAD_PERIOD */
export function keyOf(prefix: string, meaning: KeyMeaning): string {
  return meaning.kind === 'attribute'
    ? attributeKey(prefix, meaning.name)
    : eventKey(prefix, meaning.event, meaning.period)
}

/** What the keys of the Python library's temporary results begin with. @see bitmapist, BitOperation */
export function temporaryPrefix(prefix: string): string {
  return `${prefix}bitop_`
}

const N = '(0|[1-9]\\d{0,3})'
const TAIL = new RegExp(`^(.+)_(?:(u)|W${N}-${N}|${N}-${N}(?:-${N}(?:-${N})?)?)$`, 's')

/**
 * What a key means, or null where it is none of ours: another prefix, the Python library's temporary results,
 * or no period that exists at its end. Names may hold `_` and look like periods, so it reads from the end.
 * Inverse of `eventKey` and `attributeKey`.
 */
export function parseKey(prefix: string, key: string): KeyMeaning | null {
  if (!key.startsWith(prefix)) return null
  const match = TAIL.exec(key.slice(prefix.length))
  const name = match?.[1]
  if (!match || name === undefined) return null
  const [isoYear, isoWeek, y, m, d, h] = match
    .slice(3)
    .map((part) => (part === undefined ? undefined : Number(part)))
  try {
    checkName(name)
    if (match[2] !== undefined) return { kind: 'attribute', name }
    if (isoYear !== undefined && isoWeek !== undefined)
      return { kind: 'event', event: name, period: week(isoYear, isoWeek) }
    if (y === undefined || m === undefined) return null
    if (d === undefined) return { kind: 'event', event: name, period: month(y, m) }
    return { kind: 'event', event: name, period: h === undefined ? day(y, m, d) : hour(y, m, d, h) }
  } catch (error) {
    if (error instanceof BitcohortError) return null
    throw error
  }
}

/** Where a project keeps what is no mark; the braces are part of the key, and keep it in one cluster slot. */
export function ownKey(prefix: string, name: string): string {
  return `bitcohort:{${prefix}}:${name}`
}

/** The bitmap in which our writers note everybody whom they mark. */
export function knownKey(prefix: string): string {
  return ownKey(prefix, 'known')
}

/** The bitmap of those whom others marked. */
export function adoptedKey(prefix: string): string {
  return ownKey(prefix, 'known:adopted')
}

/**
 * A SCAN pattern for every key of a prefix: glob characters in it stand for themselves. In brackets: no other way is
 * known to bitmapist-server, whose patterns are SQLite's. A backslash is doubled in them: Redis reads it as an escape.
 */
export function scanPattern(prefix: string): string {
  return `${prefix.replace(/[*?[\\]/g, (sign) => (sign === '\\' ? '[\\\\]' : `[${sign}]`))}*`
}
