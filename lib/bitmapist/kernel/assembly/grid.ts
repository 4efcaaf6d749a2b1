// Counting all rows AND all columns of a report at once.

import { addressOf, lengthOf } from './chunks'
import { add, countDense, countListed, listWords, pointer, SUB_BLOCK } from './counts'

/** Bytes of the longest chunk. */
const CHUNK_MAX: usize = 16384

/**
 * For each row from `first` to before `last`: adds its bits to `sizes[r]`, and to `counts[r × stride + k − from]` the
 * bits that it shares with each column k of its range. `rows` and `columns` list chunks, `ranges` two words a row: from
 * and to. A sub-block of all columns stays in the second-level cache while the rows pass.
 */
export function countGrid(
  rows: usize,
  first: usize,
  last: usize,
  columns: usize,
  ranges: usize,
  sizes: usize,
  counts: usize,
  stride: usize,
): void {
  for (let offset: usize = 0; offset < CHUNK_MAX; offset += SUB_BLOCK) {
    for (let r = first; r < last; r++) {
      const row = pointer(rows, r)
      if (row == 0 || lengthOf(row) <= offset) continue
      const from = <usize>load<u32>(ranges + (r << 3))
      const to = <usize>load<u32>(ranges + (r << 3), 4)
      const target = counts + ((r * stride) << 3)
      add(sizes, r, countRow(row, offset, columns + (from << 2), to - from, target))
    }
  }
}

/** One sub-block of a row against `n` columns. Returns its bits. */
function countRow(row: usize, offset: usize, columns: usize, n: usize, counts: usize): u32 {
  const size = min(SUB_BLOCK, lengthOf(row) - offset)
  const from = addressOf(row) + offset
  const most = size >> 4
  const listed = listWords(from, from + size, from, most)
  if (listed == 0) return 0
  const isListed = listed <= most
  const own = isListed ? countListed(from, listed) : countDense(from, from, size)
  for (let k: usize = 0; k < n; k++) {
    const column = pointer(columns, k)
    if (column == row) {
      add(counts, k, own)
      continue
    }
    const length = lengthOf(column)
    if (column == 0 || length <= offset) continue
    const at = addressOf(column) + offset
    if (length - offset < size) add(counts, k, countDense(from, at, length - offset))
    else add(counts, k, isListed ? countListed(at, listed) : countDense(from, at, size))
  }
  return own
}
