import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  and,
  BitcohortError,
  Bitmapist,
  endOf,
  event,
  month,
  offset,
  parseExpression,
  periodAt,
  rateOf,
  week,
} from '../../lib/bitmapist'
import { collect } from '../fixtures/golden'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

/** A Sunday: the day after begins another week. */
const now = new Date('2024-11-24T12:00:00Z')
const lastMonth = new Date(now.getTime() - 30 * 86_400_000)
const clock = () => now

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

const keys = async () => (await redis.keys('trackist_*')).sort()

// Each example of the Python library's README, as docs/library.md has it.
describe('bitmapist’s README', () => {
  it('marks user 123 as active, and that a song was played', async () => {
    await bm.markEvent('active', 123)
    await bm.markEvent('song:played', 123)
    // Answer if user 123 has been active this month
    expect(await bm.getMonthEvent('active').has(123)).toBe(true)
    expect(await bm.getMonthEvent('song:played').has(123)).toBe(true)
    expect(await bm.getMonthEvent('active').hasEventsMarked()).toBe(true)
    expect(await bm.getMonthEvent('active', lastMonth).hasEventsMarked()).toBe(false)
  })

  it('counts, iterates and lists the users active this week', async () => {
    for (const id of [123, 7, 124]) await bm.markEvent('active', id)
    await bm.markEvent('active', 9, { time: new Date('2024-11-25T00:00:00Z') })
    const thisWeek = bm.getWeekEvent('active')
    expect(await thisWeek.count()).toBe(3)
    const ids: number[] = []
    for await (const id of thisWeek) ids.push(id)
    expect(ids).toEqual([7, 123, 124])
    // Python: WeekEvents('active', now.year, now.isocalendar()[1]), which is another week around New Year.
    expect(bm.getEvent('active', week(2024, 47)).equals(thisWeek)).toBe(true)
  })

  it('has one handle for now and for a given month or date', () => {
    expect(bm.getMonthEvent('active').equals(bm.getEvent('active', month(2024, 11)))).toBe(true)
    expect(bm.getMonthEvent('active').fromDate(now).equals(bm.getMonthEvent('active', now))).toBe(true)
    expect(bm.getMonthEvent('active').equals(bm.getMonthEvent('active', lastMonth))).toBe(false)
  })

  it('walks to the periods before and after', () => {
    const current = bm.getMonthEvent('active')
    expect([current.prev(), current.next(), current.delta(-12)].map(String)).toEqual([
      'active@2024-10',
      'active@2024-12',
      'active@2023-11',
    ])
  })

  it('tells whether a period is over, so that its count may be kept', () => {
    const over = (time: Date) => bm.getMonthEvent('active', time).periodEnd() < now
    expect([over(lastMonth), over(now)]).toEqual([true, false])
    expect(bm.getMonthEvent('active', lastMonth).eventFinished()).toBe(true)
    expect(bm.getMonthEvent('active').periodEnd()).toEqual(new Date('2024-11-30T23:59:59.999Z'))
    expect(endOf(month(2024, 11))).toEqual(new Date('2024-12-01T00:00:00Z'))
  })

  it('tracks hours where asked', async () => {
    const hourly = new Bitmapist({ redis, clock, trackHourly: true })
    await hourly.markEvent('active', 123, { trackHourly: false })
    expect(await hourly.getHourEvent('active').has(123)).toBe(false)
    await hourly.markEvent('active', 123)
    expect(await hourly.getHourEvent('active').has(123)).toBe(true)
  })

  it('splits active users by the form with which they signed up', async () => {
    for (const id of [1, 2, 3]) await bm.markEvent('active', id)
    await bm.markAttribute('signup_form:classic', 1)
    for (const id of [2, 3, 4]) await bm.markUnique('signup_form:new', id)
    const today = bm.getDayEvent('active')
    expect(await today.and(bm.getAttribute('signup_form:classic')).count()).toBe(1)
    expect(await today.and(bm.getUniqueEvent('signup_form:new')).count()).toBe(2)
  })

  it('gives karma to all premium users who are active today', async () => {
    for (const id of [1, 2, 3]) await bm.markEvent('active', id)
    for (const id of [2, 3, 4]) await bm.markAttribute('premium', id)
    await bm.unmarkAttribute('premium', 2)
    expect(await collect(bm.getAttribute('premium').and(bm.getDayEvent('active')))).toEqual([3])
  })

  it('marks an event and an attribute at once', async () => {
    await bm.markEvent('premium', 5, { trackUnique: true })
    expect(await bm.getAttribute('premium').has(5)).toBe(true)
    expect(await bm.getDayEvent('premium').has(5)).toBe(true)
  })

  it('counts who was active last month and still is, in any notation, and leaves no key', async () => {
    for (const id of [122, 123]) await bm.markEvent('active', id, { time: lastMonth })
    for (const id of [123, 124]) await bm.markEvent('active', id)
    const before = await keys()
    const [last, current] = [bm.getMonthEvent('active', lastMonth), bm.getMonthEvent('active')]
    const both = bm.bitOpAnd(last, current)
    expect(await both.count()).toBe(1)
    expect(await both.has(123)).toBe(true)
    expect(await collect(last.and(current))).toEqual([123])
    expect(await collect(last.or(current))).toEqual([122, 123, 124])
    expect(await collect(last.xor(current))).toEqual([122, 124])
    // Python: ~ counts 126, everybody up to the end of the last byte.
    expect(await collect(last.not())).toEqual([124])
    expect(await collect(last.minus(current))).toEqual([122])
    const nested = bm.bitOpAnd(bm.bitOpAnd(last, current), current)
    expect(await nested.has(123)).toBe(true)
    // Python: deletes the temporary key. There is none, and nothing to delete.
    expect(await nested.delete()).toBe(false)
    expect(await keys()).toEqual(before)
  })

  it('deletes the marks of a month', async () => {
    await bm.markEvent('active', 123, { time: lastMonth })
    await bm.markEvent('active', 123)
    const last = bm.getMonthEvent('active', lastMonth)
    expect(await last.delete()).toBe(true)
    expect(await last.hasEventsMarked()).toBe(false)
    // Days and weeks have keys of their own, here as there.
    expect(await bm.getDayEvent('active', lastMonth).has(123)).toBe(true)
    await bm.deletePeriod(month(2024, 10))
    expect(await bm.getDayEvent('active', lastMonth).has(123)).toBe(false)
    expect(await bm.getMonthEvent('active').has(123)).toBe(true)
  })

  it('deletes everything', async () => {
    await bm.markEvent('active', 123, { trackUnique: true })
    await bm.deleteAllEvents()
    expect(await keys()).toEqual([])
    expect(await bm.getMonthEvent('active').count()).toBe(0)
  })

  it('deletes what the Python library left of its operations', async () => {
    await bm.markEvent('active', 123)
    await redis.set('trackist_bitop_AND_trackist_active_2024-10-trackist_active_2024-11', 'x')
    expect(await bm.deleteTemporaryBitopKeys()).toBe(1)
    expect(await keys()).toEqual([
      'trackist_active_2024-11',
      'trackist_active_2024-11-24',
      'trackist_active_W2024-47',
    ])
  })

  it('renders a cohort table: 25 days, and up to 12 days later', async () => {
    for (const id of [1, 2, 3, 4]) await bm.markEvent('user:active', id, { time: lastMonth })
    for (const id of [1, 2, 3, 4]) await bm.markEvent('user:active', id, { time: new Date('2024-11-01') })
    await bm.markEvent('task:complete', 2, { time: new Date('2024-11-04') })
    const table = await bm.retention({
      start: event('user:active'),
      return: event('task:complete'),
      first: offset(periodAt('day', now), -24),
      rows: 25,
      columns: 13,
    })
    const [first] = table.rows
    expect(table.rows.map(({ start }) => start).filter((_, i) => i % 24 === 0)).toEqual([
      '2024-10-31',
      '2024-11-24',
    ])
    expect(table.rows[1]?.cells.map(({ count }) => count)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(rateOf(table.rows[1]?.cells[3]?.count ?? null, table.rows[1]?.size ?? null)).toBe(0.25)
    expect([first?.size, first?.cells[3]?.count]).toEqual([0, 0])
    // Python: '' where nobody at all completed a task; here 0, and a flag.
    expect(table.rows[1]?.cells[2]).toEqual({ offset: 2, count: 0, state: 'closed', flag: 'silent' })
  })

  it('narrows both sides of the table, and names a set once', async () => {
    for (const id of [1, 2]) await bm.markEvent('active', id)
    await bm.markEvent('ios', 2)
    await bm.markEvent('country:US', 2)
    // Python: select1b, and set_custom_handler('active_web_ios', …).
    const activeWebIos = parseExpression('active & (web | ios)')
    const table = await bm.retention({
      start: and(event('active'), event('country:US')),
      return: activeWebIos,
      first: periodAt('week', now),
      rows: 1,
      columns: 1,
    })
    expect(table.rows.map(({ size, cells }) => [size, cells[0]?.count])).toEqual([[1, 1]])
    expect(table.return).toBe('active & (web | ios)')
  })

  it('keeps systems apart', async () => {
    const stats = new Bitmapist({ redis: server.client({ db: 1 }), clock })
    await stats.markEvent('active', 1)
    expect(await stats.getMonthEvent('active').count()).toBe(1)
    expect(await bm.getMonthEvent('active').count()).toBe(0)
    expect(() => bm.getMonthEvent('active').and(stats.getMonthEvent('active'))).toThrow(BitcohortError)
  })

  it('lists the names of events', async () => {
    await bm.markEvent('song:play', 1)
    await bm.markEvent('song:add', 1)
    await bm.markAttribute('paid_user', 1)
    expect(await bm.getEventNames()).toEqual(['paid_user', 'song:add', 'song:play'])
    expect(await bm.eventNames({ prefix: 'song:' })).toEqual(['song:add', 'song:play'])
    expect(await bm.attributeNames()).toEqual(['paid_user'])
  })
})
