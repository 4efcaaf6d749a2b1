import type { ChainableCommander } from 'ioredis'
import { BitcohortError, expected } from '../errors'

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
