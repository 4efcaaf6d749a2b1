import type { Cohort, Mode, Period } from '../bitmapist/face'

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
  /** 1..366: highest offset + 1 */
  readonly columns: number
  readonly mode: Mode
  readonly cohort: Cohort
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
