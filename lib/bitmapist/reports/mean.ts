import { type Base, baseOf, type RetentionMean, type RetentionRow, rateOf } from './table'

/** The mean row of a table: an entry a column, null where no row counts (see `eligibleShare`). A rate of 0 counts. */
export function meanOf(rows: readonly RetentionRow[], columns: number, base: Base): RetentionMean {
  const weighted: (number | null)[] = []
  const simple: (number | null)[] = []
  const counting: number[] = []
  for (let column = 0; column < columns; column++) {
    let users = 0
    let sizes = 0
    let rates = 0
    let n = 0
    for (const row of rows) {
      const size = eligibleSize(row, column, base)
      if (size === 0) continue
      const count = row.cells[column]?.count ?? 0
      users += count
      sizes += size
      rates += count / size
      n++
    }
    weighted.push(rateOf(users, sizes))
    simple.push(n === 0 ? null : rates / n)
    counting.push(n)
  }
  return { weighted, simple, rows: counting }
}

/** What an eligible cell's count is a part of, users; 0 where it does not count. */
export function eligibleSize(row: RetentionRow, column: number, base: Base): number {
  if (row.flag !== null || !row.size) return 0
  const cell = row.cells[column]
  if (cell?.state !== 'closed' || cell.flag !== null || cell.count === null) return 0
  return baseOf(row, column, base) ?? 0
}
