import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import type { RedisAddress } from './redis-url'

/** No answer within this time counts as an outage: with the one retry a request fails within three seconds. */
const TIMEOUT_MS = 2000

/** How to reach an address; requests fail soon, the connection is tried again for ever. */
export function redisOptions(address: RedisAddress): RedisOptions {
  const { username, password, db } = address
  return {
    ...(address.kind === 'unix'
      ? { path: address.path }
      : { host: address.host, port: address.port, ...(address.tls ? { tls: {} } : {}) }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    db,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(100 * times, 500),
    connectionName: 'bitcohort',
  }
}

/** Connects, and logs each change between answering and not answering once. */
export function connectRedis(address: RedisAddress, log: Logger): Redis {
  const redis = new Redis(redisOptions(address))
  let reported: 'up' | 'down' | null = null
  redis.on('ready', () => {
    if (reported === 'down') log.info(`Redis answers again at ${address.label}`)
    reported = 'up'
  })
  redis.on('error', (error) => {
    if (reported !== 'down') log.error(`Redis does not answer at ${address.label}: ${error.message}`)
    reported = 'down'
  })
  return redis
}
