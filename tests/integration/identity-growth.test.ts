import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MappedIdentity } from '../../lib/bitmapist/identity'
import { startChild } from '../fixtures/child'
import { expectAgreement } from '../fixtures/identity'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let server: PrivateRedis
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = server.client()
})
afterAll(() => server?.stop())
afterEach(() => redis.flushall())

const PREFIX = 'p_'
const range = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i))
const numbersTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
const uuidOf = (i: number) =>
  createHash('md5')
    .update(String(i))
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

describe('MappedIdentity with 200,000 users', () => {
  it('finds all of them, in hashes and lists that Redis packs', async () => {
    const ids = new MappedIdentity(redis, PREFIX)
    const all = range(200_000, uuidOf)
    for (let at = 0; at < all.length; at += 20_000) await ids.assign(all.slice(at, at + 20_000))
    expect(await ids.count()).toBe(200_000)
    expect(await ids.assign(all)).toEqual(numbersTo(200_000))
    expect(await ids.find(all)).toEqual(numbersTo(200_000))
    expect(await ids.names(numbersTo(200_000))).toEqual(all)
    const { names, leftovers } = await expectAgreement(redis, PREFIX)
    expect(names).toEqual(all)
    expect(leftovers).toBe(0)
    expect(await encodings('f')).toEqual({ listpack: 1 + 200_000 / 32 })
    expect(await encodings('b')).toEqual({ quicklist: 200_000 / 64 })
  })

  async function encodings(kind: string): Promise<Record<string, number>> {
    const pipeline = redis.pipeline()
    for (const key of await redis.keys(`*:ids:${kind}:*`)) pipeline.object('ENCODING', key)
    const counts: Record<string, number> = {}
    for (const [, name] of (await pipeline.exec()) ?? [])
      counts[String(name)] = (counts[String(name)] ?? 0) + 1
    return counts
  }

  it.each([
    ['UUIDs', uuidOf],
    ['mail addresses', (i: number) => `user${i}@example.org`],
    ['64-bit numbers', (i: number) => String(10n ** 18n + BigInt(i) * 7919n)],
  ])('takes 60 bytes a user at most besides their own, for %s', async (_, idOf) => {
    const all = range(200_000, idOf)
    const before = await usedMemory()
    for (const users of [100_000, 200_000]) {
      const some = all.slice(0, users)
      // Not by the client that measures: the server keeps buffers for whoever sends much.
      const writer = server.client()
      await new MappedIdentity(writer, PREFIX).assign(some)
      await writer.quit()
      const own = some.reduce((sum, id) => sum + id.length, 0)
      expect(((await usedMemory()) - before - own) / users).toBeLessThan(60)
    }
  })

  async function usedMemory(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
  }
})

describe('MappedIdentity in four processes at once', () => {
  it('gives 50,000 ids the numbers 1 to 50,000, the same ones to each', async () => {
    const writers = [0, 12_500, 25_000, 37_500].map((from) =>
      startChild('identity-writer.ts', [server.url, PREFIX, 50_000, from]),
    )
    await Promise.all(writers.map(({ ready }) => ready))
    for (const { go } of writers) go()
    const [first = [], ...others] = await Promise.all(
      writers.map(async ({ answer }): Promise<number[]> => JSON.parse(await answer)),
    )
    for (const other of others) expect(other).toEqual(first)
    expect([...first].sort((a, b) => a - b)).toEqual(numbersTo(50_000))
    const { names } = await expectAgreement(redis, PREFIX)
    expect(first.map((number) => names[number - 1])).toEqual(range(50_000, (i) => `user-${i}`))
  })
})
