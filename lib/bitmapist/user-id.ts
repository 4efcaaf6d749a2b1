import { BitcohortError, expected } from './errors'

/** @throws BAD_USER unless an integer 0..max */
export function checkUser(user: number, max: number, field = 'user'): number {
  if (!Number.isInteger(user) || user < 0 || user > max)
    throw new BitcohortError('BAD_USER', expected(field, `integer 0..${max}`, user), { field })
  return user
}

/** The number that decimal digits write, without leading zeros; NaN for any other text (`1e3`, `0x10`, ` 1`, ``). */
export function idOfDigits(text: string): number {
  return /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN
}
