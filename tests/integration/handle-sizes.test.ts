import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bitmap, Bitmapist, parsePeriod, startOf } from '../../lib/bitmapist'
import { collect } from '../fixtures/golden'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = new Date('2024-02-09T05:30:00Z')

let server: PrivateRedis
let redis: ReturnType<PrivateRedis['client']>
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

describe('Bitmap', () => {
  const USERS = Array.from({ length: 500 }, (_, i) => i * 3)

  beforeEach(async () => {
    await bm.mark(USERS.map((user, i) => ({ event: `e${i}`, user, time: NOW })))
  })

  it('may have more parts than an expression that somebody writes', async () => {
    const any = bm.bitOpOr(...USERS.map((_, i) => bm.getDayEvent(`e${i}`)))
    expect(await any.count()).toBe(500)
    expect([await any.has(1497), await any.has(1498), await any.hasEventsMarked()]).toEqual([
      true,
      false,
      true,
    ])
    expect(await collect(any)).toEqual(USERS)
    expect(await bm.bitOpAnd(...USERS.map((_, i) => bm.getDayEvent(`e${i}`))).count()).toBe(0)
  })

  it.each([1_000, 5_000])('may be %i levels deep', async (levels) => {
    let deep: Bitmap = bm.getDayEvent('e0')
    const users = new Set([0])
    for (let i = 1; i < levels; i++) {
      const [part, user] = [bm.getDayEvent(`e${i % 500}`), (i % 500) * 3]
      deep = i % 3 === 0 ? deep.minus(part) : i % 3 === 1 ? deep.or(part) : deep.xor(part)
      if (i % 3 === 1 || (i % 3 === 2 && !users.has(user))) users.add(user)
      else users.delete(user)
    }
    expect(await collect(deep)).toEqual([...users].sort((a, b) => a - b))
    expect(await deep.count()).toBe(users.size)
    for (const user of USERS.slice(0, 5)) expect(await deep.has(user)).toBe(users.has(user))
    expect(deep.equals(deep.delta(0))).toBe(true)
    expect(String(deep.not())).toBe(`!(${deep})`)
  })

  it('may hold one part many times over', async () => {
    let shared: Bitmap = bm.getDayEvent('e0')
    for (let i = 0; i < 1_000; i++) shared = shared.not().xor(shared.minus(bm.getDayEvent('e1')))
    expect(await shared.hasEventsMarked()).toBe(true)
  })

  it('is of texts where ids are mapped', async () => {
    const mapped = new Bitmapist({ redis, prefix: 'm_', idMode: 'mapped', clock: () => NOW })
    await mapped.mark(['ann', 'bob', 'cat'].map((user) => ({ event: 'a', user })))
    await mapped.markUnique('paid', 'bob')
    const paid = mapped.getDayEvent('a').and(mapped.getUniqueEvent('paid'))
    expect(await collect(paid)).toEqual(['bob'])
    expect([await paid.has('bob'), await paid.has('ann'), await paid.has('zoe')]).toEqual([
      true,
      false,
      false,
    ])
    expect(await collect(paid.not())).toEqual(['ann', 'cat'])
    await mapped.unmarkUnique('paid', 'bob')
    expect(await paid.count()).toBe(0)
  })

  it('reads a period the zone does not have as empty', async () => {
    const apia = new Bitmapist({ redis, prefix: 'apia_', timeZone: 'Pacific/Apia', clock: () => NOW })
    await apia.markEvent('a', 1, { time: startOf(parsePeriod('2011-12-31')) })
    expect(await apia.getEvent('a', parsePeriod('2011-12-30')).count()).toBe(0)
  })
})
