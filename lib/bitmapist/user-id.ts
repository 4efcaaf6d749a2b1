import { BitcohortError, expected } from './errors'

/** A user's id, as callers have it: a number where ids are bits as they are, a text where they are mapped. */
export type UserId = number | string

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
