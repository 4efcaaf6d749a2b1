// A grid that several threads count. Each has an instance of this module, and all have the one memory.

import { countGrid } from './grid'
import { useScratch } from './scratch'

/** What the threads share: 32-bit words at these offsets, which ../crew.ts names by their number. */
const AT: usize = 49152
/** Rings whenever there is something new. */
const BELL: usize = 0
/** Threads that have begun. */
const BEGUN: usize = 4
/** Whether all are to end. */
const OVER: usize = 8
/** Whether there is a grid. */
const OPEN: usize = 12
/** Threads that look for parts of it. */
const BUSY: usize = 16
// The grid's parts are so many rows of a unit each, unit by unit.
/** Parts that may be counted, and those that are taken. */
const LISTED: usize = 20
const TAKEN: usize = 24
const PARTS_A_UNIT: usize = 28
const ROWS_A_PART: usize = 32
const ROWS: usize = 36
const COLUMNS: usize = 40
/** Of each unit the chunks of all rows, and of all columns. */
const CHUNKS_AT: usize = 44
const RANGES_AT: usize = 48
/** Of each thread its sums: of the rows, and of all cells. */
const SUMS_AT: usize = 52
const SUMS_BYTES: usize = 56
const STRIDE: usize = 60

/** Takes one part of the grid and counts it. Returns whether there was one. */
export function countPart(thread: usize): bool {
  let part = atomic.load<u32>(AT, TAKEN)
  for (;;) {
    if (part >= atomic.load<u32>(AT, LISTED)) return false
    const seen = atomic.cmpxchg<u32>(AT, part, part + 1, TAKEN)
    if (seen == part) break
    part = seen
  }
  const parts = word(PARTS_A_UNIT)
  const rows = word(ROWS)
  const chunks = word(CHUNKS_AT) + (((<usize>part / parts) * (rows + word(COLUMNS))) << 2)
  const first = (<usize>part % parts) * word(ROWS_A_PART)
  const last = min(rows, first + word(ROWS_A_PART))
  const sums = word(SUMS_AT) + thread * word(SUMS_BYTES)
  countGrid(chunks, first, last, chunks + (rows << 2), word(RANGES_AT), sums, sums + (rows << 3), word(STRIDE))
  return true
}

/** A helper's life: it counts whatever grid there is, and sleeps. Its scratch page is the one of its number. */
export function serve(thread: usize): void {
  useScratch(thread << 16)
  atomic.add<u32>(AT, 1, BEGUN)
  for (;;) {
    const bell = atomic.load<i32>(AT, BELL)
    if (atomic.load<u32>(AT, OVER) != 0) return
    // Before it looks: whoever ends a grid waits for those who may be at it.
    atomic.add<u32>(AT, 1, BUSY)
    if (atomic.load<u32>(AT, OPEN) != 0) while (countPart(thread)) {}
    atomic.sub<u32>(AT, 1, BUSY)
    atomic.wait<i32>(AT + BELL, bell, -1)
  }
}

// @ts-ignore: decorator
@inline
function word(offset: usize): usize {
  return <usize>load<u32>(AT + offset)
}
