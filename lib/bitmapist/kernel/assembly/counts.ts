// Counting bits of one range, and of a row AND each of many columns.

export function isZero(a: usize, length: usize): bool {
  const end = a + length
  while (a + 64 <= end) {
    const some = v128.or(
      v128.or(v128.load(a), v128.load(a, 16)),
      v128.or(v128.load(a, 32), v128.load(a, 48)),
    )
    if (v128.any_true(some)) return false
    a += 64
  }
  while (a + 8 <= end) {
    if (load<u64>(a) != 0) return false
    a += 8
  }
  while (a < end) if (load<u8>(a++) != 0) return false
  return true
}

/** Adds the 16 byte lanes up. */
// @ts-ignore: decorator
@inline
function sumOfBytes(lanes: v128): u32 {
  const wide = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(lanes))
  const pair = i64x2.add(wide, v128.shr<u64>(wide, 32))
  return <u32>i64x2.extract_lane(pair, 0) + <u32>i64x2.extract_lane(pair, 1)
}

/** Bits of a & b, at most SUB_BLOCK bytes. */
// @ts-ignore: decorator
@inline
function countAnd(a: usize, b: usize, length: usize): u32 {
  const end = a + length
  let lanes = i8x16.splat(0)
  while (a + 16 <= end) {
    lanes = i8x16.add(lanes, i8x16.popcnt(v128.and(v128.load(a), v128.load(b))))
    a += 16
    b += 16
  }
  let sum = sumOfBytes(lanes)
  while (a < end) sum += popcnt<u32>(load<u8>(a++) & load<u8>(b++))
  return sum
}

export function count(a: usize, length: usize): f64 {
  let sum: f64 = 0
  let from: usize = 0
  while (from < length) {
    const size = min(496, length - from)
    sum += <f64>countAnd(a + from, a + from, size)
    from += size
  }
  return sum
}

/** Adds to the doubles at `counts` the bits of row & column for each of the `n` pointers at `columns`. */
export function countPairs(row: usize, columns: usize, n: usize, length: usize, counts: usize): void {
  for (let from: usize = 0; from < length; from += 496) {
    const size = min(496, length - from)
    if (isZero(row + from, size)) continue
    for (let k: usize = 0; k < n; k++) {
      const pair = countAnd(row + from, <usize>load<u32>(columns + (k << 2)) + from, size)
      const sum = counts + (k << 3)
      store<f64>(sum, load<f64>(sum) + <f64>pair)
    }
  }
}
