/**
 * Set operations over byte ranges of one linear memory. Pointers are byte offsets into `bytes`, multiples of 16;
 * lengths are bytes, any number ≥ 0. The order of bits inside a byte does not matter here.
 * Two implementations agree to the bit: the WebAssembly SIMD one, and the scalar one that judges it.
 */
export interface Kernel {
  /** The whole memory. Take it anew after `reserve`, which may replace it. */
  readonly bytes: Uint8Array
  /**
   * Makes sure that `byteLength` bytes can be used, and returns the pointer of the first (a multiple of 16).
   * Earlier content is kept; a second call returns the same pointer.
   */
  reserve(byteLength: number): number
  /** dst = a & b. `dst` may be `a` or `b`. */
  and(dst: number, a: number, b: number, length: number): void
  /** dst = a | b. `dst` may be `a` or `b`. */
  or(dst: number, a: number, b: number, length: number): void
  /** dst = a ^ b. `dst` may be `a` or `b`. */
  xor(dst: number, a: number, b: number, length: number): void
  /** dst = a & ~b. `dst` may be `a` or `b`. */
  minus(dst: number, a: number, b: number, length: number): void
  /** Set bits of a range. */
  count(a: number, length: number): number
  /** Whether a range has no set bit. */
  isZero(a: number, length: number): boolean
  /**
   * Adds to `counts[k]` the set bits of `row & columns[k]`, for every k; empty sub-blocks of the row are skipped.
   * @param columns pointers @param counts as long as `columns`
   */
  countPairs(row: number, columns: readonly number[], length: number, counts: Float64Array): void
}
