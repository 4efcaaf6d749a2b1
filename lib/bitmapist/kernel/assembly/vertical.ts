// How many of several bitmaps each user is in, by counters that lie across bitmaps: bit i of all users' numbers in one
// vector (bit slices).

import { addressOf, lengthOf } from './chunks'
import { pointer, sumOfShorts } from './counts'
import { scratch } from './scratch'

const KIB: usize = 1024
/** Of the scratch page: where the pointers of one KiB of the bitmaps that reach so far are listed, and the 32 numbers' lanes. */
const LIST_AT: usize = 32768
const LANES_AT: usize = 33024
/** Bytes after which the lanes are added up: 16 vectors of at most 8 a byte. */
const STRETCH: usize = 256

/**
 * Adds to the doubles `counts[v]` how many users are in exactly v of the bitmaps, v from 1 to `n` (31 at most). `chunks`
 * lists them.
 */
export function countVertical(chunks: usize, n: usize, counts: usize): void {
  let longest: usize = 0
  for (let i: usize = 0; i < n; i++) {
    const chunk = pointer(chunks, i)
    if (chunk != 0) longest = max(longest, lengthOf(chunk))
  }
  for (let offset: usize = 0; offset < longest; offset += KIB) {
    let listed: usize = 0
    for (let i: usize = 0; i < n; i++) {
      const chunk = pointer(chunks, i)
      if (chunk == 0 || lengthOf(chunk) <= offset) continue
      store<u32>(scratch + (listed << 2), <u32>(addressOf(chunk) + offset), LIST_AT)
      listed++
    }
    for (let at: usize = 0; at < KIB; at += STRETCH) countStretch(listed, at, counts)
  }
}

function countStretch(listed: usize, offset: usize, counts: usize): void {
  memory.fill(scratch + LANES_AT, 0, 512)
  for (let at = offset; at < offset + STRETCH; at += 16) countVector(listed, at)
  for (let v: usize = 1; v <= listed; v++) {
    const lanes = v128.load(scratch + (v << 4), LANES_AT)
    const bits = sumOfShorts(i16x8.extadd_pairwise_i8x16_u(lanes))
    store<f64>(counts + (v << 3), load<f64>(counts + (v << 3)) + <f64>bits)
  }
}

/** The numbers of 128 users. */
function countVector(listed: usize, offset: usize): void {
  let ones = i8x16.splat(0)
  let twos = i8x16.splat(0)
  let fours = i8x16.splat(0)
  let eights = i8x16.splat(0)
  let sixteens = i8x16.splat(0)
  for (let i: usize = 0; i < listed; i++) {
    let bits = v128.load(pointer(scratch + LIST_AT, i) + offset)
    let carry = v128.and(ones, bits)
    ones = v128.xor(ones, bits)
    bits = v128.and(twos, carry)
    twos = v128.xor(twos, carry)
    carry = v128.and(fours, bits)
    fours = v128.xor(fours, bits)
    bits = v128.and(eights, carry)
    eights = v128.xor(eights, carry)
    sixteens = v128.xor(sixteens, bits)
  }
  if (!v128.any_true(v128.or(v128.or(ones, twos), v128.or(fours, v128.or(eights, sixteens))))) return
  note16(0, v128.not(sixteens), ones, twos, fours, eights)
  if (v128.any_true(sixteens)) note16(16, sixteens, ones, twos, fours, eights)
}

function note16(v: usize, those: v128, ones: v128, twos: v128, fours: v128, eights: v128): void {
  note8(v, v128.andnot(those, eights), ones, twos, fours)
  const high = v128.and(those, eights)
  if (v128.any_true(high)) note8(v + 8, high, ones, twos, fours)
}

function note8(v: usize, those: v128, ones: v128, twos: v128, fours: v128): void {
  note4(v, v128.andnot(those, fours), ones, twos)
  note4(v + 4, v128.and(those, fours), ones, twos)
}

// @ts-ignore: decorator
@inline
function note4(v: usize, those: v128, ones: v128, twos: v128): void {
  const low = v128.andnot(those, twos)
  const high = v128.and(those, twos)
  note(v, v128.andnot(low, ones))
  note(v + 1, v128.and(low, ones))
  note(v + 2, v128.andnot(high, ones))
  note(v + 3, v128.and(high, ones))
}

// @ts-ignore: decorator
@inline
function note(v: usize, those: v128): void {
  const at = scratch + LANES_AT + (v << 4)
  v128.store(at, i8x16.add(v128.load(at), i8x16.popcnt(those)))
}
