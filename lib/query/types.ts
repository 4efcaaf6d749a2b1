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
