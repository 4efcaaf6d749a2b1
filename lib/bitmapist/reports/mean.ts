import { type RetentionMean, type RetentionRow, rateOf } from './table'

/** What one row gives to a column's mean. */
interface Share {
  readonly count: number
  readonly size: number
}

/**
 * The rows that a column's mean rests on: those whose cell is closed, whose size is over 0, and where neither row nor
 * cell is flagged. A rate of 0 counts.
 */
export function sharesOf(
  rows: readonly RetentionRow[],
  column: number,
): readonly (Share & { row: RetentionRow })[] {
  return rows.flatMap((row) => {
    const cell = row.cells[column]
    if (cell?.state !== 'closed' || cell.count === null || !row.size || row.flag || cell.flag) return []
    return [{ row, count: cell.count, size: row.size }]
  })
}

/** Σ count ÷ Σ size, 0..1; null for no rows. */
export function weightedMean(shares: readonly Share[]): number | null {
  const sum = (key: keyof Share) => shares.reduce((total, share) => total + share[key], 0)
  return rateOf(sum('count'), sum('size'))
}

/** The mean row of a table: an entry a column, null where no row counts. */
export function meanOf(rows: readonly RetentionRow[], columns: number): RetentionMean {
  const shares = Array.from({ length: columns }, (_, column) => sharesOf(rows, column))
  return {
    weighted: shares.map(weightedMean),
    simple: shares.map((of) => {
      const sum = of.reduce((total, { count, size }) => total + count / size, 0)
      return of.length === 0 ? null : sum / of.length
    }),
    rows: shares.map((of) => of.length),
  }
}
