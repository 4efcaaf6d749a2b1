/**
 * The name of a range of 1 KiB to 16 KiB in a kernel's memory: its address (a multiple of its length) plus its order.
 * Beyond a chunk's end there are zeros. 0 names the empty chunk, which has no memory.
 */
export type Chunk = number

/** Zeros alone. */
export const EMPTY_CHUNK: Chunk = 0
/** Bytes of a chunk of order 0. */
export const CHUNK_MIN = 1024
/** The order of the longest chunk. */
export const MAX_ORDER = 4
/**
 * Bytes of the longest chunk: of 52 columns the second-level cache of 1 MiB holds as much, and empty stretches of the
 * id space are skipped by it.
 */
export const CHUNK_MAX = CHUNK_MIN << MAX_ORDER

/** Where a chunk begins. */
export function addressOf(chunk: Chunk): number {
  return chunk - (chunk % CHUNK_MIN)
}

/** Bytes of a chunk; 0 of the empty one. */
export function lengthOf(chunk: Chunk): number {
  return chunk === EMPTY_CHUNK ? 0 : CHUNK_MIN << (chunk % CHUNK_MIN)
}

/** The order of the shortest chunk that has room for some bytes (at most `CHUNK_MAX`). */
export function orderFor(byteLength: number): number {
  let order = 0
  while (CHUNK_MIN << order < byteLength) order++
  return order
}
