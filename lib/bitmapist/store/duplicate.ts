import type { Redis, RedisOptions } from 'ioredis'

/** So long may a server be silent while it is asked something, unless its client says otherwise. */
const SILENT_MS = 5000

/** How long, in milliseconds, a server may be silent while it is asked something. */
export function patienceOf({ options: { commandTimeout } }: Redis): number {
  return commandTimeout ?? SILENT_MS
}

/**
 * A connection as another one, at its present database, that lives once: when it drops, nothing is opened or sent again.
 * It speaks the older protocol, and ioredis does nothing beside for it.
 * @throws where the other one was closed for good
 */
export function duplicateOf(like: Redis, own: Partial<RedisOptions>): Redis {
  if (like.status === 'end') throw new Error('the connection was closed')
  const redis = like.duplicate({
    protocol: 2,
    replyMapping: 'legacy',
    db: selected(like),
    enableOfflineQueue: true,
    enableAutoPipelining: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
    reconnectOnError: null,
    himportFieldsets: undefined,
    // A timer of seconds after the end would keep the process alive.
    disconnectTimeout: 0,
    ...own,
  })
  redis.on('error', () => {})
  return redis
}

/** The database that a connection has selected since it was made. */
function selected(redis: Redis): number {
  // ioredis keeps it there; its types call it private.
  const { condition } = redis as unknown as { readonly condition?: { readonly select?: number } }
  return condition?.select ?? redis.options.db ?? 0
}
