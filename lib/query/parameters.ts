import { BitcohortError, type ErrorCode, expected } from '../bitmapist/face'

/** The longest text that a parameter may have, as expressions have it. */
export const MAX_TEXT = 2000

/** What a call was asked with: a text for each known parameter that is there. */
export type Values<Name extends string> = { readonly [name in Name]?: string }

const CONTROL = /\p{Cc}/u

/**
 * The values of a call's parameters, each there at most once, not empty, without control characters.
 * @param others names that somebody else reads from the same URL
 * @throws BAD_PARAMETER with the parameter's name as `field`
 */
export function readParameters<Name extends string>(
  params: URLSearchParams,
  known: readonly Name[],
  others: readonly string[] = [],
): Values<Name> {
  const all: readonly string[] = [...known, ...others]
  for (const name of params.keys()) if (!all.includes(name)) throw bad(name.slice(0, 80), unknown(name, all))
  const values: { [name in Name]?: string } = {}
  for (const name of known) {
    const [value, ...more] = params.getAll(name)
    if (value === undefined) continue
    if (more.length > 0) throw bad(name, expected(name, 'to be there once', `${more.length + 1} times`))
    values[name] = checkText(name, value)
  }
  return values
}

function checkText(name: string, value: string): string {
  if (value === '') throw bad(name, expected(name, 'a value (or leave it out)', value))
  if (value.length > MAX_TEXT)
    throw bad(name, expected(name, `at most ${MAX_TEXT} characters`, `${value.length} of them`))
  if (CONTROL.test(value)) throw bad(name, expected(name, 'text without control characters', value))
  return value
}

function unknown(name: string, all: readonly string[]): string {
  return `${expected('query', `only the parameters ${all.join(', ')}`, name)}`
}

function bad(field: string, what: string): BitcohortError {
  return new BitcohortError('BAD_PARAMETER', what, { field })
}

/** A value that must be there. @throws BAD_PARAMETER */
export function required<Name extends string>(values: Values<Name>, name: Name, expectation: string): string {
  const value = values[name]
  if (value === undefined) throw bad(name, `"${name}" expected ${expectation}, got nothing`)
  return value
}

/** One word of a list, the first where the parameter is not there. */
export function choice<Choice extends string>(
  name: string,
  value: string | undefined,
  choices: readonly [Choice, ...Choice[]],
  { code = 'BAD_PARAMETER', note = '' }: { readonly code?: ErrorCode; readonly note?: string } = {},
): Choice {
  if (value === undefined) return choices[0]
  const chosen = choices.find((word) => word === value)
  if (chosen !== undefined) return chosen
  throw new BitcohortError(code, expected(name, choices.join(' or ') + note, value), { field: name })
}

/** A decimal integer of a range. @throws BAD_ROWS */
export function integer(
  name: string,
  value: string | undefined,
  { min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  if (value === undefined) return fallback
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= min && number <= max))
    throw new BitcohortError('BAD_ROWS', expected(name, `integer ${min}..${max}`, value), { field: name })
  return number
}
