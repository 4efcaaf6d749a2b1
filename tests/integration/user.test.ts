import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, label, not, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = new Date('2025-03-10T12:30:00Z')
const TIMES = { a: ['2024-11-30T23:59', '2025-01-06T10:00', '2025-03-10T12:00'], b: ['2025-03-09T05:00'] }

let server: PrivateRedis
let bm: Bitmapist

const time = (text: string) => new Date(`${text}:00Z`)

beforeAll(async () => {
  server = await startRedis()
  bm = new Bitmapist({ redis: server.client(), clock: () => NOW })
})
afterAll(() => server?.stop())
beforeEach(async () => {
  await server.client().flushall()
  const marks = Object.entries(TIMES).flatMap(([event, times]) =>
    times.map((text) => ({ event, user: 5, time: time(text) })),
  )
  await bm.mark(marks, { trackHourly: true })
  await bm.mark([
    { event: 'b', user: 2_000_003, time: time('2025-02-01T00:00') },
    { attribute: 'paid', user: 5 },
    { attribute: 'staff', user: 6 },
  ])
})

const eventOf = async (user: number, event: string, date?: string) => {
  const report = await bm.user(user, date === undefined ? {} : { date: parsePeriod(date) })
  const { event: _, ...periods } = report.events.find((each) => each.event === event) ?? { event }
  return periods
}

describe('Bitmapist.user', () => {
  it('tells what is known of a user', async () => {
    expect(await bm.user(5)).toEqual({
      user: 5,
      known: true,
      date: '2025-03-10',
      hour: '2025-03-10T12',
      timeZone: 'UTC',
      asOf: '2025-03-10T12:30:00Z',
      events: [
        { event: 'a', hour: true, day: true, week: true, month: true, year: true },
        { event: 'b', hour: false, day: false, week: false, month: true, year: true },
      ],
      attributes: ['paid'],
      firstSeen: '2024-11-30',
      lastSeen: '2025-03-10',
      activeDays: 2,
      dataFrom: '2024-11-30',
      highestId: 2_000_003,
    })
  })

  it.each([
    ['2025-01-06', { hour: false, day: true, week: true, month: true, year: true }],
    ['2025-01-06T10', { hour: true, day: true, week: true, month: true, year: true }],
    ['2025-01-06T11', { hour: false, day: true, week: true, month: true, year: true }],
    ['2025-01-12', { hour: false, day: false, week: true, month: true, year: true }],
    ['2024-11-30T23', { hour: true, day: true, week: true, month: true, year: true }],
    ['2024-01-01', { hour: false, day: false, week: false, month: false, year: true }],
    ['2023-12-31', { hour: false, day: false, week: false, month: false, year: false }],
  ])('answers for %s', async (date, periods) => {
    expect(await eventOf(5, 'a', date)).toEqual(periods)
  })

  it('has no hour where the day was marked without hours', async () => {
    expect(await eventOf(2_000_003, 'b', '2025-02-01')).toMatchObject({ hour: null, day: true })
    await bm.markEvent('c', 5)
    expect(await eventOf(5, 'c')).toMatchObject({ hour: null, day: true })
  })

  it('knows nothing of other ids, up to the highest that there can be', async () => {
    for (const id of [0, 4, 2_000_004, 2 ** 32 - 1]) {
      const report = await bm.user(id)
      expect(report).toMatchObject({
        user: id,
        known: false,
        attributes: [],
        firstSeen: null,
        lastSeen: null,
        activeDays: 0,
        highestId: 2_000_003,
      })
      const answers = report.events.flatMap(({ event: _, ...periods }) => Object.values(periods))
      expect(answers).toHaveLength(10)
      expect(answers).not.toContain(true)
    }
  })

  it('knows a user by an attribute alone', async () => {
    expect(await bm.user(6)).toMatchObject({ known: true, attributes: ['staff'], firstSeen: null })
  })

  it('passes over zeros after the highest id', async () => {
    const redis = server.client()
    await redis.setbit('trackist_b_2025-3', 9_000_000, 0)
    expect((await bm.user(1)).highestId).toBe(2_000_003)
    await redis.setbit('trackist_b_2024-11', 9_000_000, 1)
    expect((await bm.user(1)).highestId).toBe(2_000_003)
  })

  it('says the month where its days are not kept', async () => {
    await server.client().del('trackist_a_2024-11-30')
    expect(await bm.user(5)).toMatchObject({ firstSeen: '2024-11', lastSeen: '2025-03-10' })
  })

  it('has nobody in an empty project', async () => {
    await server.client().flushall()
    const empty = new Bitmapist({ redis: server.client(), clock: () => NOW })
    expect(await empty.user(5)).toMatchObject({ known: false, events: [], dataFrom: null, highestId: null })
  })

  it("goes by the zone's clock", async () => {
    const apia = new Bitmapist({
      redis: server.client(),
      prefix: 'apia_',
      timeZone: 'Pacific/Apia',
      clock: () => new Date('2011-12-30T10:30:00Z'),
    })
    await apia.markEvent('a', 1, { time: new Date('2011-12-30T09:59:00Z'), trackHourly: true })
    await apia.markEvent('a', 1, { trackHourly: true })
    expect(await apia.user(1)).toMatchObject({
      date: '2011-12-31',
      hour: '2011-12-31T00',
      timeZone: 'Pacific/Apia',
      firstSeen: '2011-12-29',
      lastSeen: '2011-12-31',
      activeDays: 2,
    })
    const days = { event: 'a', from: parsePeriod('2011-12-28'), to: parsePeriod('2012-01-01') }
    expect((await apia.userDays(1, days)).map(label)).toEqual(['2011-12-29', '2011-12-31'])
  })

  it('refuses what is no id', async () => {
    for (const id of [-1, 1.5, Number.NaN, 2 ** 32])
      await expect(bm.user(id)).rejects.toMatchObject({ code: 'BAD_USER', field: 'user' })
  })

  it('reads no whole bitmap', async () => {
    const redis = server.client()
    await redis.config('RESETSTAT')
    await bm.user(5)
    const stats = await redis.info('commandstats')
    expect(stats).toMatch(/cmdstat_getbit/)
    expect(stats).not.toMatch(/cmdstat_(bitcount|bitop)[:=]/)
    const output = Number(/total_net_output_bytes:(\d+)/.exec(await redis.info('stats'))?.[1])
    expect(output).toBeLessThan(20_000)
  })
})

describe('Bitmapist.userDays', () => {
  const days = async (user: number, event: string, from: string, to: string) =>
    (await bm.userDays(user, { event, from: parsePeriod(from), to: parsePeriod(to) })).map(label)

  it('lists the days of an event, the ends included', async () => {
    expect(await days(5, 'a', '2024-11-30', '2025-03-10')).toEqual(['2024-11-30', '2025-01-06', '2025-03-10'])
    expect(await days(5, 'a', '2024-12-01', '2025-03-09')).toEqual(['2025-01-06'])
    expect(await days(4, 'a', '2024-01-01', '2025-12-31')).toEqual([])
    expect(await days(5, 'never', '2024-01-01', '2025-12-31')).toEqual([])
  })

  it('refuses other units, a range that runs backwards, and what is no event or id', async () => {
    await expect(days(5, 'a', '2025', '2025')).rejects.toMatchObject({ code: 'BAD_PERIOD' })
    await expect(days(5, 'a', '2025-01-02', '2025-01')).rejects.toMatchObject({ code: 'BAD_PERIOD' })
    await expect(days(5, 'a', '2025-01-02', '2025-01-01')).rejects.toMatchObject({ field: 'to' })
    await expect(days(5, '', '2025-01-02', '2025-01-02')).rejects.toMatchObject({ code: 'BAD_EVENT' })
    await expect(days(-1, 'a', '2025-01-02', '2025-01-02')).rejects.toMatchObject({ code: 'BAD_USER' })
  })
})

describe('Bitmapist.dots', () => {
  const MONTHS = ['2024-11', '2024-12', '2025-01', '2025-03', '2025-04'].map((text) => parsePeriod(text))

  it('has a row for each id, in their order', async () => {
    const dots = await bm.dots([2_000_003, 5, 77], {
      expression: parseExpression('a - attr(staff)'),
      periods: MONTHS,
    })
    expect(dots).toEqual([
      [false, false, false, false, false],
      [true, false, true, true, false],
      [false, false, false, false, false],
    ])
  })

  it('says of a complement who is known, and nothing of what has not begun', async () => {
    const dots = await bm.dots([5, 6, 77], {
      expression: not(parseExpression('a')),
      periods: MONTHS.slice(3),
    })
    expect(dots).toEqual([
      [false, false],
      [true, false],
      [false, false],
    ])
  })

  it('is empty for nobody and for no periods', async () => {
    expect(await bm.dots([], { expression: parseExpression('a'), periods: MONTHS })).toEqual([])
    expect(await bm.dots([1], { expression: parseExpression('a'), periods: [] })).toEqual([[]])
  })
})
