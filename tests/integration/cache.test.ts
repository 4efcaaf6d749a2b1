import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, type BitmapistOptions, day, parseExpression } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { trackedClients } from '../fixtures/clients'
import { type RedisProxy, startProxy } from '../fixtures/proxy'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const DAY = day(2025, 1, 6)
const EVENT = parseExpression('active')
const KEY = eventKey('trackist_', 'active', DAY)
const MIB = 1024 * 1024

let redis: PrivateRedis
let proxy: RedisProxy
/** Another program, which knows nothing of us. */
let writer: ReturnType<PrivateRedis['client']>
const opened: Bitmapist[] = []
const proxied: Redis[] = []

beforeAll(async () => {
  redis = await startRedis()
  proxy = await startProxy(redis.port)
  writer = redis.client()
})
beforeEach(() => writer.flushall())
afterEach(() => {
  proxy.release()
  for (const bm of opened.splice(0)) bm.close()
  for (const client of proxied.splice(0)) client.disconnect()
})
afterAll(async () => {
  await proxy.stop()
  await redis.stop()
})

function open(options: Partial<BitmapistOptions> = {}): Bitmapist {
  const clock = () => new Date('2025-01-06T12:00:00Z')
  const bm = new Bitmapist({ redis: redis.client(), cacheBytes: 64 * MIB, clock, ...options })
  opened.push(bm)
  return bm
}

/** Over the proxy. */
function openBehindProxy(): Bitmapist {
  const client = new Redis(proxy.port)
  client.on('error', () => {})
  proxied.push(client)
  return open({ redis: client })
}

const count = (bm: Bitmapist) => bm.count(EVENT, DAY)

/** Counts until the answer comes from memory: nothing is kept for a moment after a connection was lost. */
async function countWarm(bm: Bitmapist): Promise<number> {
  for (let i = 0; i < 100; i++) {
    const before = bm.cacheStats().hits
    const users = await count(bm)
    if (bm.cacheStats().hits > before) return users
    await sleep(50)
  }
  throw new Error('nothing is kept')
}

/** Users of the first piece: more than are handed out at once, so that the first comes before all is read. */
const EARLY = 32_768
const MIDDLE = 4 * MIB * 8

/** A bitmap of many pieces: some thousand users at its beginning, and one at its end. */
async function storeLong(): Promise<void> {
  await writer.set(KEY, Buffer.alloc(EARLY / 8, 0xff))
  await writer.setbit(KEY, 8 * MIB * 8 - 1, 1)
}

describe('the cache', () => {
  it('answers from memory what it read once, an absent key too', async () => {
    const bm = open()
    await writer.setbit(KEY, 5, 1)
    expect([await count(bm), await count(bm), await count(bm)]).toEqual([1, 1, 1])
    expect(await bm.count(parseExpression('nobody'), DAY)).toBe(0)
    expect(await bm.count(parseExpression('nobody'), DAY)).toBe(0)
    const { bytes, ...stats } = bm.cacheStats()
    expect(stats).toEqual({ mode: 'tracking', hits: 3, misses: 2, entries: 2, invalidations: 0 })
    expect(bytes).toBeGreaterThan(1024)
  })

  it('holds every mark that another program was told is written', async () => {
    const bm = open()
    await countWarm(bm)
    for (let user = 1; user <= 1000; user++) {
      await writer.setbit(KEY, user * 7, 1)
      expect(await count(bm)).toBe(user)
      if (user % 3 === 0) expect(await count(bm)).toBe(user)
    }
    expect(bm.cacheStats().hits).toBeGreaterThan(300)
  })

  it.each<[string, (key: string) => Promise<unknown>, number]>([
    ['DEL', (key) => writer.del(key), 0],
    ['UNLINK', (key) => writer.unlink(key), 0],
    ['SET', (key) => writer.set(key, Buffer.of(0xff)), 8],
    ['SETRANGE', (key) => writer.setrange(key, 2, Buffer.of(0x03)), 4],
    ['BITFIELD', (key) => writer.bitfield(key, 'SET', 'u1', 9, 1), 3],
    ['BITOP', (key) => writer.bitop('NOT', key, key), 14],
    ['RENAME from it', (key) => writer.rename(key, 'other'), 0],
    ['PEXPIRE', (key) => writer.pexpire(key, 0), 0],
    ['FLUSHDB', () => writer.flushdb(), 0],
    ['FLUSHALL', () => writer.flushall(), 0],
    ['a script', (key) => writer.eval("redis.call('SETBIT', KEYS[1], 100, 1)", 1, key), 3],
    ['a transaction', (key) => writer.multi().setbit(key, 100, 1).setbit(key, 101, 1).exec(), 4],
  ])('knows of %s', async (_, change, after) => {
    const bm = open()
    await writer.set(KEY, Buffer.of(0x81, 0))
    expect(await countWarm(bm)).toBe(2)
    await change(KEY)
    expect(await count(bm)).toBe(after)
    expect(await countWarm(bm)).toBe(after)
  })

  it('knows that a key that was absent is there: by a mark, and by RENAME', async () => {
    const bm = open()
    expect(await countWarm(bm)).toBe(0)
    await bm.markEvent('active', 5)
    expect(await countWarm(bm)).toBe(1)
    await writer.del(KEY)
    expect(await countWarm(bm)).toBe(0)
    await writer.set('other', Buffer.of(0xff))
    await writer.rename('other', KEY)
    expect(await count(bm)).toBe(8)
  })

  it('does not keep a bitmap that changed while it was read', async () => {
    const bm = open()
    await storeLong()
    await bm.count(parseExpression('nobody'), DAY)
    let seen = 0
    for await (const _ of bm.members(EVENT, DAY)) {
      seen++
      if (seen > 1) continue
      // The first piece is read, the last ones are not.
      await writer.setbit(KEY, 2, 0)
      await sleep(20)
    }
    expect(seen).toBe(EARLY + 1)
    expect(await count(bm)).toBe(EARLY)
    expect(await countWarm(bm)).toBe(EARLY)
  })

  it('does not keep what it read before everything was removed', async () => {
    const bm = open()
    await storeLong()
    await bm.count(parseExpression('nobody'), DAY)
    let seen = 0
    for await (const _ of bm.members(EVENT, DAY)) {
      if (seen++ > 0) continue
      await writer.flushdb()
      await sleep(20)
    }
    expect(await count(bm)).toBe(0)
  })

  it('keeps nothing until Redis has told of all that changed while it was read', async () => {
    const bm = openBehindProxy()
    await storeLong()
    await bm.count(parseExpression('nobody'), DAY)
    const walk = bm.members(EVENT, DAY)
    expect((await walk.next()).value).toBe(0)
    proxy.hold('subscribe')
    await writer.setbit(KEY, 2, 0)
    for await (const _ of walk) {
      // To its end: all pieces are read.
    }
    // The news did not come: what was read is not to be trusted.
    expect(bm.cacheStats().entries).toBe(0)
    proxy.release()
    expect(await countWarm(bm)).toBe(EARLY)
  })

  it('reads past what it keeps where the listener does not answer in time', async () => {
    const bm = openBehindProxy()
    await writer.setbit(KEY, 5, 1)
    expect(await countWarm(bm)).toBe(1)
    proxy.hold('subscribe')
    await writer.setbit(KEY, 6, 1)
    expect(await count(bm)).toBe(2)
    await writer.setbit(KEY, 7, 1)
    expect(await count(bm)).toBe(3)
    proxy.release()
    expect(await countWarm(bm)).toBe(3)
  })

  it.each(['listeners', 'readers'] as const)('is right when its %s are killed', async (which) => {
    const bm = open()
    for (let round = 1; round <= 4; round++) {
      await writer.setbit(KEY, round, 1)
      expect(await countWarm(bm)).toBe(round)
      for (const id of (await trackedClients(writer))[which]) await writer.client('KILL', 'ID', id)
      await writer.setbit(KEY, 100, 1)
      expect(await count(bm)).toBe(round + 1)
      await writer.setbit(KEY, 100, 0)
      expect(await count(bm)).toBe(round)
    }
  })

  it('is right when the end of its reader, and so of the tracking, has not come to it yet', async () => {
    const bm = openBehindProxy()
    await writer.setbit(KEY, 5, 1)
    expect(await countWarm(bm)).toBe(1)
    proxy.hold('tracking')
    for (const id of (await trackedClients(writer)).readers) await writer.client('KILL', 'ID', id)
    await writer.setbit(KEY, 6, 1)
    expect(await count(bm)).toBe(2)
  })

  it('is right when its reader is killed while it reads', async () => {
    const bm = open()
    await storeLong()
    await bm.count(parseExpression('nobody'), DAY)
    let seen = 0
    for await (const _ of bm.members(EVENT, DAY)) {
      seen++
      if (seen > 1) continue
      for (const id of (await trackedClients(writer)).readers) await writer.client('KILL', 'ID', id)
      await writer.setbit(KEY, MIDDLE, 1)
    }
    expect(seen).toBe(EARLY + 2)
    await writer.setbit(KEY, 1, 0)
    expect(await count(bm)).toBe(EARLY + 1)
  })

  it('is right when Redis itself is killed and comes back without its data', async () => {
    const bm = open()
    await writer.setbit(KEY, 5, 1)
    expect(await countWarm(bm)).toBe(1)
    await redis.restart()
    expect(await count(bm)).toBe(0)
    await writer.setbit(KEY, 6, 1)
    await writer.setbit(KEY, 7, 1)
    expect(await count(bm)).toBe(2)
    expect(await countWarm(bm)).toBe(2)
  })

  it('follows its client to another database', async () => {
    const client = redis.client()
    const bm = open({ redis: client })
    await writer.setbit(KEY, 5, 1)
    expect(await countWarm(bm)).toBe(1)
    await client.select(1)
    expect(await count(bm)).toBe(0)
    expect(await countWarm(bm)).toBe(0)
    await client.select(0)
    expect(await count(bm)).toBe(1)
  })
})

describe('Bitmapist.cacheStats', () => {
  it('knows the mode once Redis was asked', async () => {
    const bm = open()
    expect(bm.cacheStats().mode).toBe('unknown')
    await bm.check()
    expect(bm.cacheStats()).toMatchObject({ mode: 'tracking', hits: 0, misses: 0 })
  })
})

describe('Bitmapist.close', () => {
  it('closes the two connections that the cache opened, and no others', async () => {
    const before = (await writer.client('LIST')) as string
    const client = redis.client()
    const plain = open({ redis: client, cacheBytes: 0 })
    await count(plain)
    expect(await trackedClients(writer)).toEqual({ listeners: [], readers: [] })
    const bm = open({ redis: client })
    await countWarm(bm)
    const { listeners, readers } = await trackedClients(writer)
    expect([listeners.length, readers.length]).toEqual([1, 1])
    bm.close()
    bm.close()
    await sleep(50)
    expect(await trackedClients(writer)).toEqual({ listeners: [], readers: [] })
    expect(await count(bm)).toBe(0)
    expect(before).toContain('id=')
    expect(bm.cacheStats()).toMatchObject({ bytes: 0, entries: 0 })
    expect(plain.cacheStats()).toMatchObject({ mode: 'off', hits: 0 })
  })
})
