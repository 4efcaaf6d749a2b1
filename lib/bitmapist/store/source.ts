import type { Redis } from 'ioredis'
import { type Bits, readBits } from './bits'
import { runPipeline } from './pipeline'

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
  /** Those of the bits that are set; no key where none is. */
  readBits(asked: Bits): Promise<Bits>
  /** Bytes of each bitmap, in the order of `keys`; 0 for absent ones. */
  readLengths(keys: readonly string[]): Promise<readonly number[]>
}

/**
 * Bytes asked for in one round trip. With everything in one, Redis builds up replies that the reader is not yet
 * taking: 104 pieces of 128 KiB took two to three times as long (`npm run bench`).
 */
const TRIP_BYTES = 3 * 1024 * 1024

const LENGTHS_A_TRIP = 1000

/**
 * Reads by pipelined BITPOS, GETRANGE, GETBIT, BITFIELD and STRLEN: nothing is written, and no command holds Redis for
 * long.
 */
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

  readBits(asked: Bits): Promise<Bits> {
    return readBits(this.redis, asked)
  }

  async readLengths(keys: readonly string[]): Promise<readonly number[]> {
    const lengths: number[] = []
    for (let from = 0; from < keys.length; from += LENGTHS_A_TRIP) {
      const some = keys.slice(from, from + LENGTHS_A_TRIP)
      const pipeline = this.redis.pipeline()
      for (const key of some) pipeline.strlen(key)
      lengths.push(...((await runPipeline(pipeline, some)) as number[]))
    }
    return lengths
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
