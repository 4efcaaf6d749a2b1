import { readdir, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MappedIdentity } from '../../lib/bitmapist/identity'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'
import { expectAgreement } from '../fixtures/identity'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const PREFIX = 'p_'
const KEY = `bitcohort:{${PREFIX}}:ids`
const range = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i))
const numbersTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
/** Of a command, and of one in a script. */
const REFUSED = /NOPERM|can't access/
const BEFORE = range(90, (i) => `user-${i}`)
const BATCH = range(240, (i) => `new-${i}`)

describe('a script that dies at its first write to a key', () => {
  let server: PrivateRedis
  let redis: Redis
  let ids: MappedIdentity
  beforeAll(async () => {
    server = await startRedis()
    redis = server.client()
    ids = new MappedIdentity(redis, PREFIX)
  })
  afterAll(() => server?.stop())

  /** One who may write all of the keys but one. */
  async function writerWithout(fatal: string, keys: readonly string[]): Promise<MappedIdentity> {
    const patterns = keys.map((key) => (key === fatal ? `%R~${key}` : `~${key}`))
    await redis.acl('SETUSER', 'half', 'reset', 'on', '>x', '+@all', ...patterns)
    return new MappedIdentity(server.client({ username: 'half', password: 'x' }), PREFIX)
  }

  const hashes = range(11, (i) => `${KEY}:f:${i}`)
  const lists = range(6, (i) => `${KEY}:b:${i}`)
  it.each([KEY, ...hashes, ...lists.slice(1)])('leaves both directions agreeing: %s', async (fatal) => {
    await redis.flushall()
    await ids.assign(BEFORE)
    const half = await writerWithout(fatal, [KEY, ...hashes, ...lists])
    await expect(half.assign(BATCH)).rejects.toThrow(REFUSED)
    const given = (await ids.count()) > 90
    // Where the batch has no numbers, the next try dies while it takes back what the first one left.
    if (!given) await expect(half.assign(BATCH)).rejects.toThrow(REFUSED)
    expect(await ids.count()).toBe(given ? 330 : 90)
    expect(await ids.find(BEFORE)).toEqual(numbersTo(90))
    expect(await ids.find(BATCH)).toEqual(BATCH.map((_, i) => (given ? 91 + i : null)))
    const names = given ? ['new-0', 'new-239'] : [null, null]
    expect(await ids.names([1, 90, 91, 330])).toEqual(['user-0', 'user-89', ...names])

    const others = range(70, (i) => `other-${i}`)
    await ids.assign(others)
    await ids.assign(BATCH)
    const later = given ? [...BATCH, ...others] : [...others, ...BATCH]
    expect((await expectAgreement(redis, PREFIX)).names).toEqual([...BEFORE, ...later])
    // By now every hash has been split again: nothing is left of what had moved.
    await ids.assign(range(2000, (i) => `more-${i}`))
    expect((await expectAgreement(redis, PREFIX)).leftovers).toBe(0)
  })

  it('has its digests beside the count until the next one', async () => {
    await redis.flushall()
    await ids.assign(BEFORE)
    const half = await writerWithout(`${KEY}:f:10`, [KEY, ...hashes, ...lists])
    await expect(half.assign(BATCH)).rejects.toThrow(REFUSED)
    expect(await redis.strlen(KEY)).toBe('90 '.length + 240 * 12)
    await ids.find(BATCH)
    expect(await redis.strlen(KEY)).toBe('90 '.length + 240 * 12)
    await ids.assign(BATCH)
    expect(await redis.get(KEY)).toBe('330')
  })
})

describe('a Redis that is killed while ids are numbered', () => {
  let server: PrivateRedis
  beforeAll(async () => {
    server = await startRedis(['--appendonly', 'yes', '--appendfsync', 'everysec'])
  })
  afterAll(() => server?.stop())

  it('has both directions agreeing when it is back', async () => {
    const [, folder = ''] = await server.client().config('GET', 'dir')
    const appendOnlyFile = () => newest(join(folder, 'appendonlydir'))
    let next = 0
    for (const patienceMs of [5, 20, 50, 90, 140, 200]) {
      const writers = range(3, String).map(async (writer) => {
        const ids = new MappedIdentity(server.client({ retryStrategy: () => null }), PREFIX)
        for (;;) await ids.assign(range(900, () => `${writer}-${next++}`))
      })
      const ended = Promise.allSettled(writers)
      await sleep(patienceMs)
      await server.kill()
      await removeTorn(await appendOnlyFile())
      await server.restart()
      expect((await ended).map(({ status }) => status)).toEqual(range(3, () => 'rejected'))
      await expectAgreement(server.client(), PREFIX)
    }
    expect(await new MappedIdentity(server.client(), PREFIX).count()).toBeGreaterThan(3000)
  })

  it('has them agreeing wherever its file was cut', async () => {
    const redis = server.client()
    const [, folder = ''] = await redis.config('GET', 'dir')
    const count = async () => new MappedIdentity(server.client(), PREFIX).count()
    let last = await count()
    const first = last
    for (const bytes of [1, 7, 600, 3001, 12_345, 50_000, 77_777]) {
      await server.kill()
      const file = await newest(join(folder, 'appendonlydir'))
      await truncate(file, (await stat(file)).size - bytes)
      await server.restart()
      await expectAgreement(server.client(), PREFIX)
      const left = await count()
      expect(left).toBeLessThanOrEqual(last)
      last = left
    }
    expect(last).toBeLessThan(first)
  })
})

/**
 * Removes a transaction that was not written to its end, as `redis-check-aof --fix` does. Redis 7.0 itself leaves its whole
 * commands in the file, appends the next transaction to them, and runs both as one when it starts again.
 */
async function removeTorn(file: string): Promise<void> {
  const bytes = await readFile(file)
  const begin = bytes.lastIndexOf('*1\r\n$5\r\nMULTI\r\n')
  const end = bytes.lastIndexOf('*1\r\n$4\r\nEXEC\r\n')
  if (begin > end) await truncate(file, begin)
}

/** The file that Redis appends to. */
async function newest(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.incr.aof')).sort()
  return join(folder, files.at(-1) ?? '')
}

describe('a slot that moves while ids are numbered', () => {
  let cluster: PrivateCluster
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster?.stop())

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'gives no id another number, after %i of its keys',
    async (moved) => {
      await cluster.flush()
      const client = cluster.client()
      const ids = new MappedIdentity(client, PREFIX)
      await ids.assign(BEFORE)
      await ids.assign(range(100, (i) => `early-${i}`))
      const slot = await cluster.slotOf(KEY)
      const owner = await cluster.ownerOf(slot)
      const move = await cluster.beginMove(slot, (owner + 1) % 3)
      await move.moveKeys(moved)
      const refused = expect.objectContaining({ code: 'REDIS_UNAVAILABLE' })
      for (const [some, from] of [
        [BEFORE, 1],
        [BATCH, 191],
        [BATCH.slice(0, 1), 191],
      ] as const) {
        const outcome = await ids.assign(some).catch((error: Error) => error)
        expect([some.map((_, i) => from + i), refused]).toContainEqual(outcome)
      }
      expect(await ids.names([1, 190])).toEqual(['user-0', 'early-99'])
      await move.finish()
      const numbers = await ids.assign(BATCH)
      expect(numbers).toEqual(BATCH.map((_, i) => 191 + i))
      expect(await ids.find(BEFORE)).toEqual(numbersTo(90))
      expect((await expectAgreement(client, PREFIX)).names).toHaveLength(430)
    },
  )
})
