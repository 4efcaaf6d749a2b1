import { BitcohortError, expected } from '../errors'
import type { Expression } from '../expression'
import type { Period } from '../period'
import { BASES, type Base, type Bracket, type Cohort, MODES, type Mode } from './table'

/** What a retention table is asked for. */
export interface RetentionRequest {
  readonly start: Expression
  readonly return: Expression
  /** Evaluated in the row's period and intersected with the cohort, after `first` has been applied. */
  readonly who?: Expression | null
  /** The first row's period; its unit is the report's. */
  readonly first: Period
  /** Integer ≥ 1. */
  readonly rows: number
  /** Integer ≥ 1: highest offset + 1. With `brackets` it is theirs. */
  readonly columns: number
  /** `on` unless given. */
  readonly mode?: Mode
  /** `recurring` unless given, as bitmapist. */
  readonly cohort?: Cohort
  /** `cohort` unless given; `previous` goes with `mode=every`. */
  readonly base?: Base
  /** Columns of several offsets each; with `mode=on`. */
  readonly brackets?: readonly Bracket[] | undefined
}

/** @throws BAD_ROWS, BAD_MODE */
export function checkRequest({ rows, columns, ...shape }: RetentionRequest): void {
  for (const [field, value] of Object.entries({ rows, columns }))
    if (!Number.isInteger(value) || value < 1)
      throw new BitcohortError('BAD_ROWS', expected(field, 'integer >= 1', value), { field })
  checkShape(shape)
}

function checkShape({ mode = 'on', base = 'cohort', brackets }: Partial<RetentionRequest>): void {
  if (!MODES.includes(mode))
    throw new BitcohortError('BAD_MODE', expected('mode', MODES.join(', '), mode), { field: 'mode' })
  if (!BASES.includes(base))
    throw new BitcohortError('BAD_MODE', expected('base', BASES.join(' or '), base), { field: 'base' })
  if (base === 'previous' && mode !== 'every')
    throw new BitcohortError('BAD_MODE', expected('base', 'cohort unless mode=every', base), {
      field: 'base',
    })
  if (brackets && mode !== 'on')
    throw new BitcohortError('BAD_MODE', expected('brackets', 'mode=on', `mode=${mode}`), {
      field: 'brackets',
    })
  checkBrackets(brackets)
}

function checkBrackets(brackets: readonly Bracket[] | undefined): void {
  const isBracket = ([from, to]: Bracket) =>
    Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to
  const bad = brackets?.length === 0 ? 'none' : brackets?.find((bracket) => !isBracket(bracket))
  if (bad === undefined) return
  const what = expected('brackets', 'pairs of integers 0 <= from <= to', String(bad))
  throw new BitcohortError('BAD_ROWS', what, { field: 'brackets' })
}

/** The offsets that each column stands for. */
export function bracketsOf({
  columns,
  brackets,
}: Pick<RetentionRequest, 'columns' | 'brackets'>): readonly Bracket[] {
  return brackets ?? Array.from({ length: columns }, (_, k): Bracket => [k, k])
}
