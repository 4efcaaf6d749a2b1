import fc from 'fast-check'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BitcohortError, Bitmapist, type Mark } from '../../lib/bitmapist'
import { contents as contentsOf } from '../fixtures/contents'
import { codeOf } from '../fixtures/laws'
import { batches, batchesFrom, Model } from '../fixtures/mark-model'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = new Date('2024-12-30T05:30:00Z')

let server: PrivateRedis
let redis: Redis
let bm: Bitmapist

beforeAll(async () => {
  server = await startRedis()
  redis = server.client()
})
afterAll(() => server.stop())
beforeEach(async () => {
  await redis.flushall()
  bm = new Bitmapist({ redis, clock: () => NOW })
})

const contents = (prefix = 'trackist_') => contentsOf(redis, prefix)

async function errorOf(promise: Promise<unknown>): Promise<BitcohortError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof BitcohortError) return error
  throw new Error(`expected a BitcohortError, got ${error}`)
}

describe('Bitmapist.markEvent', () => {
  it('sets day, ISO week and month, now unless told when', async () => {
    await bm.markEvent('active', 123)
    expect(await contents()).toEqual({
      'trackist_active_2024-12': [123],
      'trackist_active_2024-12-30': [123],
      'trackist_active_W2025-1': [123],
    })
  })

  it('sets the hour and the attribute where asked', async () => {
    await bm.markEvent('song:play', 7, {
      time: new Date('2024-02-09T05:59:59.999Z'),
      trackHourly: true,
      trackUnique: true,
    })
    expect(await contents()).toEqual({
      'trackist_song:play_2024-2': [7],
      'trackist_song:play_2024-2-9': [7],
      'trackist_song:play_2024-2-9-5': [7],
      'trackist_song:play_W2024-6': [7],
      'trackist_song:play_u': [7],
    })
  })

  it('tracks what its library tracks, unless the call says otherwise', async () => {
    const hourly = new Bitmapist({
      redis,
      prefix: 'h_',
      clock: () => NOW,
      trackHourly: true,
      trackUnique: true,
    })
    await hourly.markEvent('a', 1)
    await hourly.markEvent('b', 1, { trackHourly: false, trackUnique: false })
    expect(Object.keys(await contents('h_'))).toEqual([
      'h_a_2024-12',
      'h_a_2024-12-30',
      'h_a_2024-12-30-5',
      'h_a_W2025-1',
      'h_a_u',
      'h_b_2024-12',
      'h_b_2024-12-30',
      'h_b_W2025-1',
    ])
  })
})

describe('Bitmapist.unmarkEvent', () => {
  const on = (date: string) => ({ time: new Date(`${date}T12:00:00Z`), trackHourly: true })

  it('clears the day and its hours, and keeps week and month where another day holds the user', async () => {
    await bm.markEvent('a', 5, on('2024-12-30'))
    await bm.markEvent('a', 5, { time: new Date('2024-12-30T23:00:00Z'), trackHourly: true })
    await bm.markEvent('a', 5, on('2024-12-31'))
    await bm.markEvent('a', 5, on('2025-01-01'))
    await bm.unmarkEvent('a', 5, { time: new Date('2024-12-30T00:00:00Z') })
    // The Python library clears W2025-1 and 2024-12 here, although 31 December and 1 January hold the user.
    expect(Object.keys(await contents())).toEqual([
      'trackist_a_2024-12',
      'trackist_a_2024-12-31',
      'trackist_a_2024-12-31-12',
      'trackist_a_2025-1',
      'trackist_a_2025-1-1',
      'trackist_a_2025-1-1-12',
      'trackist_a_W2025-1',
    ])
    await bm.unmarkEvent('a', 5, on('2024-12-31'))
    expect(Object.keys(await contents())).toEqual([
      'trackist_a_2025-1',
      'trackist_a_2025-1-1',
      'trackist_a_2025-1-1-12',
      'trackist_a_W2025-1',
    ])
  })

  it('touches nobody else, and makes no key', async () => {
    await bm.markEvent('a', 4)
    await bm.unmarkEvent('a', 5)
    await bm.unmarkEvent('never', 5, { trackUnique: true })
    await bm.unmarkAttribute('never', 5)
    expect(Object.values(await contents())).toEqual([[4], [4], [4]])
    expect((await redis.keys('*')).filter((key) => !key.startsWith('bitcohort:'))).toHaveLength(3)
  })
})

describe('Bitmapist.mark', () => {
  it('keeps the order of a batch', async () => {
    const mark = (op: 'mark' | 'unmark', user: number): Mark => ({ op, event: 'a', user, time: NOW })
    await bm.mark([mark('mark', 1), mark('unmark', 1), mark('unmark', 2), mark('mark', 2)])
    await bm.mark([
      { attribute: 'paid', user: 1 },
      { op: 'unmark', attribute: 'paid', user: 1 },
      { op: 'unmark', attribute: 'paid', user: 2 },
      { attribute: 'paid', user: 2 },
    ])
    expect(Object.values(await contents())).toEqual([[2], [2], [2], [2]])
  })

  it('writes thousands of users of one key, each once, in any order', async () => {
    const users = Array.from({ length: 5_003 }, (_, i) => (i * 7) % 5_003)
    await bm.mark([...users, ...users].map((user) => ({ event: 'a', user, time: NOW })))
    expect(await bm.getDayEvent('a', NOW).count()).toBe(5_003)
    expect(await redis.bitcount('trackist_a_W2025-1')).toBe(5_003)
  })

  it('takes an empty batch', async () => {
    await bm.mark([])
    expect(await redis.dbsize()).toBe(0)
  })

  it('names every bad mark of a batch, and writes nothing of it', async () => {
    const good = { event: 'a', user: 1 }
    const error = await errorOf(
      bm.mark([
        good,
        { event: '', user: 1 },
        { event: 'a', user: 2 ** 27 },
        { event: 'bitop_AND', user: 1 },
        { attribute: 'a\n', user: 1 },
        { event: 'a', user: 1, time: new Date(Number.NaN) },
        good,
      ]),
    )
    expect(error.code).toBe('BAD_MARKS')
    expect(error.details?.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5])
    expect(error.details?.[1]?.message).toContain('"user" expected integer 0..134217727, got 134217728')
    expect(await redis.dbsize()).toBe(0)
  })

  it.each<[string, object | null | undefined, string]>([
    ['no object', null, '"mark" expected an object, got null'],
    ['a name that is no text', { event: 5, user: 1 }, '"event" expected a name, got 5'],
    ['an attribute that is no text', { attribute: undefined, user: 1 }, '"attribute" expected a name'],
    ['neither event nor attribute', { user: 1 }, '"event" expected a name, got undefined'],
    ['both', { event: 'a', attribute: 'b', user: 1 }, '"mark" expected an event or an attribute, got "both"'],
    ['a user of digits', { event: 'a', user: '1' }, '"user" expected integer 0..134217727, got "1"'],
    [
      'a time that is no Date',
      { event: 'a', user: 1, time: 1.7e9 },
      '"time" expected a Date, got 1700000000',
    ],
    ['another op', { op: 'delete', event: 'a', user: 1 }, '"op" expected mark or unmark, got "delete"'],
  ])('refuses, as programs without types may send, %s', async (_, mark, message) => {
    // What the types forbid.
    const error = await errorOf(bm.mark([mark as unknown as Mark]))
    expect(error.code).toBe('BAD_MARKS')
    expect(error.message).toContain(message)
    expect(error.details?.[0]?.message).toContain(message)
    expect(await redis.dbsize()).toBe(0)
  })

  it.each([[-1], [0.5], [Number.NaN], [Number.POSITIVE_INFINITY], [2 ** 27], [2 ** 32 - 1], [2 ** 53]])(
    'refuses the user %d',
    async (user) => {
      expect((await errorOf(bm.markEvent('a', user))).code).toBe('BAD_MARKS')
      expect((await errorOf(bm.markAttribute('a', user))).code).toBe('BAD_MARKS')
      expect(await redis.dbsize()).toBe(0)
    },
  )

  it('takes the highest user of its limit, and no higher limit than Redis has bits', async () => {
    const small = new Bitmapist({ redis, maxUserId: 99 })
    await small.markEvent('a', 99)
    expect((await errorOf(small.markEvent('a', 100))).code).toBe('BAD_MARKS')
    expect(codeOf(() => new Bitmapist({ redis, maxUserId: 2 ** 32 }))).toBe('BAD_USER')
  })

  it('says which key is in the way where it holds no string', async () => {
    await redis.lpush('trackist_a_2024-12', 'x')
    const error = await errorOf(bm.markEvent('a', 1))
    expect(error.code).toBe('WRONG_TYPE')
    expect(error.message).toContain('trackist_a_2024-12')
  })

  it('agrees with sets of users by day, whatever is marked and unmarked', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(batches, async (plan) => {
        const prefix = `r${run++}_`
        const library = new Bitmapist({ redis, prefix, clock: () => NOW })
        const model = new Model(prefix)
        for (const { marks, ...tracked } of plan) {
          await library.mark(marks, tracked)
          for (const mark of marks) model.apply(mark, tracked)
        }
        expect(await contents(prefix)).toEqual(model.contents())
      }),
      { seed: 20_241_124, numRuns: 150 },
    )
  })

  it.each([
    ['America/Sao_Paulo', '2017-10-13T00:00:00Z'],
    ['Pacific/Apia', '2011-12-28T12:00:00Z'],
    ['Europe/Berlin', '2025-03-28T12:00:00Z'],
    ['Europe/Berlin', '2025-10-24T12:00:00Z'],
    ['Asia/Kolkata', '2024-12-29T00:00:00Z'],
  ])('agrees with them by the clock of %s from %s on', async (timeZone, first) => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(batchesFrom(first), async (plan) => {
        const prefix = `z${run++}_`
        const library = new Bitmapist({ redis, prefix, timeZone, clock: () => NOW })
        const model = new Model(prefix, timeZone)
        for (const { marks, ...tracked } of plan) {
          await library.mark(marks, tracked)
          for (const mark of marks) model.apply(mark, tracked)
        }
        expect(await contents(prefix)).toEqual(model.contents())
      }),
      { seed: 20_241_125, numRuns: 60 },
    )
  })
})
