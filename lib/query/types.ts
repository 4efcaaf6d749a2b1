import type { Base, Bracket, Cohort, Mode, Period, Zone } from '../bitmapist/face'

/** What a question is read with besides its parameters. */
export interface Asking {
  /** The instant that stands for dates that are left out. */
  readonly now: Date
  /** The clock by which dates are read; UTC unless given. */
  readonly zone?: Zone
  /** Names of parameters that the caller reads itself. */
  readonly others?: readonly string[]
}

/**
 * What a retention report asks, parsed and checked. `lib/query/retention.ts` reads it from a URL and writes it back.
 * Expressions are canonical texts; the unit of `first` is the report's `period`.
 */
export interface RetentionQuery {
  readonly start: string
  readonly who: string | null
  readonly return: string
  /** The first row's period. */
  readonly first: Period
  /** 1..366 */
  readonly rows: number
  /** 1..366: highest offset + 1; where there are brackets, that of the last one */
  readonly columns: number
  readonly mode: Mode
  readonly cohort: Cohort
  /** `previous` only with `mode=every`. */
  readonly base: Base
  /** Columns of several offsets each, ascending; only with `mode=on`. Null: a column an offset. */
  readonly brackets: readonly Bracket[] | null
}

/** What a series asks: a count for every period of `from` … `to`, both of one unit. */
export interface SeriesQuery {
  /** Canonical text. */
  readonly expression: string
  readonly from: Period
  readonly to: Period
}

/** What a count asks. */
export interface CountQuery {
  /** Canonical text. */
  readonly expression: string
  readonly at: Period
}

/** How an answer is written. `values` is for the wide layout: the long one has counts and rates. */
export type Output =
  | { readonly format: 'json' }
  | { readonly format: 'csv'; readonly layout: 'wide' | 'long'; readonly values: 'count' | 'rate' }
