import type { Chunk } from './chunk'

/** What two sets make. */
export type SetOperation = 'and' | 'or' | 'xor' | 'minus'

/**
 * Set operations over byte ranges of one linear memory. Pointers are byte offsets into `bytes`, multiples of 16;
 * lengths are bytes, any number ≥ 0. The order of bits inside a byte does not matter here.
 * Two implementations agree to the bit: the WebAssembly SIMD one, and the scalar one that judges it.
 */
export interface Kernel {
  /** The whole memory. Take it anew after `reserve`, which may replace it. */
  readonly bytes: Uint8Array
  /** What other threads need to count in the same memory; null where they cannot. */
  readonly shared: SharedKernel | null
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
  /** Takes all bits of a range away. */
  clear(at: number, length: number): void
  /** Copies a range; the two may overlap. */
  copy(dst: number, from: number, length: number): void
  /** Set bits of a range. */
  count(a: number, length: number): number
  /** Whether a range has no set bit. */
  isZero(a: number, length: number): boolean
  /**
   * Adds to `counts[k]` the set bits of `row & columns[k]`, for every k; empty sub-blocks of the row are skipped.
   * @param columns pointers @param counts as long as `columns`
   */
  countPairs(row: number, columns: readonly number[], length: number, counts: Float64Array): void
  /**
   * Combines two chunks of any lengths, neither empty.
   * @param dst an address with room for the longer one; may be one of the two
   * @returns the result, which lies at `dst`; the empty chunk where no bit is set
   */
  combine(operation: SetOperation, dst: number, a: Chunk, b: Chunk): Chunk
  /** Counts some rows of a grid, and what each shares with each column of its range; a chunk against itself once. */
  countGrid(grid: GridTables, first: number, last: number): void
  /**
   * Adds to `counts[v]` how many bits are set in exactly v of the chunks, for v ≥ 1.
   * @param chunks 31 at most @param counts one longer than `chunks`
   */
  countVertical(chunks: readonly Chunk[], counts: Float64Array): void
}

/** Threads that may work in one memory, the one that asks among them: more gain little, for all read the same. */
export const MOST_THREADS = 4

/** A kernel that several threads run, as assembly/shared.ts has it. */
export interface SharedKernel {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** Takes a part of the open grid that nobody has taken, and counts it. @returns whether there was one */
  countPart(thread: number): boolean
}

/** Tables in the kernel's memory, by their addresses: of rows, and of all rows' cells. */
export interface GridTables {
  /** A chunk a row, 32-bit words. */
  readonly rows: number
  /** A chunk a column, 32-bit words. */
  readonly columns: number
  /** Two 32-bit words a row: its first column, and the one after its last. */
  readonly ranges: number
  /** Doubles to be added to: the bits of each row. */
  readonly sizes: number
  /** Doubles to be added to: cell k of row r, counted from the row's first column, is number r × `stride` + k. */
  readonly counts: number
  readonly stride: number
}
