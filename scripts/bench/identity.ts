import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { MappedIdentity } from '../../lib/bitmapist/identity'

export interface IdentityFigures {
  readonly users: number
  /** From ids to numbers: bytes a user. */
  readonly forwardBytes: number
  /** Both directions: bytes a user besides the ids' own length. */
  readonly totalBytes: number
  readonly newPerSecond: number
  readonly knownPerSecond: number
}

const PREFIX = 'bench_identity_'
const IDS_A_BATCH = 50_000
const KEYS_A_TRIP = 1000

/** What numbering UUIDs costs a server that nobody else uses meanwhile; leaves nothing there. */
export async function benchIdentity(redis: Redis, users: number): Promise<IdentityFigures> {
  const batches = Array.from({ length: Math.ceil(users / IDS_A_BATCH) }, (_, k) =>
    uuids(k * IDS_A_BATCH, Math.min(users, (k + 1) * IDS_A_BATCH)),
  )
  const before = await usedMemory(redis)
  // Not by the connection that measures: the server keeps buffers for whoever sends much.
  const writer = redis.duplicate()
  const identity = new MappedIdentity(writer, PREFIX)
  const [newPerSecond, knownPerSecond] = [
    await perSecond(identity, batches),
    await perSecond(identity, batches),
  ]
  await writer.quit()
  const both = await usedMemory(redis)
  await drop(redis, `bitcohort:{${PREFIX}}:ids:b:*`)
  const forward = await usedMemory(redis)
  await drop(redis, `bitcohort:{${PREFIX}}:ids*`)
  const own = batches.flat().reduce((sum, id) => sum + id.length, 0)
  return {
    users,
    forwardBytes: (forward - before) / users,
    totalBytes: (both - before - own) / users,
    newPerSecond,
    knownPerSecond,
  }
}

async function perSecond(identity: MappedIdentity, batches: readonly (readonly string[])[]): Promise<number> {
  const begin = performance.now()
  for (const batch of batches) await identity.assign(batch)
  return (batches.flat().length / (performance.now() - begin)) * 1000
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
}

/** DEL, for UNLINK frees later. */
async function drop(redis: Redis, pattern: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: pattern, count: KEYS_A_TRIP }))
    if (keys.length > 0) await redis.del(...keys)
}

/** The same ones each time, in no order. */
function uuids(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, i) =>
    createHash('md5')
      .update(String(from + i))
      .digest('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  )
}
