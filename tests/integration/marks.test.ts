import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, type Mark } from '../../lib/bitmapist'
import { type Random, seededRandom } from '../../scripts/sample/random'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const HOUR_MS = 3_600_000
/** Across a leap day, and across the ends of a year, an ISO year and a month. */
const SPANS = [
  ['2024-02-26', 7],
  ['2024-12-26', 14],
] as const
const EVENTS = ['active', 'song:play', 'odd_2024-2', 'W2024-1']
/** The first and last bits of bytes, and ids beyond one block of 256 KiB. */
const USERS = [0, 1, 7, 8, 9, 15, 16, 63, 64, 1000, 2_097_151, 2_097_152, 2_500_000]

let server: PrivateRedis
let redis: Redis

beforeAll(async () => {
  server = await startRedis()
  redis = server.client()
})
afterAll(() => server.stop())

function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item
}

function randomMark(random: Random): Mark {
  const [from, days] = oneOf(random, SPANS)
  const time = new Date(Date.parse(from) + Math.floor(random() * days * 24) * HOUR_MS + 59_999)
  return { event: oneOf(random, EVENTS), user: oneOf(random, USERS), time }
}

describe('Bitmapist.mark', () => {
  it('changes nothing when it is sent again', async () => {
    const bitmapist = new Bitmapist({ redis, prefix: 'again_' })
    const random = seededRandom(7)
    const marks = Array.from({ length: 500 }, () => randomMark(random))
    const digest = async () => {
      const keys = (await redis.keys('again_*')).sort()
      return Promise.all(keys.map(async (key) => [key, (await redis.getBuffer(key))?.toString('hex')]))
    }
    await bitmapist.mark(marks)
    const once = await digest()
    await bitmapist.mark(marks)
    expect(await digest()).toEqual(once)
    expect(once.length).toBeGreaterThan(50)
  })

  const time = new Date('2025-01-06T10:00:00Z')
  const good: Mark = { event: 'active', user: 1, time }
  it.each<[string, Mark]>([
    ['an id below 0', { ...good, user: -1 }],
    ['an id that is no integer', { ...good, user: 1.5 }],
    ['an id that is no number', { ...good, user: Number.NaN }],
    ['an id one over the limit', { ...good, user: 2 ** 27 }],
    ['the id 2³²−1', { ...good, user: 2 ** 32 - 1 }],
    ['an attribute of an id over the limit', { attribute: 'paid', user: 2 ** 27 }],
    ['an unmark of an id over the limit', { ...good, op: 'unmark', user: 2 ** 27 }],
    ['a time that is none', { ...good, time: new Date('yesterday') }],
    ['a time outside the years 1 to 9999', { ...good, time: new Date(8e15) }],
    ['an empty name', { ...good, event: '' }],
    ['a name with a NUL', { ...good, event: 'a\0b' }],
    ['a name of the Python library’s temporary keys', { ...good, event: 'bitop_x' }],
    ['an attribute with a line feed', { attribute: 'a\nb', user: 1 }],
  ])('writes nothing of a batch with %s', async (_, bad) => {
    const bitmapist = new Bitmapist({ redis, prefix: 'refused_' })
    await redis.config('RESETSTAT')
    const refusal = { code: 'BAD_MARKS', field: 'marks', details: [{ index: 2 }] }
    await expect(bitmapist.mark([good, good, bad, good])).rejects.toMatchObject(refusal)
    const stats = await redis.info('commandstats')
    expect(stats).not.toMatch(/cmdstat_(setbit|bitfield|set|getbit):/)
    expect(await redis.keys('refused_*')).toEqual([])
  })

  it('takes an id at the limit, and none over it, by whichever call', async () => {
    const bitmapist = new Bitmapist({ redis, prefix: 'limit_', maxUserId: 100_000 })
    await bitmapist.markEvent('active', 100_000, { time })
    expect(await bitmapist.getDayEvent('active', time).count()).toBe(1)
    await redis.config('RESETSTAT')
    for (const call of [
      () => bitmapist.markEvent('active', 100_001, { time }),
      () => bitmapist.unmarkEvent('active', 100_001, { time }),
      () => bitmapist.markAttribute('paid', 100_001),
      () => bitmapist.unmarkAttribute('paid', 100_001),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'BAD_MARKS',
        details: [
          { index: 0, message: expect.stringContaining('"user" expected integer 0..100000, got 100001') },
        ],
      })
    expect(await redis.info('commandstats')).not.toMatch(/cmdstat_(setbit|bitfield|getbit):/)
    expect(() => new Bitmapist({ redis, maxUserId: 2 ** 32 })).toThrow('"maxUserId" expected integer')
  })
})
