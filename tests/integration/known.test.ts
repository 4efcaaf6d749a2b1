import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { type PrivateRedis, startRedis } from '../fixtures/redis'
import { Clock, watchScans } from '../fixtures/scans'

const KNOWN = 'bitcohort:{t_}:known'
const ADOPTED = 'bitcohort:{t_}:known:adopted'
const JANUARY = parsePeriod('2025-01')
const time = new Date('2025-01-06')

let redis: PrivateRedis
let raw: Redis

beforeAll(async () => {
  redis = await startRedis()
  raw = redis.client()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  await raw.flushall()
})

/** To a process whose clock stands still every look at the data takes a moment, and is an old one at once. */
const still = new Clock()
const open = (options = {}) =>
  new Bitmapist({ redis: redis.client(), prefix: 't_', clock: still.now, ...options })

/** The users in a bitmap, by its bits alone. */
async function usersIn(key: string): Promise<readonly number[]> {
  const bytes = (await raw.getBuffer(key)) ?? Buffer.alloc(0)
  return [...bytes].flatMap((byte, i) =>
    [...Array(8).keys()].filter((bit) => byte & (0x80 >> bit)).map((bit) => i * 8 + bit),
  )
}

async function who(bm: Bitmapist, text: string): Promise<readonly number[]> {
  const users: number[] = []
  for await (const id of bm.members(parseExpression(text), JANUARY)) users.push(id)
  return users
}

const knownAsOf = async (bm: Bitmapist) => (await bm.usersOf(parseExpression('!a'), JANUARY)).knownAsOf

describe('everyone known', () => {
  it('is noted beside the marks, attributes alone too, and not beside what takes them back', async () => {
    const bm = open()
    await bm.mark([
      { event: 'a', user: 3, time },
      { attribute: 'paid', user: 9 },
      { op: 'unmark', event: 'a', user: 20, time },
    ])
    await bm.markEvent('b', 11, { time, trackUnique: true })
    expect(await usersIn(KNOWN)).toEqual([3, 9, 11])
    expect(await who(bm, '!a')).toEqual([9, 11])
    expect(await raw.exists(ADOPTED)).toBe(0)
  })

  it('was ever marked, though all of it was taken back', async () => {
    const bm = open()
    await bm.markEvent('a', 3, { time })
    await bm.markAttribute('paid', 4)
    await bm.unmarkEvent('a', 3, { time })
    await bm.unmarkAttribute('paid', 4)
    expect(await who(bm, '!a')).toEqual([3, 4])
  })

  it('has whom others mark, as of each answer', async () => {
    const bm = open()
    await bm.markEvent('a', 3, { time })
    await raw.setbit('t_a_2025-1', 5, 1)
    await raw.setbit('t_b_2024-7', 8_000_000, 1)
    await raw.setbit('t_paid_u', 6, 1)
    expect(await who(bm, '!a')).toEqual([6, 8_000_000])
    expect(await bm.count(parseExpression('!b'), JANUARY)).toBe(4)
    // In keys that are there, and in new ones.
    await raw.setbit('t_b_2024-7', 7, 1)
    await raw.setbit('t_c_2024-8', 4_000_000, 1)
    expect(await who(bm, '!a')).toEqual([6, 7, 4_000_000, 8_000_000])
    await raw.setbit('t_b_2024-7', 7, 0)
    expect(await bm.getAttribute('paid').not().has(7)).toBe(true)
    expect(await bm.dots([5, 6, 10], { expression: parseExpression('!a'), periods: [JANUARY] })).toEqual([
      [false],
      [true],
      [false],
    ])
  })

  it('is not looked for where no answer needs it', async () => {
    const bm = open()
    await raw.setbit('t_a_2025-1', 5, 1)
    expect(await bm.count(parseExpression('a & !b'), JANUARY)).toBe(1)
    const table = await bm.retention({
      start: parseExpression('a'),
      return: parseExpression('!b'),
      first: JANUARY,
      rows: 1,
      columns: 1,
    })
    expect(table).not.toHaveProperty('knownAsOf')
    expect(await raw.exists(ADOPTED)).toBe(0)
  })

  it('is the same whoever of several processes adopts, at once', async () => {
    const users = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 2_000_003)
    for (const [i, user] of users.entries()) await raw.setbit(`t_a${i % 40}_2025-1`, user, 1)
    const wanted = [...users].sort((a, b) => a - b)
    const answers = await Promise.all(Array.from({ length: 6 }, () => who(open(), '!x')))
    for (const answer of answers) expect(answer).toEqual(wanted)
    expect(await usersIn(ADOPTED)).toEqual(wanted)
  })

  it('may rest on more months than a report may read', async () => {
    // 2,500 years of months, of which nearly none has a key.
    for (const [key, user] of [
      ['t_a_1000-1', 1],
      ['t_a_3499-12', 2],
      ['t_b_2025-1', 3],
    ] as const)
      await raw.setbit(key, user, 1)
    const bm = open({ maxKeys: 20_000 })
    expect(await who(bm, '!b')).toEqual([1, 2])
    await raw.setbit('t_a_3000-7', 700_000, 1)
    expect(await who(bm, '!b')).toEqual([1, 2, 700_000])
  })

  it('is everybody who has a number, where ids are mapped', async () => {
    const bm = new Bitmapist({ redis: redis.client(), prefix: 't_', idMode: 'mapped', clock: still.now })
    await bm.mark(['x', 'y', 'z'].map((user) => ({ event: user === 'y' ? 'a' : 'b', user, time })))
    const set = await bm.usersOf(parseExpression('!a'), JANUARY)
    expect((await set.page({ after: null, limit: 9 })).users).toEqual(['x', 'z'])
    expect(set.knownAsOf).toBe('2025-01-31T12:00:00Z')
    expect(await raw.exists(KNOWN, ADOPTED)).toBe(0)
  })
})

describe('everyone known, where looking for them takes long', () => {
  /** A process whose clock passes a second with each look at the keys of everyone. */
  function slowProcess(clock: Clock) {
    const client = redis.client()
    const pipeline = client.pipeline.bind(client)
    const slow = () => {
      clock.pass(200)
      return pipeline()
    }
    const watched = watchScans(client, () => clock.pass(1000))
    return open({ redis: Object.assign(watched.client, { pipeline: slow }), clock: clock.now })
  }

  it('is waited for once, and then adopted behind the answers; our own marks are always in it', async () => {
    const clock = new Clock()
    const bm = slowProcess(clock)
    await raw.setbit('t_a_2024-1', 5, 1)
    await raw.setbit('t_b_2024-1', 6, 1)
    expect(await who(bm, '!x')).toEqual([5, 6])
    const first = await knownAsOf(bm)
    await raw.setbit('t_a_2024-1', 7, 1)
    await open().markEvent('a', 8, { time })
    expect(await who(bm, '!x')).toEqual([5, 6, 8])
    expect(await knownAsOf(bm)).toBe(first)
    clock.pass(120_000)
    // The first answer after two minutes still rests on what was known.
    await expect.poll(() => who(bm, '!x')).toEqual([5, 6, 7, 8])
    expect(Date.parse((await knownAsOf(bm)) ?? '')).toBeGreaterThanOrEqual(Date.parse(first ?? '') + 120_000)
  })
})

describe('a process that can write nothing of its own', () => {
  it('takes the months and attributes for everyone', async () => {
    await raw.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '&*', '+@read', '+@connection', '-@write')
    await open().markEvent('a', 3, { time })
    await raw.setbit('t_b_2025-1', 4, 1)
    await raw.setbit('t_paid_u', 5, 1)
    const reader = open({
      redis: redis.client({ username: 'reader', password: 'pw', enableReadyCheck: false }),
    })
    expect(await who(reader, '!a')).toEqual([4, 5])
    expect(await reader.getAttribute('paid').not().has(3)).toBe(true)
    expect(await raw.exists(ADOPTED)).toBe(0)
    await raw.setbit('t_b_2025-1', 9, 1)
    expect(await who(reader, '!a')).toEqual([4, 5, 9])
  })
})
