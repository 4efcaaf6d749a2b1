import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  Bitmapist,
  between,
  ceiling,
  event,
  floor,
  offset,
  type Period,
  parsePeriod,
  periodAt,
  startOf,
} from '../../lib/bitmapist'
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

describe('docs/migrating-from-bitmapist.md', () => {
  it('carries marks over to mapped ids under another prefix', async () => {
    const from = bm
    for (const [user, days] of [0, 1, 40, 400].entries())
      await from.markEvent('active', user, { time: ago(days), trackUnique: user === 2 })
    await from.markEvent('active', 0, { time: ago(40) })
    const to = new Bitmapist({ redis, prefix: 'app_', idMode: 'mapped', clock })
    const nameOf = (id: number) => `account-${id}`

    async function* marksOf(name: string, day: Period) {
      for await (const id of from.getEvent(name, day))
        yield { event: name, user: nameOf(id), time: startOf(day, from.zone) }
    }
    async function* holdersOf(attribute: string) {
      for await (const id of from.getAttribute(attribute)) yield { attribute, user: nameOf(id) }
    }
    const { events, attributes } = await from.rescan()
    for (const { name, first, last } of events)
      for (const day of between(
        floor('day', parsePeriod(first)),
        ceiling('day', parsePeriod(last)),
        from.zone,
      ))
        await to.markAll(marksOf(name, day))
    for (const name of attributes) await to.markAll(holdersOf(name))

    expect(await collect(to.getMonthEvent('active'))).toEqual(['account-0', 'account-1'])
    const october = await collect(to.getMonthEvent('active', ago(40)))
    expect([...october].sort()).toEqual(['account-0', 'account-2'])
    expect(await collect(to.getWeekEvent('active', ago(400)))).toEqual(['account-3'])
    expect(await collect(to.getAttribute('active'))).toEqual(['account-2'])
  })
})
