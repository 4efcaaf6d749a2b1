import { z } from 'zod'
import {
  BitcohortError,
  checkId,
  expected,
  fields,
  floor,
  type IdMode,
  type Period,
  parsePeriod,
  type UserId,
} from '../bitmapist/face'
import { integer, readParameters } from './parameters'

/** What may be done to a user's marks by hand. */
export const HAND_OPS = ['mark', 'unmark', 'set', 'clear'] as const
export type HandOp = (typeof HAND_OPS)[number]

/** Takes back what another did. */
export const INVERSES: Readonly<Record<HandOp, HandOp>> = {
  mark: 'unmark',
  unmark: 'mark',
  set: 'clear',
  clear: 'set',
}

/** Whether an operation is on an attribute; the others are on an event's day. */
export function isOfAttribute(op: HandOp): op is 'set' | 'clear' {
  return op === 'set' || op === 'clear'
}

const BIT = /^(hour:(1?\d|2[0-3])|day|week|month|attribute)$/

/** A bit that was changed: of which period, or the attribute; of an hour which. */
export type Bit = `hour:${number}` | 'day' | 'week' | 'month' | 'attribute'

function isBit(text: string): text is Bit {
  return BIT.test(text)
}

/** `day,week,hour:5`; empty for none. */
export const bitsSchema = z
  .string()
  .max(300)
  .transform((text) => (text === '' ? [] : text.split(',')))
  .pipe(z.array(z.string().refine(isBit)))

/** What the page of a user shows. */
export interface UserQuery {
  /** The event that the answers and the calendar are of; null: the usual one. */
  readonly event: string | null
  /** A day; null: today. */
  readonly date: Period | null
  /** 0..23 of the date; null: the running hour of today, the first of another day. */
  readonly hour: number | null
  /** The calendar's year; null: that of the date. */
  readonly year: Period | null
  readonly attribute: string | null
  /** What is to be confirmed. */
  readonly ask: HandOp | null
  /** What was just done, and which bits it changed. */
  readonly done: { readonly op: HandOp; readonly bits: readonly Bit[]; readonly undone: boolean } | null
}

const PARAMETERS = ['event', 'date', 'hour', 'year', 'attribute', 'ask', 'done', 'bits', 'undone'] as const

/**
 * Reads the URL of a user's page. An empty value, as forms send them, is as none.
 * @throws BAD_PERIOD, BAD_PARAMETER with the parameter's name as `field`
 */
export function parseUserQuery(params: URLSearchParams): UserQuery {
  const there = new URLSearchParams([...params].filter(([, value]) => value !== ''))
  const values = readParameters(there, PARAMETERS, [...there.keys()])
  const op = operation('done', values.done)
  return {
    event: values.event ?? null,
    date: readPeriod('date', 'day', values.date),
    hour: values.hour === undefined ? null : integer('hour', values.hour, { min: 0, max: 23, fallback: 0 }),
    year: readPeriod('year', 'year', values.year),
    attribute: values.attribute ?? null,
    ask: operation('ask', values.ask),
    done: op === null ? null : { op, bits: readBits(values.bits ?? ''), undone: values.undone !== undefined },
  }
}

function readPeriod(field: string, unit: 'day' | 'year', text: string | undefined): Period | null {
  if (text === undefined) return null
  const named = parsePeriod(text, field)
  if (unit === 'day' && named.unit !== 'day')
    throw new BitcohortError('BAD_PERIOD', expected(field, 'a day', text), { field })
  const { year } = fields(named)
  // The page writes the years beside it, and the ends of its weeks.
  if (year > 1 && year < 9999) return floor(unit, named)
  throw new BitcohortError('BAD_PERIOD', expected(field, 'a date in the years 2..9998', text), { field })
}

function operation(field: string, text: string | undefined): HandOp | null {
  if (text === undefined) return null
  const op = HAND_OPS.find((each) => each === text)
  if (op !== undefined) return op
  throw new BitcohortError('BAD_PARAMETER', expected(field, HAND_OPS.join(' or '), text), { field })
}

function readBits(text: string): readonly Bit[] {
  const read = bitsSchema.safeParse(text)
  if (read.success) return read.data
  throw new BitcohortError('BAD_PARAMETER', expected('bits', 'names of periods', text), { field: 'bits' })
}

/** Whether a path can hold an id: browsers take these two for steps between folders, however they are encoded. */
export function isAddressable(user: UserId): boolean {
  return user !== '.' && user !== '..'
}

/**
 * The address of a user's page; what is null or undefined is left out. An id that no path can hold leads to where
 * that is said.
 */
export function userUrl(
  user: UserId,
  params: Readonly<Record<string, string | null | undefined>> = {},
): string {
  if (!isAddressable(user)) return `/users?id=${user}`
  const given = Object.entries(params).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  const query = new URLSearchParams(given).toString()
  const path = `/users/${encodeURIComponent(user)}`
  return query === '' ? path : `${path}?${query}`
}

/** Characters of a typed id that are looked at: more than the longest id has. */
export const MAX_TYPED = 300

/** An integer id as it is typed: digits, with spaces around and commas between them passed over. Null where it is none. */
export function parseUserId(text: string): number | null {
  const digits = text.trim().replace(/^(\d{1,3})(,\d{3})+$/, (all) => all.replaceAll(',', ''))
  return /^\d{1,10}$/.test(digits) && Number(digits) < 2 ** 32 ? Number(digits) : null
}

/**
 * The ids that a typed text may mean, none where it is no id: an integer with spaces around or commas in between; a
 * mapped one as it is, then without the spaces around it.
 */
export function typedUsers(text: string, mode: IdMode): readonly UserId[] {
  switch (mode) {
    case 'integer': {
      const id = parseUserId(text)
      return id === null ? [] : [id]
    }
    case 'mapped':
      return text.trim() === '' ? [] : [...new Set([text, text.trim()])].filter(isId)
    default:
      return mode satisfies never
  }
}

/** The id that a page's path names, null where it is none; of an integer its digits as they are typed. */
export function pathUser(text: string, mode: IdMode): UserId | null {
  if (mode === 'integer') return parseUserId(text)
  return isId(text) ? text : null
}

function isId(text: string): boolean {
  try {
    checkId(text)
    return true
  } catch (error) {
    if (error instanceof BitcohortError) return false
    throw error
  }
}
