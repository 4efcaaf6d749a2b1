import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, type Mark, type MarkOptions } from '../../lib/bitmapist'
import { pick, type Random, seededRandom } from '../../scripts/sample/random'
import { labelAt } from '../fixtures/oracle-calendar'
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

/** Days and hours are sets; a week, month or year holds whoever one of its days holds. */
class Model {
  private readonly held = new Map<string, Set<number>>()

  private users(event: string, label: string): Set<number> {
    const name = `${event} ${label}`
    const users = this.held.get(name) ?? new Set()
    this.held.set(name, users)
    return users
  }

  apply(mark: Mark, { trackHourly, trackUnique }: MarkOptions): void {
    if ('attribute' in mark || mark.time === undefined)
      throw new TypeError('the model takes events with times')
    const { op = 'mark', event, user, time } = mark
    const day = labelAt('day', time.getTime())
    if (op === 'mark') {
      this.users(event, day).add(user)
      if (trackHourly) this.users(event, time.toISOString().slice(0, 13)).add(user)
      if (trackUnique) this.users(event, 'unique').add(user)
      return
    }
    this.users(event, day).delete(user)
    for (let hour = 0; hour < 24; hour++)
      this.users(event, `${day}T${String(hour).padStart(2, '0')}`).delete(user)
    if (trackUnique) this.users(event, 'unique').delete(user)
  }

  /** Of a day, an hour or the attribute. */
  members(event: string, label: string): number[] {
    return [...this.users(event, label)].sort((a, b) => a - b)
  }

  union(event: string, days: readonly string[]): number[] {
    return [...new Set(days.flatMap((day) => this.members(event, day)))].sort((a, b) => a - b)
  }
}

function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item
}

function randomMark(random: Random): Mark & { readonly event: string; readonly time: Date } {
  const [from, days] = oneOf(random, SPANS)
  const time = new Date(Date.parse(from) + Math.floor(random() * days * 24) * HOUR_MS + 59_999)
  const op = pick(random, { mark: 55, unmark: 45 })
  return { op, event: oneOf(random, EVENTS), user: oneOf(random, USERS), time }
}

/** Some alone, as a program's calls come; some in batches of marks and unmarks, in their order. */
async function writeSome(bitmapist: Bitmapist, random: Random, model: Model): Promise<number> {
  const options = { trackHourly: random() < 0.5, trackUnique: random() < 0.2 }
  const count = random() < 0.4 ? 1 : 1 + Math.floor(random() * 60)
  const marks = Array.from({ length: count }, () => randomMark(random))
  const [{ op, event, user, time } = randomMark(random)] = marks
  if (count > 1) await bitmapist.mark(marks, options)
  else if (op === 'unmark') await bitmapist.unmarkEvent(event, user, { time, ...options })
  else await bitmapist.markEvent(event, user, { time, ...options })
  for (const mark of marks) model.apply(mark, options)
  return count
}

async function expectAgreement(bitmapist: Bitmapist, model: Model): Promise<void> {
  const instants = SPANS.flatMap(([from, days]) =>
    Array.from({ length: days * 24 }, (_, hour) => new Date(Date.parse(from) + hour * HOUR_MS)),
  )
  const days = [...new Set(instants.map((time) => labelAt('day', time.getTime())))]
  const read = async (of: AsyncIterable<number>) => {
    const ids: number[] = []
    for await (const id of of) ids.push(id)
    return ids
  }
  for (const event of EVENTS) {
    for (const time of instants) {
      const hour = time.toISOString().slice(0, 13)
      expect(await read(bitmapist.getHourEvent(event, time)), `${event} ${hour}`).toEqual(
        model.members(event, hour),
      )
    }
    for (const day of days) {
      const time = new Date(day)
      const wider = (unit: 'day' | 'week' | 'month' | 'year') => {
        const label = labelAt(unit, time.getTime())
        return model.union(
          event,
          days.filter((other) => labelAt(unit, Date.parse(other)) === label),
        )
      }
      expect(await read(bitmapist.getDayEvent(event, time)), `${event} ${day}`).toEqual(wider('day'))
      expect(await read(bitmapist.getWeekEvent(event, time)), `${event} week of ${day}`).toEqual(
        wider('week'),
      )
      expect(await read(bitmapist.getMonthEvent(event, time)), `${event} month of ${day}`).toEqual(
        wider('month'),
      )
      expect(await read(bitmapist.getYearEvent(event, time)), `${event} year of ${day}`).toEqual(
        wider('year'),
      )
    }
    expect(await read(bitmapist.getAttribute(event)), `attr(${event})`).toEqual(
      model.members(event, 'unique'),
    )
  }
}

describe('Bitmapist.mark', () => {
  it('agrees with a model of days after 3,000 random marks and unmarks', async () => {
    const bitmapist = new Bitmapist({ redis, prefix: 'model_' })
    const random = seededRandom(2024)
    const model = new Model()
    let written = 0
    for (const checkAt of [300, 3000]) {
      while (written < checkAt) written += await writeSome(bitmapist, random, model)
      await expectAgreement(bitmapist, model)
    }
  })

  it('changes nothing when it is sent again', async () => {
    const bitmapist = new Bitmapist({ redis, prefix: 'again_' })
    const random = seededRandom(7)
    const marks = Array.from({ length: 500 }, () => ({ ...randomMark(random), op: 'mark' as const }))
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
