import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, event, offset, periodAt } from '../../lib/bitmapist'
import { collect } from '../fixtures/golden'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const now = new Date('2024-11-24T12:00:00Z')
const clock = () => now
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000)

let server: PrivateRedis
let redis: Redis
let bm: Bitmapist
beforeAll(async () => {
  server = await startRedis()
  redis = server.client()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  await redis.flushall()
  bm = new Bitmapist({ redis, clock })
})

// What bitmapist4's README shows beyond that of bitmapist, as docs/library.md has it.
describe('bitmapist4’s README', () => {
  it('has instances with settings of their own', async () => {
    const b = new Bitmapist({ redis, clock, prefix: 'bitmapist_', trackUnique: true })
    await b.markEvent('premium', 1)
    expect(await b.getAttribute('premium').has(1)).toBe(true)
    expect(await redis.exists('bitmapist_premium_u', 'bitmapist_premium_2024-11')).toBe(2)
    expect(await bm.getAttribute('premium').has(1)).toBe(false)
  })

  it('asks about any month', async () => {
    await bm.markEvent('active', 123, { time: new Date('2018-01-01T00:00:00Z') })
    const january = bm.getMonthEvent('active').fromDate(new Date('2018-01-01T00:00:00Z'))
    expect(await january.count()).toBe(1)
    expect(await january.and(january.prev()).count()).toBe(0)
  })

  it('writes many marks at once', async () => {
    const batch = bm.batch()
    for (const id of [1, 2, 3]) batch.markEvent('active', id)
    expect(await bm.getDayEvent('active').count()).toBe(0)
    expect(await batch.flush()).toBe(3)
    expect(await bm.getDayEvent('active').count()).toBe(3)
  })

  it('counts events over time', async () => {
    for (const [id, days] of [0, 1, 2, 30].entries()) await bm.markEvent('active', id, { time: ago(days) })
    expect(await collect(bm.getEventsOverTime('active', 'day', 2))).toEqual([0, 1, 2])
  })

  it('has a table of five weeks whose last row has one cell', async () => {
    const weeks = [28, 21, 14, 7, 0].map(ago)
    for (const [id, time] of weeks.entries()) {
      await bm.markEvent('registered', id, { time })
      for (const later of weeks.slice(id)) await bm.markEvent('active', id, { time: later })
    }
    const { rows } = await bm.retention({
      start: event('registered'),
      return: event('active'),
      first: offset(periodAt('week', now), -4),
      rows: 5,
      columns: 5,
    })
    const none = null
    expect(rows.map(({ label, size, cells }) => [label, size, ...cells.map(({ count }) => count)])).toEqual([
      ['2024-W43', 1, 1, 1, 1, 1, 1],
      ['2024-W44', 1, 1, 1, 1, 1, none],
      ['2024-W45', 1, 1, 1, 1, none, none],
      ['2024-W46', 1, 1, 1, none, none, none],
      ['2024-W47', 1, 1, none, none, none, none],
    ])
  })
})
