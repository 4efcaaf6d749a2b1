import { addressOf, CHUNK_MAX, CHUNK_MIN, type Chunk, lengthOf, MAX_ORDER } from './chunk'
import type { Kernel } from './kernel'

/** Bytes by which a kernel's memory grows: a growth makes all views of it anew. */
const GROWTH = 4 * 1024 * 1024

/**
 * Hands out a kernel's memory: chunks for bitmaps, and tables. Chunks are buddies: two free halves become one whole.
 * What is given back is used again; the memory never shrinks.
 */
export class Heap {
  /** Whole chunks of the highest order that are free, last given back first. */
  private readonly whole: number[] = []
  /** Free chunks of each lower order. */
  private readonly parts: readonly Set<number>[] = Array.from({ length: MAX_ORDER }, () => new Set())
  /** Free tables by their bytes. */
  private readonly tables = new Map<number, number[]>()
  private readonly base: number
  private reserved = 0
  /** The first byte that was never handed out; never 0, which names the empty chunk. */
  private top: number
  private chunkBytes = 0

  /** @param kernel none but this heap may reserve memory of it */
  constructor(readonly kernel: Kernel) {
    this.base = kernel.reserve(0)
    this.top = Math.max(1, Math.ceil(this.base / CHUNK_MAX)) * CHUNK_MAX
  }

  /** Bytes of the chunks that are handed out. */
  get used(): number {
    return this.chunkBytes
  }

  /**
   * A chunk; its bytes are whatever was there.
   * @throws RangeError where the memory cannot grow
   */
  allocate(order: number): Chunk {
    const address = this.take(order)
    this.chunkBytes += CHUNK_MIN << order
    return address + order
  }

  /** Gives a chunk back. */
  release(chunk: Chunk): void {
    this.chunkBytes -= lengthOf(chunk)
    let address = addressOf(chunk)
    for (let order = chunk - address; order < MAX_ORDER; order++) {
      const free = this.parts[order] as Set<number>
      const size = CHUNK_MIN << order
      const buddy = (address / size) % 2 === 0 ? address + size : address - size
      if (!free.delete(buddy)) {
        free.add(address)
        return
      }
      address = Math.min(address, buddy)
    }
    this.whole.push(address)
  }

  /** A copy of a chunk, in memory of its own. */
  copy(chunk: Chunk): Chunk {
    const address = addressOf(chunk)
    const copied = this.allocate(chunk - address)
    this.kernel.copy(addressOf(copied), address, lengthOf(chunk))
    return copied
  }

  /** The address of a range of at least some bytes, a multiple of 16. */
  allocateTable(byteLength: number): number {
    const size = tableSize(byteLength)
    return this.tables.get(size)?.pop() ?? this.extend(size)
  }

  /** @param byteLength as it was asked for */
  releaseTable(address: number, byteLength: number): void {
    const size = tableSize(byteLength)
    const free = this.tables.get(size)
    if (free) free.push(address)
    else this.tables.set(size, [address])
  }

  private take(order: number): number {
    if (order === MAX_ORDER) return this.whole.pop() ?? this.extend(CHUNK_MAX)
    const free = this.parts[order] as Set<number>
    for (const address of free) {
      free.delete(address)
      return address
    }
    const address = this.take(order + 1)
    free.add(address + (CHUNK_MIN << order))
    return address
  }

  private extend(size: number): number {
    const address = this.top
    const missing = address + size - this.base
    if (missing > this.reserved) {
      this.reserved = Math.ceil(missing / GROWTH) * GROWTH
      this.kernel.reserve(this.reserved)
    }
    this.top = address + size
    return address
  }
}

/** A power of two, so that what is given back fits again, and whole chunks, so that those after it lie well. */
function tableSize(byteLength: number): number {
  return CHUNK_MAX * 2 ** Math.ceil(Math.log2(Math.max(1, byteLength / CHUNK_MAX)))
}
