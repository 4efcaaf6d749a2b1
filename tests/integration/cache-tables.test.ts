import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, day, month, offset, parseExpression, type RetentionRequest } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const FIRST = day(2025, 1, 6)
const MORNING = '2025-01-09T08:00:00Z'
const SQUARE = { first: FIRST, rows: 5, columns: 5 }
const active = parseExpression('active')
const back = parseExpression('back')

let redis: PrivateRedis
/** Another program, which knows nothing of us. */
let writer: ReturnType<PrivateRedis['client']>
let now = new Date(MORNING)
const opened: Bitmapist[] = []

beforeAll(async () => {
  redis = await startRedis()
  writer = redis.client()
})
beforeEach(async () => {
  now = new Date(MORNING)
  await writer.flushall()
})
afterEach(() => {
  for (const bm of opened.splice(0)) bm.close()
})
afterAll(() => redis.stop())

function open(cacheBytes = 64 * 1024 * 1024): Bitmapist {
  const bm = new Bitmapist({ redis: redis.client(), cacheBytes, clock: () => now })
  opened.push(bm)
  return bm
}

const keyOf = (event: string, days: number) => eventKey('trackist_', event, offset(FIRST, days))

/** Users of the first row, and of its cell of the day after. */
async function corner(bm: Bitmapist, request: Partial<RetentionRequest> = {}) {
  const { rows } = await bm.retention({ start: active, return: back, ...SQUARE, ...request })
  return [rows[0]?.size, rows[0]?.cells[1]?.count]
}

describe('a table of kept bitmaps', () => {
  it('holds every mark that another program was told is written', async () => {
    const bm = open()
    for (let user = 1; user <= 500; user++) {
      await writer.setbit(keyOf('active', 0), user * 7, 1)
      if (user % 2 === 0) await writer.setbit(keyOf('back', 1), user * 7, 1)
      expect(await corner(bm)).toEqual([user, Math.floor(user / 2)])
      if (user % 3 === 0) expect(await corner(bm)).toEqual([user, Math.floor(user / 2)])
    }
    expect(bm.cacheStats().hits).toBeGreaterThan(1000)
  })

  it('holds every mark of this process, and nobody whose mark it took back', async () => {
    const bm = open()
    for (let user = 1; user <= 200; user++) {
      const mark = { user, event: 'active', time: new Date('2025-01-06T10:00:00Z') }
      await bm.mark([{ ...mark, op: 'mark' }])
      expect(await corner(bm)).toEqual([1, 0])
      await bm.mark([{ ...mark, op: 'unmark' }])
      expect(await corner(bm)).toEqual([0, 0])
    }
  })

  it('holds what was written before each of many that are asked for at once', async () => {
    const bm = open()
    for (let round = 0; round < 60; round++) {
      const tables: Promise<unknown>[] = []
      for (let k = 1; k <= 5; k++) {
        const written = round * 5 + k
        await writer.setbit(keyOf('active', 0), written, 1)
        tables.push(corner(bm).then(([size]) => expect(size).toBeGreaterThanOrEqual(written)))
      }
      await Promise.all(tables)
    }
  })

  it('holds whoever has just become known, where it counts who did not do something', async () => {
    const bm = open()
    const start = parseExpression('!active')
    await writer.setbit(keyOf('active', 0), 1, 1)
    for (let user = 2; user <= 100; user++) {
      if (user % 2 === 0) await bm.mark([{ op: 'mark', user, event: 'back', time: now }])
      else await writer.setbit(eventKey('trackist_', 'back', month(2025, 1)), user, 1)
      expect(await corner(bm, { start })).toEqual([user - 1, 0])
    }
  })
})

const REQUESTS: readonly RetentionRequest[] = [
  { start: active, return: active, ...SQUARE },
  { start: active, return: active, ...SQUARE, cohort: 'first' },
  { start: active, return: parseExpression('!back'), ...SQUARE },
  { start: active, return: back, ...SQUARE, mode: 'on-or-after' },
  { start: active, return: back, ...SQUARE, mode: 'on-or-before' },
  { start: active, return: active, ...SQUARE, mode: 'every' },
  { start: active, return: active, ...SQUARE, mode: 'every', base: 'previous' },
  {
    start: active,
    return: back,
    ...SQUARE,
    brackets: [
      [0, 1],
      [2, 4],
    ],
  },
  { start: active, return: back, ...SQUARE, who: parseExpression('back') },
  { start: active, return: back, ...SQUARE, rows: 4, cohort: 'first', who: parseExpression('!back') },
]

describe('a table that is asked for again', () => {
  it('is what a process finds that was never asked: with new marks, an older history, another running day', async () => {
    const bm = open()
    const same = async () => {
      for (const request of REQUESTS) {
        const { registryAsOf: _, knownAsOf: __, ...fresh } = await open(0).retention(request)
        for (let i = 0; i < 2; i++) expect(await bm.retention(request)).toMatchObject(fresh)
      }
    }
    for (let user = 1; user <= 9; user++) {
      await writer.setbit(keyOf('active', user % 4), user, 1)
      await writer.setbit(keyOf('active', user % 3), user, 1)
      if (user % 2 === 0) await writer.setbit(keyOf('back', user % 3), user, 1)
    }
    await same()
    await bm.mark([{ op: 'mark', user: 3, event: 'active', time: new Date('2024-11-02T00:00:00Z') }])
    await same()
    now = new Date('2025-01-10T08:00:00Z')
    await same()
    await writer.del(keyOf('active', 0))
    await bm.rescan()
    await same()
  })
})
