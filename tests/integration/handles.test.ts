import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AttributeBitmap, type Bitmap, Bitmapist, EventBitmap, label, parsePeriod } from '../../lib/bitmapist'
import { collect } from '../fixtures/golden'
import { codeOf } from '../fixtures/laws'
import { contents } from '../fixtures/place'
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

const at = (text: string) => new Date(text)
const inZone = (timeZone: string) => new Bitmapist({ redis, timeZone, clock: () => NOW })

describe('Bitmapist.getEvent', () => {
  it.each([
    ['2024-02-09T05', '2000-02-29T12', () => bm.getHourEvent('a')],
    ['2024-02-09', '2000-02-29', () => bm.getDayEvent('a')],
    ['2024-W06', '2000-W09', () => bm.getWeekEvent('a')],
    ['2024-02', '2000-02', () => bm.getMonthEvent('a')],
    ['2024', '2000', () => bm.getYearEvent('a')],
  ])('of %s is the handle of a time in it, now unless given', (text, other, ofNow) => {
    const handle = bm.getEvent('a', parsePeriod(text))
    expect(handle).toBeInstanceOf(EventBitmap)
    expect([handle.event, label(handle.period)]).toEqual(['a', text])
    expect(handle.equals(ofNow())).toBe(true)
    expect(bm.getEvent('a', parsePeriod(other)).equals(handle)).toBe(false)
    expect(label(handle.fromDate(at('2000-02-29T12:00:00Z')).period)).toBe(other)
    expect(handle.next().fromDate().equals(handle)).toBe(true)
  })

  it('refuses names that no key may have', () => {
    expect(codeOf(() => bm.getEvent('bitop_a', parsePeriod('2024')))).toBe('BAD_EVENT')
    expect(codeOf(() => bm.getAttribute(''))).toBe('BAD_EVENT')
  })

  it('refuses what is no Date, as programs without types may give', () => {
    // What the types forbid.
    const text = '2024-02-09' as unknown as Date
    expect(codeOf(() => bm.getMonthEvent('a', text))).toBe('BAD_TIME')
    expect(codeOf(() => bm.getMonthEvent('a').fromDate(text))).toBe('BAD_TIME')
  })
})

describe('EventBitmap.delta', () => {
  it.each([
    ['2024-02-09T05', -6, '2024-02-08T23'],
    ['2024-02-28', 2, '2024-03-01'],
    ['2023-02-28', 1, '2023-03-01'],
    ['2020-W53', 1, '2021-W01'],
    ['2021-W01', -1, '2020-W53'],
    ['2024-W52', 1, '2025-W01'],
    ['2024-01', -1, '2023-12'],
    ['2024-12', 1, '2025-01'],
    ['2024-02', -12, '2023-02'],
    ['2024', -24, '2000'],
    ['2024', 0, '2024'],
  ])('of %s by %i is %s', (from, count, to) => {
    const handle = bm.getEvent('a', parsePeriod(from))
    expect(label(handle.delta(count).period)).toBe(to)
    expect(handle.delta(count).delta(-count).equals(handle)).toBe(true)
  })

  it('steps back and forth', () => {
    const handle = bm.getEvent('a', parsePeriod('2024-01'))
    expect([handle.prev(), handle.next()].map(String)).toEqual(['a@2023-12', 'a@2024-02'])
  })

  it.each([
    ['Pacific/Apia', '2011-12-29', '2011-12-31'],
    ['Europe/Berlin', '2025-03-30T01', '2025-03-30T03'],
    ['Europe/Berlin', '2025-10-26T02', '2025-10-26T03'],
    ['America/Sao_Paulo', '2017-10-14T23', '2017-10-15T01'],
  ])('skips what %s does not have: from %s to %s', (timeZone, from, to) => {
    const handle = inZone(timeZone).getEvent('a', parsePeriod(from))
    expect(label(handle.next().period)).toBe(to)
    expect(handle.next().prev().equals(handle)).toBe(true)
  })

  it('ends where years do', () => {
    expect(codeOf(() => bm.getEvent('a', parsePeriod('9999')).next())).toBe('BAD_PERIOD')
    expect(codeOf(() => bm.getEvent('a', parsePeriod('0001')).prev())).toBe('BAD_PERIOD')
    expect(codeOf(() => bm.getEvent('a', parsePeriod('2024')).delta(0.5))).toBe('BAD_PERIOD')
  })

  it('leaves an attribute as it is, and moves the parts of a combination by their own units', () => {
    const paid = bm.getAttribute('paid')
    expect(paid).toBeInstanceOf(AttributeBitmap)
    expect([paid.delta(3), paid.prev(), paid.next()]).toEqual([paid, paid, paid])
    const both = bm.getDayEvent('a').minus(bm.getMonthEvent('b'), paid).not().or(bm.getYearEvent('c'))
    expect(String(both.delta(-2))).toBe('!(a@2024-02-07 - b@2023-12 - attr(paid)) | c@2022')
    expect(both.delta(0).equals(both)).toBe(true)
    expect(both.next().prev().equals(both)).toBe(true)
  })
})

describe('EventBitmap.periodStart and periodEnd', () => {
  it.each([
    ['UTC', '2024-02-09T05', '2024-02-09T05:00:00.000Z', '2024-02-09T05:59:59.999Z'],
    ['UTC', '2024-02-09', '2024-02-09T00:00:00.000Z', '2024-02-09T23:59:59.999Z'],
    ['UTC', '2024-W01', '2024-01-01T00:00:00.000Z', '2024-01-07T23:59:59.999Z'],
    ['UTC', '2020-W53', '2020-12-28T00:00:00.000Z', '2021-01-03T23:59:59.999Z'],
    ['UTC', '2024-02', '2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
    ['UTC', '2024', '2024-01-01T00:00:00.000Z', '2024-12-31T23:59:59.999Z'],
    ['UTC', '9999', '9999-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
    ['Europe/Berlin', '2025-03-30', '2025-03-29T23:00:00.000Z', '2025-03-30T21:59:59.999Z'],
    ['Europe/Berlin', '2025-10-26T02', '2025-10-26T00:00:00.000Z', '2025-10-26T01:59:59.999Z'],
    ['America/Sao_Paulo', '2017-10-15', '2017-10-15T03:00:00.000Z', '2017-10-16T01:59:59.999Z'],
  ])('in %s, of %s, are its first and last instants: %s, %s', (timeZone, text, start, end) => {
    const handle = inZone(timeZone).getEvent('a', parsePeriod(text))
    expect([handle.periodStart().toISOString(), handle.periodEnd().toISOString()]).toEqual([start, end])
  })

  it('of a combination are the first of its periods and the last of them', () => {
    const both = bm.getDayEvent('a').and(bm.getMonthEvent('a'), bm.getAttribute('paid'))
    expect(both.periodStart()).toEqual(at('2024-02-01T00:00:00Z'))
    expect(both.periodEnd()).toEqual(at('2024-02-29T23:59:59.999Z'))
    expect([bm.getAttribute('paid').periodStart(), bm.getAttribute('paid').periodEnd()]).toEqual([null, null])
  })

  it.each<[string, () => Bitmap, boolean]>([
    ['the running hour', () => bm.getHourEvent('a'), false],
    ['the hour before', () => bm.getHourEvent('a').prev(), true],
    ['two hours of which one runs', () => bm.getHourEvent('a').or(bm.getHourEvent('a').prev()), false],
    ['two hours that are over', () => bm.getHourEvent('a').prev().xor(bm.getHourEvent('b').delta(-9)), true],
    ['an attribute', () => bm.getAttribute('paid'), false],
    ['an hour with an attribute', () => bm.getHourEvent('a').prev().and(bm.getAttribute('paid')), false],
  ])('tell whether it is over: %s → %s', (_, handle, isOver) => {
    expect(handle().eventFinished()).toBe(isOver)
  })
})

describe('Bitmapist.getEventsOverTime', () => {
  it('is the OR of the period and those before it', async () => {
    for (const [user, day] of [7, 8, 9, 10].entries())
      await bm.markEvent('a', user, { time: at(`2024-02-${String(day).padStart(2, '0')}T00:00:00Z`) })
    expect(await collect(bm.getEventsOverTime('a', 'day', 1))).toEqual([1, 2])
    expect(await collect(bm.getEventsOverTime('a', 'day', 0, at('2024-02-10T00:00:00Z')))).toEqual([3])
    expect(await bm.getEventsOverTime('a', 'day', 365).count()).toBe(3)
    expect(await bm.getEventsOverTime('a', 'year', 1).count()).toBe(4)
  })

  it.each([[-1], [0.5], [Number.NaN], [Number.POSITIVE_INFINITY]])('refuses %d periods before', (before) => {
    expect(codeOf(() => bm.getEventsOverTime('a', 'day', before))).toBe('BAD_ROWS')
  })
})

describe('Bitmap.equals', () => {
  it('is whether the sets are written alike, however they were put together', () => {
    const [a, b] = [bm.getDayEvent('a'), bm.getDayEvent('b')]
    expect(a.and(b).equals(bm.bitOpAnd(a, b))).toBe(true)
    expect(
      a
        .and(b)
        .and(a)
        .equals(bm.bitOpAnd(a, b, a)),
    ).toBe(true)
    expect(a.and(b).equals(b.and(a))).toBe(false)
    expect(bm.bitOpNot(a).equals(a.not())).toBe(true)
    expect(a.equals(bm.getAttribute('a'))).toBe(false)
    expect(bm.getUniqueEvent('a').equals(bm.getAttribute('a'))).toBe(true)
  })
})

describe('Bitmap.hasEventsMarked', () => {
  it('is false where the only user was taken back, although the key is there', async () => {
    await bm.markEvent('a', 1)
    expect(await bm.getDayEvent('a').hasEventsMarked()).toBe(true)
    await bm.unmarkEvent('a', 1)
    expect(await redis.exists('trackist_a_2024-2-9')).toBe(1)
    expect(await bm.getDayEvent('a').hasEventsMarked()).toBe(false)
  })

  it('does not read a long bitmap to its end', async () => {
    await redis.setbit('trackist_a_2024-2', 2 ** 27 - 1, 1)
    await redis.setbit('trackist_a_2024-2', 2 ** 22, 1)
    // What the server can do is tried once a connection.
    await bm.getMonthEvent('b').hasEventsMarked()
    await redis.config('RESETSTAT')
    expect(await bm.getMonthEvent('a').hasEventsMarked()).toBe(true)
    const reads = /cmdstat_getrange:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]
    // 16 MB are 64 blocks; the second is asked for while the first is looked at.
    expect(Number(reads)).toBeLessThanOrEqual(2)
  })
})

describe('Bitmap.delete', () => {
  beforeEach(async () => {
    for (const name of ['a', 'a_2024', 'ab'])
      await bm.markEvent(name, 1, { time: at('2024-02-09T05:00:00Z'), trackHourly: true, trackUnique: true })
    await bm.markEvent('a', 2, { time: at('2024-12-01T00:00:00Z') })
    await bm.markEvent('a', 3, { time: at('2025-01-01T00:00:00Z') })
  })

  it.each<[string, () => Bitmap, readonly string[]]>([
    ['an hour', () => bm.getHourEvent('a'), ['a_2024-2-9-5']],
    ['a day', () => bm.getDayEvent('a'), ['a_2024-2-9']],
    ['a week', () => bm.getWeekEvent('a'), ['a_W2024-6']],
    ['a month', () => bm.getMonthEvent('a'), ['a_2024-2']],
    ['a year', () => bm.getYearEvent('a'), ['a_2024-2', 'a_2024-12']],
    ['an attribute', () => bm.getAttribute('a'), ['a_u']],
    ['what was never marked', () => bm.getMonthEvent('never'), []],
    ['a year that was never marked', () => bm.getYearEvent('a', at('2000-01-01T00:00:00Z')), []],
    ['a combination', () => bm.getDayEvent('a').and(bm.getMonthEvent('a')), []],
  ])('of %s removes exactly its own keys, and says whether there were any', async (_, handle, keys) => {
    const before = await contents(redis, 'trackist_')
    expect(await handle().delete()).toBe(keys.length > 0)
    const left = Object.entries(before).filter(([key]) => !keys.includes(key))
    expect(await contents(redis, 'trackist_')).toEqual(Object.fromEntries(left))
    expect(await handle().delete()).toBe(false)
    expect(await handle().count()).toBe(_ === 'a combination' ? 1 : 0)
  })

  it('of a combination does no I/O', async () => {
    const idle = new Bitmapist({ redis: server.client({ lazyConnect: true, enableOfflineQueue: false }) })
    expect(await idle.getDayEvent('a').or(idle.getAttribute('b')).delete()).toBe(false)
  })
})
