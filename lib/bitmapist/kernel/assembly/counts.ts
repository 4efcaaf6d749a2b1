// Counting bits of one range, and of a row AND each of many columns.

import { scratch } from './scratch'

/** Of the scratch page: where `addPair` stores what it never reads. */
const ASIDE_AT: usize = 12288
/** Bytes of the row that meet all columns before the next ones are read, so that they stay in the first-level cache. */
export const SUB_BLOCK: usize = 16384
/** Of the scratch page: where the row's words that have bits are listed, and their offsets from `row`: room for one sub-block. */
const WORDS_AT: usize = 16384
const OFFSETS_AT: usize = WORDS_AT + SUB_BLOCK + 32

// @ts-ignore: decorator
@inline
export function anyOf64(a: usize): v128 {
  return v128.or(v128.or(v128.load(a), v128.load(a, 16)), v128.or(v128.load(a, 32), v128.load(a, 48)))
}

export function isZero(a: usize, length: usize): bool {
  const end = a + length
  while (a + 64 <= end) {
    if (v128.any_true(anyOf64(a))) return false
    a += 64
  }
  while (a + 8 <= end) {
    if (load<u64>(a) != 0) return false
    a += 8
  }
  return loadTail(a, end) == 0
}

/** The fewer than 8 bytes from `a` to `end` as a word. */
// @ts-ignore: decorator
@inline
function loadTail(a: usize, end: usize): u64 {
  let word: u64 = 0
  while (end > a) word = (word << 8) | load<u8>(--end)
  return word
}

// @ts-ignore: decorator
@inline
export function sumOfShorts(lanes: v128): u32 {
  const wide = i32x4.extadd_pairwise_i16x8_u(lanes)
  const pair = i64x2.add(wide, v128.shr<u64>(wide, 32))
  return <u32>i64x2.extract_lane(pair, 0) + <u32>i64x2.extract_lane(pair, 1)
}

/** By the scalar units: the processor has no popcnt of vectors before AVX-512, and V8 makes it of a dozen instructions. */
// @ts-ignore: decorator
@inline
function bitsOf(vector: v128): u64 {
  return popcnt<u64>(i64x2.extract_lane(vector, 0)) + popcnt<u64>(i64x2.extract_lane(vector, 1))
}

// @ts-ignore: decorator
@inline
function wordOf(a: usize, b: usize): u64 {
  return load<u64>(a) & load<u64>(b)
}

/** The lower bits of a + b + c. */
// @ts-ignore: decorator
@inline
function sumOf(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c)
}

/** The higher bits of a + b + c. */
// @ts-ignore: decorator
@inline
function carryOf(a: v128, b: v128, c: v128): v128 {
  return v128.or(v128.and(a, b), v128.and(v128.xor(a, b), c))
}

/**
 * Bits of a & b, a multiple of 8 bytes. Harley and Seal's carry-save adder makes one vector of fours out of four vectors.
 * @see Muła, Kurz, Lemire: Faster Population Counts Using AVX2 Instructions (2018), figure 6
 */
export function countDense(a: usize, b: usize, length: usize): u32 {
  const end = a + length
  let ones = i8x16.splat(0)
  let twos = i8x16.splat(0)
  let fours: u64 = 0
  let words: u64 = 0
  while (a + 64 <= end) {
    let first = v128.and(v128.load(a), v128.load(b))
    let second = v128.and(v128.load(a, 16), v128.load(b, 16))
    const carry = carryOf(ones, first, second)
    ones = sumOf(ones, first, second)
    first = v128.and(v128.load(a, 32), v128.load(b, 32))
    second = v128.and(v128.load(a, 48), v128.load(b, 48))
    const other = carryOf(ones, first, second)
    ones = sumOf(ones, first, second)
    fours += bitsOf(carryOf(twos, carry, other))
    twos = sumOf(twos, carry, other)
    a += 64
    b += 64
  }
  while (a < end) {
    words += popcnt<u64>(wordOf(a, b))
    a += 8
    b += 8
  }
  return <u32>(words + bitsOf(ones) + 2 * bitsOf(twos) + 4 * fours)
}

/**
 * Adds to the doubles at `counts` and after it the bits of a & b and of a & c, a multiple of 64 bytes: `countDense` twice,
 * but the row is loaded once. V8 moves the loads of a whole round before all that is computed, and has not the registers
 * for it: the stores, which it moves no load across, keep the halves of a round apart.
 */
export function addPair(a: usize, b: usize, c: usize, length: usize, counts: usize): void {
  const end = a + length
  const aside = scratch + ASIDE_AT
  let onesB = i8x16.splat(0)
  let onesC = i8x16.splat(0)
  let twosB = i8x16.splat(0)
  let twosC = i8x16.splat(0)
  let foursB: u64 = 0
  let foursC: u64 = 0
  while (a < end) {
    let row = v128.load(a)
    let next = v128.load(a, 16)
    let first = v128.and(row, v128.load(b))
    let second = v128.and(next, v128.load(b, 16))
    const carryB = carryOf(onesB, first, second)
    onesB = sumOf(onesB, first, second)
    v128.store(aside, carryB)
    first = v128.and(row, v128.load(c))
    second = v128.and(next, v128.load(c, 16))
    const carryC = carryOf(onesC, first, second)
    onesC = sumOf(onesC, first, second)
    v128.store(aside, carryC, 16)
    row = v128.load(a, 32)
    next = v128.load(a, 48)
    first = v128.and(row, v128.load(b, 32))
    second = v128.and(next, v128.load(b, 48))
    let other = carryOf(onesB, first, second)
    onesB = sumOf(onesB, first, second)
    foursB += bitsOf(carryOf(twosB, carryB, other))
    twosB = sumOf(twosB, carryB, other)
    first = v128.and(row, v128.load(c, 32))
    second = v128.and(next, v128.load(c, 48))
    other = carryOf(onesC, first, second)
    onesC = sumOf(onesC, first, second)
    foursC += bitsOf(carryOf(twosC, carryC, other))
    twosC = sumOf(twosC, carryC, other)
    a += 64
    b += 64
    c += 64
  }
  add(counts, 0, <u32>(bitsOf(onesB) + 2 * bitsOf(twosB) + 4 * foursB))
  add(counts, 1, <u32>(bitsOf(onesC) + 2 * bitsOf(twosC) + 4 * foursC))
}

// @ts-ignore: decorator
@inline
function listWord(at: usize, row: usize, listed: usize, list: usize): usize {
  const word = load<u64>(at)
  store<u64>(list + (listed << 3), word, WORDS_AT)
  store<u32>(list + (listed << 2), <u32>(at - row), OFFSETS_AT)
  return listed + <usize>(word != 0)
}

/** A listed word costs three times what a word costs in the dense loop: a third of the words. */
// @ts-ignore: decorator
@inline
export function wordsWorthListing(length: usize): usize {
  return length / 24
}

/**
 * Lists the words from `a` to `end` that have bits, until they are more than `most`. Returns how many, filled up with
 * empty ones to a multiple of 4.
 */
export function listWords(a: usize, end: usize, row: usize, most: usize): usize {
  const list = scratch
  let listed: usize = 0
  while (a + 64 <= end && listed <= most) {
    if (v128.any_true(anyOf64(a))) {
      for (let i: usize = 0; i < 64; i += 8) listed = listWord(a + i, row, listed, list)
    }
    a += 64
  }
  while (a < end && listed <= most) {
    listed = listWord(a, row, listed, list)
    a += 8
  }
  while (listed & 3) {
    store<u64>(list + (listed << 3), 0, WORDS_AT)
    store<u32>(list + (listed << 2), 0, OFFSETS_AT)
    listed++
  }
  return listed
}

/** Bits of the listed words & the column's words at their offsets. */
export function countListed(column: usize, listed: usize): u32 {
  let words = scratch + WORDS_AT
  let offsets = scratch + OFFSETS_AT
  const end = words + (listed << 3)
  let even: u64 = 0
  let odd: u64 = 0
  while (words < end) {
    even += popcnt<u64>(load<u64>(words) & load<u64>(column + load<u32>(offsets)))
    odd += popcnt<u64>(load<u64>(words, 8) & load<u64>(column + load<u32>(offsets, 4)))
    even += popcnt<u64>(load<u64>(words, 16) & load<u64>(column + load<u32>(offsets, 8)))
    odd += popcnt<u64>(load<u64>(words, 24) & load<u64>(column + load<u32>(offsets, 12)))
    words += 32
    offsets += 16
  }
  return <u32>(even + odd)
}

export function count(a: usize, length: usize): f64 {
  const end = a + length
  const whole = a + (length & ~7)
  let sum: f64 = 0
  while (a < whole) {
    const size = min(SUB_BLOCK, whole - a)
    sum += <f64>countDense(a, a, size)
    a += size
  }
  return sum + <f64>popcnt<u64>(loadTail(a, end))
}

// @ts-ignore: decorator
@inline
export function add(counts: usize, k: usize, bits: u32): void {
  const at = counts + (k << 3)
  store<f64>(at, load<f64>(at) + <f64>bits)
}

// @ts-ignore: decorator
@inline
export function pointer(columns: usize, k: usize): usize {
  return <usize>load<u32>(columns + (k << 2))
}

/** Adds to the doubles at `counts` the bits of row & column for each of the `n` pointers at `columns`. */
export function countPairs(row: usize, columns: usize, n: usize, length: usize, counts: usize): void {
  const whole = length & ~7
  for (let from: usize = 0; from < whole; from += SUB_BLOCK) {
    const size = min(SUB_BLOCK, whole - from)
    const most = wordsWorthListing(size)
    const listed = listWords(row + from, row + from + size, row, most)
    if (listed == 0) continue
    if (listed <= most) {
      for (let k: usize = 0; k < n; k++) add(counts, k, countListed(pointer(columns, k), listed))
    } else {
      for (let k: usize = 0; k < n; k++) add(counts, k, countDense(row + from, pointer(columns, k) + from, size))
    }
  }
  const tail = loadTail(row + whole, row + length)
  if (tail == 0) return
  for (let k: usize = 0; k < n; k++) {
    const column = pointer(columns, k)
    add(counts, k, <u32>popcnt<u64>(tail & loadTail(column + whole, column + length)))
  }
}
