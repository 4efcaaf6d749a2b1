// Counting all rows AND all columns of a report at once.

import { addressOf, lengthOf } from './chunks'
import { add, addPair, anyOf64, countDense, countListed, listWords, pointer, wordsWorthListing } from './counts'

/** Bytes between two samples of `looksFull`. */
const SAMPLE_EVERY: usize = 128

/**
 * For each row from `first` to before `last`: adds its bits to `sizes[r]`, and to `counts[r × stride + k − from]` the
 * bits that it shares with each column k of its range. `rows` and `columns` list chunks, `ranges` two words a row: from
 * and to. The chunks of 52 columns stay in the second-level cache while the rows pass.
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
  for (let r = first; r < last; r++) {
    const row = pointer(rows, r)
    if (row == 0) continue
    const from = <usize>load<u32>(ranges + (r << 3))
    const to = <usize>load<u32>(ranges + (r << 3), 4)
    const target = counts + ((r * stride) << 3)
    add(sizes, r, countRow(row, columns + (from << 2), to - from, target))
  }
}

/** A row against `n` columns. Returns its bits. The zeros that it begins and ends with meet no column. */
function countRow(row: usize, columns: usize, n: usize, counts: usize): u32 {
  let from = addressOf(row)
  let end = from + lengthOf(row)
  while (from < end && !v128.any_true(anyOf64(from))) from += 64
  if (from == end) return 0
  while (!v128.any_true(anyOf64(end - 64))) end -= 64
  const most = wordsWorthListing(end - from)
  const listed = looksFull(from, end) ? most + 1 : listWords(from, end, from, most)
  const own = listed <= most ? countListed(from, listed) : countDense(from, from, end - from)
  const offset = from - addressOf(row)
  const size = end - from
  for (let k: usize = 0; k < n; k++) {
    const column = pointer(columns, k)
    const length = lengthOf(column)
    const at = addressOf(column) + offset
    if (column == row) add(counts, k, own)
    else if (column == 0 || length <= offset) continue
    else if (length - offset < size) add(counts, k, countDense(from, at, length - offset))
    else if (listed <= most) add(counts, k, countListed(at, listed))
    else if (k + 1 < n && isLong(pointer(columns, k + 1), row, offset + size)) {
      addPair(from, at, addressOf(pointer(columns, k + 1)) + offset, size, counts + (k << 3))
      k++
    } else add(counts, k, countDense(from, at, size))
  }
  return own
}

/** Whether three in eight samples have bits: to find that out word by word would cost more than one column does. */
function looksFull(from: usize, end: usize): bool {
  let full: usize = 0
  for (let at = from; at < end; at += SAMPLE_EVERY) full += <usize>(load<u64>(at) != 0)
  return full * SAMPLE_EVERY * 8 >= (end - from) * 3
}

/** Whether a column, other than the row itself, has so many bytes. */
// @ts-ignore: decorator
@inline
function isLong(column: usize, row: usize, length: usize): bool {
  return column != 0 && column != row && lengthOf(column) >= length
}
