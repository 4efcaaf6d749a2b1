import { eligibleShare, poolOf } from './figures'
import { type Base, type RetentionMean, type RetentionRow, rateOf } from './table'

/** The mean row of a table: an entry a column, null where no row counts (see `eligibleShare`). A rate of 0 counts. */
export function meanOf(rows: readonly RetentionRow[], columns: number, base: Base): RetentionMean {
  const shares = Array.from({ length: columns }, (_, column) =>
    rows.flatMap((row) => eligibleShare(row, column, base) ?? []),
  )
  return {
    weighted: shares.map((of) => {
      const { count, size } = poolOf(of)
      return rateOf(count, size)
    }),
    simple: shares.map((of) => {
      const sum = of.reduce((total, { count, size }) => total + count / size, 0)
      return of.length === 0 ? null : sum / of.length
    }),
    rows: shares.map((of) => of.length),
  }
}
