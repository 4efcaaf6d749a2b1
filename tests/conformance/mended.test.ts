import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  Bitmapist,
  day,
  event,
  month,
  parseExpression,
  parsePeriod,
  type RetentionRequest,
  startOf,
  week,
} from '../../lib/bitmapist'
import { collect } from '../fixtures/golden'
import { codeOf } from '../fixtures/laws'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

/** What the Python library bitmapist does, in the comments; what is asked of this one, in the assertions. */

const NOW = new Date('2024-12-30T12:00:00Z')

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

const at = (text: string) => new Date(`${text}T12:00:00Z`)
/** All keys but our own. */
const keys = async () => (await redis.keys('*')).filter((key) => !key.startsWith('bitcohort:')).sort()

async function labels(request: Pick<RetentionRequest, 'first' | 'rows'>): Promise<readonly string[]> {
  const table = await bm.retention({ start: event('a'), return: event('a'), columns: 1, ...request })
  return table.rows.map((row) => row.label)
}

describe('what the Python library does otherwise', () => {
  it('keeps nothing of an operation in Redis', async () => {
    // BitOpAnd and the others run BITOP into a key such as trackist_bitop_AND_trackist_a_2024-12-trackist_b_2024-12 when
    // they are made; a year is one too, and a cohort table makes one a cell. When it is done it deletes them, with those
    // that another thread's table still reads.
    for (const name of ['a', 'b', 'c']) await bm.markEvent(name, 1)
    const before = await keys()
    const [a, b, c] = [bm.getMonthEvent('a'), bm.getMonthEvent('b'), bm.getMonthEvent('c')]
    const nested = bm.bitOpAnd(a, bm.bitOpOr(b, c))
    expect(await nested.xor(nested.not()).minus(bm.getYearEvent('d')).count()).toBe(1)
    expect([await nested.has(1), await nested.hasEventsMarked(), await collect(nested)]).toEqual([
      true,
      true,
      [1],
    ])
    const request = { start: parseExpression('a & b'), return: parseExpression('b | c') }
    await bm.retention({ ...request, first: parsePeriod('2024-10'), rows: 3, columns: 3 })
    await bm.series({
      expression: parseExpression('!(a ^ b)'),
      from: parsePeriod('2023'),
      to: parsePeriod('2024'),
    })
    expect(await keys()).toEqual(before)
  })

  it('evaluates a year when it is asked', async () => {
    // YearEvents ORs the twelve months when it is made: what is marked later is not in it.
    const year = bm.getYearEvent('a')
    await bm.markEvent('a', 7, { time: at('2024-01-01') })
    expect([await year.count(), await year.has(7)]).toEqual([1, true])
    await year.delete()
    expect(await year.count()).toBe(0)
  })

  it('takes a complement from everyone known, not from the bytes', async () => {
    // BITOP NOT flips each byte whole: of the users 4 and 7 it makes the six others of 0 to 7, known or not, and nobody
    // above; of 4, 7 and 9 it makes thirteen.
    await bm.markAttribute('paid', 4)
    await bm.markAttribute('paid', 7)
    await bm.markEvent('a', 1_000)
    expect(await collect(bm.getAttribute('paid').not())).toEqual([1_000])
    await bm.markAttribute('paid', 9)
    expect(await collect(bm.bitOpNot(bm.getAttribute('paid')))).toEqual([1_000])
    expect(await collect(bm.getAttribute('never').not())).toEqual([4, 7, 9, 1_000])
  })

  it('keeps week and month where another day of theirs still holds the user', async () => {
    // unmark_event clears day, week and month alike.
    await bm.markEvent('a', 5, { time: at('2024-12-17') })
    await bm.markEvent('a', 5, { time: at('2024-12-18') })
    await bm.unmarkEvent('a', 5, { time: at('2024-12-18') })
    const held = () =>
      Promise.all(
        (['2024-12-17', '2024-12-18', '2024-W51', '2024-12'] as const).map((text) =>
          bm.getEvent('a', parsePeriod(text)).has(5),
        ),
      )
    expect(await held()).toEqual([true, false, true, true])
    await bm.unmarkEvent('a', 5, { time: at('2024-12-17') })
    expect(await held()).toEqual([false, false, false, false])
  })

  it('takes names with "_" and names that look like periods for what they are', async () => {
    // Keys are cut apart at each "_": where the prefix has one too, a part of it becomes a part of every name.
    const names = ['a', 'a_', 'a_2024-12', 'a_W2024-52', 'a_b_c', 'a_u', 'u', '2024-12', 'W2024-52']
    const own = new Bitmapist({ redis, prefix: 'my_app_', clock: () => NOW })
    for (const [user, name] of names.entries())
      await own.markEvent(name, user, { trackUnique: user % 2 === 0 })
    expect(await own.eventNames()).toEqual([...names].sort())
    expect(await own.attributeNames()).toEqual(names.filter((_, user) => user % 2 === 0).sort())
    for (const [user, name] of names.entries()) expect(await collect(own.getDayEvent(name))).toEqual([user])
  })

  it('refuses names that begin with "bitop_", and says why', async () => {
    // They are written, never listed among the names, and go with the next delete_temporary_bitop_keys.
    await expect(bm.markEvent('bitop_AND', 1)).rejects.toMatchObject({ code: 'BAD_MARKS' })
    expect(() => bm.getMonthEvent('bitop_AND')).toThrow(
      '"event" expected a name, got "bitop_AND"; use 1 to 200 characters without control characters, neither "bitop" nor beginning with "bitop_"',
    )
    await redis.setbit('trackist_bitop_AND_trackist_a_2024-12', 1, 1)
    expect(await bm.getEventNames()).toEqual([])
  })

  it('cuts the prefix off by its length', async () => {
    // The first "_" ends the prefix: half of "x_y_" stays with the name, and a prefix without "_" takes
    // the name's first part.
    for (const prefix of ['x_y_', 'a_', 'a', 'a_2024-12_']) {
      const own = new Bitmapist({ redis, prefix, clock: () => NOW })
      // The prefix comes again in the names, and stands alone as one.
      for (const name of [`${prefix}b`, prefix, `b_${prefix}`]) {
        await own.markEvent(name, 1)
        expect(await own.eventNames({ prefix: name })).toContain(name)
        expect(await own.getDayEvent(name).count()).toBe(1)
      }
    }
  })

  it.each([
    ['2024-13', () => month(2024, 13), '"month" expected integer 1..12, got 13'],
    ['2021-W53', () => week(2021, 53), '"week" expected integer 1..52, got 53'],
    ['2023-02-30', () => day(2023, 2, 30), '"day" expected integer 1..28, got 30'],
  ])('refuses %s, which does not exist', (text, make, message) => {
    // MonthEvents('a', 2024, 13), WeekEvents('a', 2021, 53) and DayEvents('a', 2023, 2, 30) are keys that nothing is ever
    // written to: they count 0.
    expect(make).toThrow(message)
    expect(codeOf(make)).toBe('BAD_PERIOD')
    expect(codeOf(() => parsePeriod(text))).toBe('BAD_PERIOD')
    expect(codeOf(() => parseExpression(`a@${text}`))).toBe('BAD_EXPRESSION')
  })

  it('has rows that begin where they are asked to', async () => {
    // get_dates_data with start_date=2024-06-03 and 12 weeks has rows from 29 March to 14 June, on Fridays: it goes 11
    // weeks back and 11 days on. With start_date=2024-12-01 its 12 months are those up to December.
    const weeks = await labels({ first: parsePeriod('2024-W23'), rows: 12 })
    expect([weeks[0], weeks.at(-1), weeks.length]).toEqual(['2024-W23', '2024-W34', 12])
    const months = await labels({ first: parsePeriod('2024-01'), rows: 12 })
    expect([months[0], months.at(-1), months.length]).toEqual(['2024-01', '2024-12', 12])
  })

  it('has as many years as are asked for', async () => {
    // num_results is 3 for years, whatever is asked.
    expect(await labels({ first: parsePeriod('2020'), rows: 5 })).toEqual([
      '2020',
      '2021',
      '2022',
      '2023',
      '2024',
    ])
    expect(await labels({ first: parsePeriod('2024'), rows: 1 })).toEqual(['2024'])
  })

  it('names weeks as ISO 8601 does, and asks for the ISO year’s', async () => {
    // The table prints strftime('Week %U'), whose weeks begin on Sundays: the ISO week 13 of 2024 is "Week 12" there. The
    // cohort asks for WeekEvents(date.year, isocalendar()[1]): of 30 December 2024 that is W2024-1, a year too early.
    await bm.markEvent('a', 1, { time: at('2024-12-30') })
    await bm.markEvent('a', 2, { time: at('2024-01-01') })
    const table = await bm.retention({
      start: event('a'),
      return: event('a'),
      first: parsePeriod('2024-W52'),
      rows: 2,
      columns: 1,
    })
    expect(table.rows.map(({ label, start, size }) => [label, start, size])).toEqual([
      ['2024-W52', '2024-12-23', 0],
      ['2025-W01', '2024-12-30', 1],
    ])
    expect(await labels({ first: bm.getWeekEvent('a', at('2024-03-29')).period, rows: 1 })).toEqual([
      '2024-W13',
    ])
    expect(startOf(week(2025, 1))).toEqual(new Date('2024-12-30T00:00:00Z'))
  })
})
