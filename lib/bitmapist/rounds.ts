import type { Leaf } from './program'
import type { PieceReader } from './store/source'

/** The same stretch of the id space of all bitmaps that have anything there. */
export interface Round {
  /** First byte of the block in its bitmaps. */
  readonly offset: number
  readonly pieces: readonly Piece[]
}

/** A stretch of one bitmap. */
export interface Piece {
  readonly leaf: Leaf
  /** Where in the block the bytes begin: before them there is nobody. */
  readonly at: number
  /** Up to the block's end, or to the bitmap's. */
  readonly bytes: Uint8Array
}

interface Stretch {
  /** First byte of the first block. */
  readonly first: number
  /** Bytes of a block. */
  readonly size: number
  readonly signal?: AbortSignal | undefined
}

/** A bitmap that may have more users, and its first byte that has one. */
interface Open {
  readonly leaf: Leaf
  readonly start: number
}

/**
 * The pieces of all leaves, a block a round, the next round's being read while this one is used. Empty beginnings and
 * missing keys are asked after once, all in one round trip, and not read: new users' bitmaps are mostly that.
 */
export async function* readRounds(
  reader: PieceReader,
  leaves: readonly Leaf[],
  { first, size, signal }: Stretch,
): AsyncGenerator<Round> {
  const starts = await reader.findFirstBytes(leaves.map((leaf) => leaf.key))
  const read = async (open: readonly Open[]) => {
    signal?.throwIfAborted()
    const begin = Math.min(...open.map(({ start }) => start))
    const offset = Math.floor(begin / size) * size
    const wanted = open.filter(({ start }) => start < offset + size)
    const asked = wanted.map(({ leaf, start }) => ({
      key: leaf.key,
      from: start,
      length: offset + size - start,
    }))
    const bytes = await reader.readPieces(asked)
    const pieces = wanted.map(
      ({ leaf, start }, i): Piece => ({ leaf, at: start - offset, bytes: bytes[i] ?? NONE }),
    )
    // A piece that falls short was its bitmap's last.
    const rest = pieces.flatMap(({ leaf, at, bytes }) =>
      at + bytes.byteLength === size ? [{ leaf, start: offset + size }] : [],
    )
    return { offset, pieces, open: [...rest, ...open.filter(({ start }) => start >= offset + size)] }
  }
  const open = leaves.flatMap((leaf, i) => {
    const start = starts[i] ?? -1
    return start < 0 ? [] : [{ leaf, start: Math.max(first, start) }]
  })
  let next = open.length === 0 ? null : read(open)
  while (next !== null) {
    const round: Awaited<typeof next> = await next
    signal?.throwIfAborted()
    next = round.open.length === 0 ? null : read(round.open)
    // Where the walk is left early nobody awaits it: its failure must not end the process.
    next?.catch(() => undefined)
    yield round
  }
}

const NONE = new Uint8Array()
