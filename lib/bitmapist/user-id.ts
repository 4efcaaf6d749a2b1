import { BitcohortError, expected } from './errors'

/** How user ids become bits: as they are, or by a number of our own for each. */
export const ID_MODES = ['integer', 'mapped'] as const
/** A way to keep ids. */
export type IdMode = (typeof ID_MODES)[number]

/** A user's id, as callers have it: a number where ids are bits as they are, a text where they are mapped. */
export type UserId = number | string

/** What a user's id is in a mode. */
export type IdOf<Mode extends IdMode> = Mode extends 'mapped' ? string : number

/** Redis strings end at 512 MB. */
export const MAX_BIT = 2 ** 32 - 1

/** @throws BAD_USER unless an integer 0..max */
export function checkUser(user: unknown, max: number, field = 'user'): number {
  if (typeof user !== 'number' || !Number.isInteger(user) || user < 0 || user > max)
    throw new BitcohortError('BAD_USER', expected(field, `integer 0..${max}`, user), { field })
  return user
}

/** The number that decimal digits write, without leading zeros; NaN for any other text (`1e3`, `0x10`, ` 1`, ``). */
export function idOfDigits(text: string): number {
  return /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN
}

const MAX_ID_BYTES = 256
const TEXT = `text of 1..${MAX_ID_BYTES} bytes`

/**
 * An id that may be mapped. Ids are told apart by their bytes: case and spaces count.
 * @throws BAD_USER unless a text of 1 to 256 bytes of UTF-8, without lone surrogates
 */
export function checkId(id: unknown, field = 'user'): string {
  if (typeof id !== 'string' || id === '' || isLong(id)) throw refused(field, TEXT, id)
  // UTF-8 has no bytes for them: two ids would become one.
  if (/\p{Surrogate}/u.test(id)) throw refused(field, 'text without lone surrogates', id)
  return id
}

/** A unit of UTF-16 takes three bytes at most: most ids need not be encoded. */
function isLong(id: string): boolean {
  return id.length * 3 > MAX_ID_BYTES && new TextEncoder().encode(id).length > MAX_ID_BYTES
}

/** What an id has to be. */
export interface IdRules {
  readonly mode: IdMode
  /** The highest integer id; 2³² − 1 unless given. */
  readonly max?: number
  /** What messages call it; `user` unless given. */
  readonly field?: string
}

/**
 * An id as other programs write it: a value of JSON, a field of a file, a part of an address. Integer ids may be
 * numbers or their decimal digits; mapped ones are texts, kept as they are, or integers, which stand for their digits.
 * @throws BAD_USER
 */
export function readUserId(value: unknown, { mode, max = MAX_BIT, field = 'user' }: IdRules): UserId {
  switch (mode) {
    case 'integer': {
      const id = typeof value === 'string' ? idOfDigits(value) : value
      if (typeof id === 'number' && !Number.isNaN(id)) return checkUser(id, max, field)
      throw refused(field, `integer 0..${max}`, value)
    }
    case 'mapped':
      if (typeof value !== 'number') return checkId(value, field)
      if (Number.isSafeInteger(value)) return String(value)
      // A larger one was rounded before we saw it: two ids would become one.
      throw refused(field, `text, or an integer of at most ${Number.MAX_SAFE_INTEGER}`, value)
    default:
      return mode satisfies never
  }
}

/** Lists and objects are named, not printed: their text could be anything. */
function refused(field: string, expectation: string, got: unknown): BitcohortError {
  const start = `"${field}" expected ${expectation}`
  const named = got === undefined ? 'nothing' : Array.isArray(got) ? 'a list' : 'an object'
  const isNamed = got === undefined || (typeof got === 'object' && got !== null)
  return new BitcohortError(
    'BAD_USER',
    isNamed ? `${start}, got ${named}` : expected(field, expectation, got),
    {
      field,
    },
  )
}
