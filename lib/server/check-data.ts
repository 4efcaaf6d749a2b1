import { BitcohortError, Bitmapist } from '../bitmapist'
import type { Config } from './config'
import { openClient } from './redis'

/**
 * Why a process must not work on the data that is there, in one line; null where it may. A Redis that does not answer
 * is no reason: it may come later, and the first use looks again.
 */
export async function checkData({
  redis: address,
  keyPrefix,
  timeZone,
  idMode,
}: Config): Promise<string | null> {
  const redis = openClient(address, { lazy: true, retries: false })
  // Its errors come with the command that fails.
  redis.on('error', () => {})
  try {
    await new Bitmapist({ redis, prefix: keyPrefix, timeZone, idMode }).check()
    return null
  } catch (error) {
    return error instanceof BitcohortError && error.code === 'BAD_SETTINGS' ? error.message : null
  } finally {
    redis.disconnect()
  }
}
