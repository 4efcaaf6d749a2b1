import { eligibleShare } from './figures'
import { type Base, type RetentionMean, type RetentionRow, rateOf } from './table'

/** The mean row of a table: an entry a column, null where no row counts (see `eligibleShare`). A rate of 0 counts. */
export function meanOf(rows: readonly RetentionRow[], columns: number, base: Base): RetentionMean {
  const weighted: (number | null)[] = []
  const simple: (number | null)[] = []
  const counting: number[] = []
  for (let column = 0; column < columns; column++) {
    let [users, sizes, rates, n] = [0, 0, 0, 0]
    for (const row of rows) {
      const share = eligibleShare(row, column, base)
      if (share === null) continue
      users += share.count
      sizes += share.size
      rates += share.count / share.size
      n++
    }
    weighted.push(rateOf(users, sizes))
    simple.push(n === 0 ? null : rates / n)
    counting.push(n)
  }
  return { weighted, simple, rows: counting }
}
