import { type Chunk, EMPTY_CHUNK, lengthOf } from './kernel/chunk'
import type { Heap } from './kernel/heap'

/** Thousands of bitmaps have nobody. */
const NONE = new Uint32Array()

/** Chunks of a bitmap by where they are in the id space: of unit u, or 0 where nobody is in it. It grows as it is read. */
export class Table {
  /** Longer than what was set; the rest is empty. */
  chunks = NONE
  /** The unit after the last one that was set. */
  length = 0
  /** Bytes of the chunks. */
  byteLength = 0
  /** Units before it were given back. */
  private given = 0

  constructor(private readonly heap: Heap) {}

  set(unit: number, chunk: Chunk): void {
    if (unit >= this.chunks.length) {
      const grown = new Uint32Array(Math.max(unit + 1, this.chunks.length * 2))
      grown.set(this.chunks)
      this.chunks = grown
    }
    this.chunks[unit] = chunk
    this.length = unit + 1
    this.byteLength += lengthOf(chunk)
  }

  /** Takes no more room than it needs: nothing will be set any more. */
  trim(): void {
    if (this.chunks.length > this.length) this.chunks = this.chunks.slice(0, this.length)
  }

  /** Gives the memory of all chunks before a unit back. */
  release(end = this.length): void {
    const last = Math.min(end, this.length)
    for (; this.given < last; this.given++) {
      const chunk = this.chunks[this.given] ?? EMPTY_CHUNK
      if (chunk === EMPTY_CHUNK) continue
      this.heap.release(chunk)
      this.byteLength -= lengthOf(chunk)
      this.chunks[this.given] = EMPTY_CHUNK
    }
  }
}
