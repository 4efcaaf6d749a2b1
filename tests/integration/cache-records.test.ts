import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, day, parseExpression } from '../../lib/bitmapist'
import { eventKey, ownKey } from '../../lib/bitmapist/key'
import { trackedClients } from '../fixtures/clients'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = new Date('2025-01-09T12:00:00Z')
const PREFIX = 'trackist_'
const active = parseExpression('active')
const REQUEST = { start: active, return: active, first: day(2025, 1, 6), rows: 4, columns: 4 }

let redis: PrivateRedis
let writer: Redis
const opened: Bitmapist[] = []

beforeAll(async () => {
  redis = await startRedis()
  writer = redis.client()
})
beforeEach(() => writer.flushall())
afterEach(() => {
  for (const bm of opened.splice(0)) bm.close()
})
afterAll(() => redis.stop())

function open(client = redis.client()): Bitmapist {
  const bm = new Bitmapist({ redis: client, cacheBytes: 64 * 1024 * 1024, clock: () => NOW })
  opened.push(bm)
  return bm
}

/** Notes a scan that is good for the time of the test: what a process of ours does not announce is not found. */
async function scanned(): Promise<void> {
  await writer.hset(ownKey(PREFIX, 'scan'), { asOf: NOW.getTime() - 100, took: 100 })
}

const dataOf = async (bm: Bitmapist) => {
  const { dataFrom, dataTo } = await bm.retention(REQUEST)
  return [dataFrom, dataTo]
}

/** How often each command was run meanwhile, by all. */
async function commandsOf(run: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  await writer.config('RESETSTAT')
  await run()
  const lines = String(await writer.info('commandstats')).matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)
  const counts = [...lines].map(([, name = '', calls]) => [name, Number(calls)] as const)
  return Object.fromEntries(counts.filter(([name]) => !['config|resetstat', 'info'].includes(name)))
}

async function repeat(times: number, run: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times; i++) await run(i)
}

/** Reports until what there is is not asked for any more. */
async function warm(bm: Bitmapist): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const commands = await commandsOf(() => bm.retention(REQUEST))
    if (!('hmget' in commands)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('it is asked for each time')
}

const mark = (bm: Bitmapist, time: string, event = 'active') =>
  bm.mark([{ event, user: 1, time: new Date(`${time}T10:00:00Z`) }])

describe('a report of which everything is kept', () => {
  it('asks each of its two connections once, and nothing else', async () => {
    const bm = open()
    await mark(bm, '2025-01-06')
    await scanned()
    await warm(bm)
    expect(await commandsOf(() => repeat(10, () => bm.retention(REQUEST)))).toEqual({ ping: 20 })
  })

  it('knows of what another process announced before', async () => {
    const [bm, other] = [open(), open()]
    await mark(other, '2025-01-06')
    await scanned()
    for (let days = 5; days > 0; days--) {
      await warm(bm)
      await mark(other, `2024-12-0${days}`)
      expect(await dataOf(bm)).toEqual([`2024-12-0${days}`, '2025-01-06'])
    }
  })

  it('holds no more than what is left where another process deleted', async () => {
    const [bm, other] = [open(), open()]
    await mark(other, '2025-01-06')
    await mark(other, '2025-01-08')
    await scanned()
    await warm(bm)
    await other.deletePeriod(day(2025, 1, 8))
    expect(await dataOf(bm)).toEqual(['2025-01-06', '2025-01-06'])
    await warm(bm)
    await other.deleteAllEvents()
    expect(await dataOf(bm)).toEqual([null, null])
  })

  it('knows of keys that another program wrote once another process has found them', async () => {
    const [bm, other] = [open(), open()]
    await mark(other, '2025-01-06')
    await scanned()
    await warm(bm)
    await writer.setbit(eventKey(PREFIX, 'active', day(2024, 12, 1)), 3, 1)
    await other.rescan()
    expect(await dataOf(bm)).toEqual(['2024-12-01', '2025-01-06'])
  })

  it('refuses settings that have come to be others', async () => {
    const bm = open()
    await mark(bm, '2025-01-06')
    await scanned()
    await warm(bm)
    const key = ownKey(PREFIX, 'meta')
    const text = await writer.get(key)
    await writer.set(key, String(text).replace('"UTC"', '"Europe/Berlin"'))
    for (let i = 0; i < 3; i++) await expect(dataOf(bm)).rejects.toMatchObject({ code: 'BAD_SETTINGS' })
    await writer.set(key, String(text))
    expect(await dataOf(bm)).toEqual(['2025-01-06', '2025-01-06'])
  })

  it.each(['listeners', 'readers'] as const)('is right when its %s are killed', async (which) => {
    const [bm, other] = [open(), open()]
    await mark(other, '2025-01-06')
    await scanned()
    for (let days = 3; days > 0; days--) {
      await warm(bm)
      for (const id of (await trackedClients(writer))[which]) await writer.client('KILL', 'ID', id)
      await mark(other, `2024-12-0${days}`)
      expect(await dataOf(bm)).toEqual([`2024-12-0${days}`, '2025-01-06'])
    }
  })

  it('is right when Redis comes back without its data, and in another database', async () => {
    const client = redis.client()
    const [bm, other] = [open(client), open()]
    await mark(other, '2025-01-06')
    await scanned()
    await warm(bm)
    await client.select(1)
    expect(await dataOf(bm)).toEqual([null, null])
    await client.select(0)
    expect(await dataOf(bm)).toEqual(['2025-01-06', '2025-01-06'])
    await warm(bm)
    await redis.restart()
    expect(await dataOf(bm)).toEqual([null, null])
  })
})
