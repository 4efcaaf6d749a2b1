import { addressOf, CHUNK_MAX, type Chunk, EMPTY_CHUNK, lengthOf, orderFor } from './kernel/chunk'
import type { Heap } from './kernel/heap'
import type { Sink } from './store/reply'

/** A bitmap to be read. */
export interface Leaf {
  readonly key: string
  /** Takes the next unit of it; units that are skipped are empty. */
  put(unit: number, chunk: Chunk): void
  /** Makes sure that there is room for a chunk. */
  grow(bytes: number): void
}

interface Place {
  readonly heap: Heap
  readonly stride: { readonly unit: number }
  /** Whether nobody takes anything any more. */
  readonly isOver: boolean
}

/** Takes a piece of a bitmap as its bytes come, and cuts it into units: a chunk each, in the kernel's memory. */
export class Intake implements Sink {
  /** Of the units that have come. */
  private chunks: Chunk[] = []
  /** The unit that is coming. */
  private chunk: Chunk = EMPTY_CHUNK
  /** Its bytes that have come, and that will. */
  private filled = 0
  private wanted = 0
  private length = 0
  private taken = 0

  /** @param start the piece's first byte in its bitmap: a multiple of the unit */
  constructor(
    private readonly leaf: Leaf,
    private readonly place: Place,
    private readonly start: number,
  ) {}

  /** The byte before which all of the bitmap has come. */
  get reached(): number {
    return this.start + this.taken
  }

  begin(length: number): void {
    this.cancel()
    this.length = length
  }

  write(bytes: Uint8Array): void {
    const { heap, isOver } = this.place
    // For nobody would give its memory back.
    if (isOver) {
      this.cancel()
      return
    }
    for (let at = 0; at < bytes.length; ) {
      if (this.chunk === EMPTY_CHUNK) this.open()
      const part = bytes.subarray(at, at + this.wanted - this.filled)
      copyTo(heap.kernel.bytes, part, addressOf(this.chunk) + this.filled)
      this.filled += part.length
      at += part.length
      if (this.filled === this.wanted) this.shut()
    }
  }

  end(): void {
    const { leaf, place, start } = this
    if (place.isOver) {
      this.cancel()
      return
    }
    const { unit } = place.stride
    for (const [i, chunk] of this.chunks.entries()) {
      if (chunk !== EMPTY_CHUNK) leaf.grow(lengthOf(chunk))
      leaf.put(start / unit + i, chunk)
    }
    this.chunks = []
  }

  cancel(): void {
    const { heap } = this.place
    for (const chunk of [...this.chunks, this.chunk]) if (chunk !== EMPTY_CHUNK) heap.release(chunk)
    this.chunks = []
    this.chunk = EMPTY_CHUNK
    this.length = 0
    this.taken = 0
  }

  private open(): void {
    const { heap, stride } = this.place
    this.wanted = Math.min(this.length - this.taken, stride.unit)
    this.filled = 0
    this.chunk = heap.allocate(orderFor(this.wanted))
  }

  private shut(): void {
    const { heap } = this.place
    const { kernel } = heap
    const { chunk, filled } = this
    const address = addressOf(chunk)
    kernel.clear(address + filled, lengthOf(chunk) - filled)
    const isEmpty = kernel.isZero(address, filled)
    if (isEmpty) heap.release(chunk)
    this.chunks.push(isEmpty ? EMPTY_CHUNK : chunk)
    this.chunk = EMPTY_CHUNK
    this.taken += filled
  }
}

/** Bytes of a word. */
const WORD = 8
/** Where bytes are moved to what will be their place in a word. */
const aside = new Uint8Array(CHUNK_MAX + WORD)

/**
 * Copies at most `CHUNK_MAX` bytes. Into memory that threads share V8 copies byte by byte, seven times slower, unless
 * they have the same place in their words on both sides; replies come in any.
 * @param at a place in `target`, which begins a word
 */
function copyTo(target: Uint8Array, bytes: Uint8Array, at: number): void {
  const place = at % WORD
  if (bytes.byteOffset % WORD === place) {
    target.set(bytes, at)
    return
  }
  aside.set(bytes, place)
  target.set(aside.subarray(place, place + bytes.length), at)
}
