import type { ChainableCommander, Redis } from 'ioredis'
import { BitcohortError, expected } from '../errors'

/** Where bitmaps come from, in pieces. */
export interface BitSource {
  /**
   * The same piece of many bitmaps, in the order of `keys`.
   * @param offset first byte @param length bytes asked for
   * @returns what there is of each: shorter than `length` at a bitmap's end, empty past it and for absent keys
   */
  readPieces(keys: readonly string[], offset: number, length: number): Promise<readonly Uint8Array[]>
  /** Single bits, in the order of `asked`. */
  readBits(asked: readonly (readonly [key: string, bit: number])[]): Promise<readonly boolean[]>
}

/**
 * Bytes asked for in one round trip. With everything in one, Redis builds up replies that the reader is not yet
 * taking: 104 pieces of 128 KiB took two to three times as long (`npm run bench`).
 */
const TRIP_BYTES = 3 * 1024 * 1024

/** Reads by pipelined GETRANGE and GETBIT: nothing is written, and no command holds Redis for long. */
export class RedisSource implements BitSource {
  constructor(private readonly redis: Redis) {}

  async readPieces(keys: readonly string[], offset: number, length: number): Promise<readonly Uint8Array[]> {
    const pieces: Uint8Array[] = []
    const group = Math.max(1, Math.floor(TRIP_BYTES / length))
    for (let from = 0; from < keys.length; from += group) {
      const some = keys.slice(from, from + group)
      const pipeline = this.redis.pipeline()
      for (const key of some) pipeline.getrangeBuffer(key, offset, offset + length - 1)
      pieces.push(...((await runPipeline(pipeline, some)) as Uint8Array[]))
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
