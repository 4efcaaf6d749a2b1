import type { Client } from '../../lib/bitmapist'
import { openClient } from '../../lib/server/redis'
import type { RedisAddress } from '../../lib/server/redis-url'

/** A large write is minutes of work on a slow machine, not an outage. */
const COMMAND_TIMEOUT_MS = 60_000

/** Connects a command that writes much. @throws Error, one line, where Redis does not answer */
export async function connectForLoad(address: RedisAddress): Promise<Client> {
  const redis = openClient(address, { lazy: true, commandTimeoutMs: COMMAND_TIMEOUT_MS })
  // Its errors come with the command that fails.
  redis.on('error', () => {})
  try {
    await redis.connect()
  } catch (cause) {
    redis.disconnect()
    throw new Error(`Redis does not answer at ${address.label}: start it, or set REDIS_URL`, { cause })
  }
  return redis
}
