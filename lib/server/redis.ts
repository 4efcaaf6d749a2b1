import { type Cluster, Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import type { Client } from '../bitmapist'
import type { RedisAddress } from './redis-url'
import { TimedCluster } from './timed-cluster'

/** No answer within this time counts as an outage: with the one retry a request fails within three seconds. */
const TIMEOUT_MS = 2000
/** How often a cluster's command is sent again where its node is gone or its slot has moved, a tenth of a second apart. */
const REDIRECTIONS = 8
const REDIRECTION_MS = 100
const REFRESH_MS = 5000

export interface ClientOptions {
  /** Connects with the first command; otherwise at once. */
  readonly lazy?: boolean
  /** Whether a lost connection is tried again, for ever; true unless given. */
  readonly retries?: boolean
  /** Of a command; two seconds unless given. */
  readonly commandTimeoutMs?: number
}

/** A client for an address. Requests fail soon; a listener for `error` must be added. */
export function openClient(address: RedisAddress, options: ClientOptions = {}): Client {
  const { lazy = false, retries = true, commandTimeoutMs = TIMEOUT_MS } = options
  const delay = retries ? (times: number) => Math.min(100 * times, 500) : () => null
  if (address.kind !== 'cluster')
    return new Redis({
      ...redisOptions(address),
      commandTimeout: commandTimeoutMs,
      maxRetriesPerRequest: retries ? 1 : 0,
      retryStrategy: delay,
      lazyConnect: lazy,
    })
  return new TimedCluster(address.nodes, commandTimeoutMs, {
    redisOptions: { ...redisOptions(address), commandTimeout: commandTimeoutMs },
    clusterRetryStrategy: delay,
    lazyConnect: lazy,
    // A cluster of which a part is down answers for the others; what is down says so itself.
    enableReadyCheck: false,
    slotsRefreshTimeout: TIMEOUT_MS / 2,
    // A node that was gone is only tried again once somebody asks where it is.
    slotsRefreshInterval: REFRESH_MS,
    maxRedirections: REDIRECTIONS,
    // Two nodes may name each other while a slot moves: without a delay all attempts are over before they agree.
    retryDelayOnMoved: REDIRECTION_MS,
    // Names stay names: certificates are of names.
    dnsLookup: (host, found) => found(null, host),
  })
}

/** How to reach an address; of a cluster what holds for each of its nodes. */
export function redisOptions(address: RedisAddress): RedisOptions & { readonly replyMapping?: 'legacy' } {
  const { username, password } = address
  return {
    ...placeOf(address),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    connectTimeout: TIMEOUT_MS,
    connectionName: 'bitcohort',
    // Doist's bitmapist-server has no HELLO, and its INFO fails; a Redis that is loading says so to each command.
    protocol: 2,
    enableReadyCheck: false,
    disableClientInfo: true,
  }
}

function placeOf(address: RedisAddress): Pick<RedisOptions, 'host' | 'port' | 'path' | 'db' | 'tls'> {
  switch (address.kind) {
    case 'tcp': {
      const { host, port, tls, db } = address
      return { host, port, db, ...(tls ? { tls: {} } : {}) }
    }
    case 'unix':
      return { path: address.path, db: address.db }
    case 'cluster':
      return address.tls ? { tls: {} } : {}
    default:
      return address satisfies never
  }
}

/** Connects, and logs each change between answering and not answering once; of a cluster that of each node too. */
export function connectRedis(address: RedisAddress, log: Logger): Client {
  const client = openClient(address)
  const down = new Set<string>()
  const tell = (of: Client, label: string) => {
    of.on('ready', () => {
      if (down.delete(label)) log.info(`Redis answers again at ${label}`)
    })
    of.on('error', (error: Error) => {
      if (!down.has(label)) log.error(`Redis does not answer at ${label}: ${reasonOf(error)}`)
      down.add(label)
    })
  }
  tell(client, address.label)
  // A node that comes back is another connection.
  if (isCluster(client)) client.on('+node', (node: Redis) => tell(node, labelOf(node)))
  return client
}

/** Returns once Redis has answered; of a cluster each node that holds slots. */
export async function ping(client: Client): Promise<void> {
  await client.ping()
  if (!isCluster(client)) return
  const nodes = new Map(client.nodes('master').map((node) => [labelOf(node), node]))
  const holders = [...new Set(client.slots.map(([name]) => name ?? ''))]
  const answers = holders.map((name) => nodes.get(name)?.ping() ?? Promise.reject(new Error(GONE)))
  await Promise.all(answers)
}

/** What ioredis says of a node whose connection is closed. */
const GONE = 'Connection is closed.'

function labelOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`
}

function isCluster(client: Client): client is Cluster {
  return client.isCluster
}

/** Of a cluster without any node that answers: what the last one said. */
function reasonOf(error: Error & { readonly lastNodeError?: Error }): string {
  return error.lastNodeError?.message ?? error.message
}
