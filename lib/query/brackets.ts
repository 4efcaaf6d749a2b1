import { BitcohortError, type Bracket, expected } from '../bitmapist/face'
import type { RetentionQuery } from './types'

const BRACKET = /^(0|[1-9]\d{0,2})(?:-(0|[1-9]\d{0,2}))?$/

/**
 * Reads columns of several offsets each, such as `0,1-3,4-7`.
 * @param limit of how many there are, and of their offsets
 * @throws BAD_PARAMETER unless they ascend without overlapping; BAD_ROWS past the limit
 */
export function parseBrackets(text: string, limit: number): readonly Bracket[] {
  const brackets = text.split(',').map((part): Bracket => {
    const [, from, to = from] = BRACKET.exec(part) ?? []
    if (from === undefined || to === undefined) throw bad('BAD_PARAMETER', 'offsets such as 0,1-3,4-7', text)
    if (Number(to) >= limit) throw bad('BAD_ROWS', `offsets 0..${limit - 1}`, part)
    return [Number(from), Number(to)]
  })
  let last = -1
  for (const [from, to] of brackets) {
    if (from <= last || to < from) throw bad('BAD_PARAMETER', 'offsets that ascend without overlapping', text)
    last = to
  }
  return brackets
}

/** Inverse of `parseBrackets`. */
export function printBrackets(brackets: readonly Bracket[]): string {
  return brackets.map(printBracket).join(',')
}

/** `0`, `1-3`. */
export function printBracket([from, to]: Bracket): string {
  return from === to ? String(from) : `${from}-${to}`
}

/** Whether base and brackets go with the mode. @throws BAD_MODE */
export function checkShape({
  mode,
  base,
  brackets,
}: Pick<RetentionQuery, 'mode' | 'base' | 'brackets'>): void {
  if (base === 'previous' && mode !== 'every')
    throw new BitcohortError('BAD_MODE', expected('base', 'cohort unless mode=every', base), {
      field: 'base',
    })
  if (brackets !== null && mode !== 'on') throw bad('BAD_MODE', 'mode=on beside them', mode)
}

function bad(code: 'BAD_PARAMETER' | 'BAD_ROWS' | 'BAD_MODE', expectation: string, got: string) {
  return new BitcohortError(code, expected('brackets', expectation, got), { field: 'brackets' })
}
