import type { ChainableCommander, Redis } from 'ioredis'
import { BitcohortError, expected } from '../errors'

/** Bytes `from` to `from + length − 1` of a key. */
export interface AskedPiece {
  readonly key: string
  readonly from: number
  readonly length: number
}

/** Where bitmaps come from, in pieces. */
export interface BitSource {
  /** The first byte of each bitmap that has a user, in the order of `keys`; −1 where none has. */
  findFirstBytes(keys: readonly string[]): Promise<readonly number[]>
  /**
   * Pieces of bitmaps, in the order asked.
   * @returns what there is of each: shorter than asked at a bitmap's end, empty past it and for absent keys
   */
  readPieces(asked: readonly AskedPiece[]): Promise<readonly Uint8Array[]>
  /** Single bits, in the order of `asked`. */
  readBits(asked: readonly (readonly [key: string, bit: number])[]): Promise<readonly boolean[]>
}

/**
 * Bytes asked for in one round trip. With everything in one, Redis builds up replies that the reader is not yet
 * taking: 104 pieces of 128 KiB took two to three times as long (`npm run bench`).
 */
const TRIP_BYTES = 3 * 1024 * 1024

/** Reads by pipelined BITPOS, GETRANGE and GETBIT: nothing is written, and no command holds Redis for long. */
export class RedisSource implements BitSource {
  constructor(private readonly redis: Redis) {}

  async findFirstBytes(keys: readonly string[]): Promise<readonly number[]> {
    const pipeline = this.redis.pipeline()
    for (const key of keys) pipeline.bitpos(key, 1)
    const bits = (await runPipeline(pipeline, keys)) as number[]
    return bits.map((bit) => Math.floor(bit / 8))
  }

  async readPieces(asked: readonly AskedPiece[]): Promise<readonly Uint8Array[]> {
    const pieces: Uint8Array[] = []
    for (const trip of tripsOf(asked)) {
      const pipeline = this.redis.pipeline()
      for (const { key, from, length } of trip) pipeline.getrangeBuffer(key, from, from + length - 1)
      const replies = await runPipeline(
        pipeline,
        trip.map(({ key }) => key),
      )
      pieces.push(...(replies as Uint8Array[]))
    }
    return pieces
  }

  async readBits(asked: readonly (readonly [key: string, bit: number])[]): Promise<readonly boolean[]> {
    const pipeline = this.redis.pipeline()
    for (const [key, bit] of asked) pipeline.getbit(key, bit)
    const replies = await runPipeline(
      pipeline,
      asked.map(([key]) => key),
    )
    return replies.map((bit) => bit === 1)
  }
}

/** Splits pieces, in their order, so that each trip asks for `TRIP_BYTES` at most, or for one piece. */
function tripsOf(asked: readonly AskedPiece[]): readonly (readonly AskedPiece[])[] {
  const trips: AskedPiece[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const piece of asked) {
    bytes += piece.length
    if (bytes > TRIP_BYTES) {
      trips.push([])
      bytes = piece.length
    }
    trips.at(-1)?.push(piece)
  }
  return trips
}

/**
 * Runs a pipeline whose every command must succeed; no round trip for an empty one.
 * @param keys the key of each command, for messages
 * @throws WRONG_TYPE for a key that holds no string; else the first command's own error
 */
export async function runPipeline(
  pipeline: ChainableCommander,
  keys: readonly string[],
): Promise<readonly unknown[]> {
  if (pipeline.length === 0) return []
  const replies = (await pipeline.exec()) ?? []
  return replies.map(([error, reply], i) => {
    if (error === null) return reply
    if (!error.message.startsWith('WRONGTYPE')) throw error
    throw new BitcohortError('WRONG_TYPE', expected('key', 'a bitmap', keys[i]), { cause: error })
  })
}
