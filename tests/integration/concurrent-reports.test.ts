import { setImmediate as turn } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Bitmapist,
  type Mark,
  parseExpression,
  parsePeriod,
  type RetentionRequest,
  type RetentionTable,
} from '../../lib/bitmapist'
import { type Random, seededRandom } from '../../scripts/sample/random'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const ROUNDS = 30
const USERS = 3_000
const DAY_MS = 86_400_000
const FIRST = Date.parse('2024-11-25')
const DAYS = 60
const NOW = new Date('2025-01-20T10:30:00Z')

/** Start, return, first row, rows × columns and what else is asked. */
const REPORTS: readonly (readonly [string, string, string, number, number, Partial<RetentionRequest>?])[] = [
  ['signup', 'active', '2024-W48', 8, 8],
  ['signup', 'active', '2024-11', 3, 3, { cohort: 'first', mode: 'on-or-after' }],
  ['active', 'active', '2024-12-20', 30, 10, { mode: 'every', base: 'previous' }],
  [
    'active & ios',
    'web',
    '2024-12-01',
    40,
    1,
    {
      brackets: [
        [0, 0],
        [1, 3],
        [4, 7],
      ],
    },
  ],
  ['active', 'active & !web', '2024-W50', 5, 5, { mode: 'on-or-before' }],
  ['!ios', 'active ^ web', '2024-W48', 6, 6],
  ['signup | active@2024-12-24', 'active', '2024-12-24T00', 24, 12],
  ['active', 'ios | web', '2024', 2, 2, { who: parseExpression('attr(paid) - signup') }],
]
const requests = REPORTS.map(
  ([start, back, first, rows, columns, more]): RetentionRequest => ({
    start: parseExpression(start),
    return: parseExpression(back),
    first: parsePeriod(first),
    rows,
    columns,
    ...more,
  }),
)

let server: PrivateRedis
const open = () => new Bitmapist({ redis: server.client(), clock: () => NOW, trackHourly: true })
beforeAll(async () => {
  server = await startRedis()
  await open().mark([...marks(seededRandom(2012))])
})
afterAll(() => server?.stop())

/** Everybody signs up on a day of their own, and is active on ever fewer days after it. */
function* marks(random: Random): Generator<Mark> {
  for (let user = 0; user < USERS; user++) {
    const joined = Math.floor(random() * DAYS)
    const at = (day: number) => new Date(FIRST + (day + random()) * DAY_MS)
    yield { event: 'signup', user, time: at(joined) }
    if (random() < 0.2) yield { attribute: 'paid', user }
    for (let day = joined; day < DAYS; day++)
      if (random() < 2 / (2 + day - joined)) {
        const time = at(day)
        yield { event: 'active', user, time }
        yield { event: random() < (user % 3) / 3 ? 'web' : 'ios', user, time }
      }
  }
}

/** Marks its own events, of users that there are, until it is told to end; gives how many it marked. */
async function writeUntil(isOver: () => boolean, name: string): Promise<number> {
  const bm = open()
  const random = seededRandom(name.length)
  const mark = (): Mark => ({
    event: `${name}_${Math.floor(random() * 4)}`,
    user: Math.floor(random() * USERS),
    time: new Date(FIRST + random() * DAYS * DAY_MS),
  })
  let written = 0
  for (; !isOver(); written += 31) {
    await bm.mark([mark()])
    await bm.mark(Array.from({ length: 30 }, mark))
    await turn()
  }
  return written
}

function total({ rows }: RetentionTable): number {
  return rows.flatMap(({ cells }) => cells).reduce((sum, { count }) => sum + (count ?? 0), 0)
}

describe('Bitmapist.retention', () => {
  it('answers as if alone: 240 tables, eight at once, of two instances, while two writers mark', async () => {
    const redis = server.client()
    const alone: RetentionTable[] = []
    for (const request of requests) alone.push(await open().retention(request))
    for (const table of alone) expect(total(table), `${table.start} ${table.return}`).toBeGreaterThan(100)
    const before = new Set(await redis.keys('*'))

    let isOver = false
    const writers = ['noise', 'other'].map((name) => writeUntil(() => isOver, name))
    const readers = [open(), open()]
    for (let round = 0; round < ROUNDS; round++) {
      const tables = await Promise.all(
        requests.map((request, i) => readers[(round + i) % readers.length]?.retention(request)),
      )
      // The Python library got 38 of 240 wrong with two threads: each deletes the temporary keys of the other.
      expect(tables, `round ${round}`).toEqual(alone)
    }
    isOver = true
    for (const written of await Promise.all(writers)) expect(written).toBeGreaterThan(ROUNDS)
    await expectOnly(redis, before)
  })
})

/** Reports leave nothing behind: all that is new are the writers' hours, days, weeks and months. */
async function expectOnly(redis: Redis, before: ReadonlySet<string>): Promise<void> {
  const more = (await redis.keys('*')).filter((key) => !before.has(key))
  const writers = /^trackist_(noise|other)_[0-3]_W?\d+(-\d+){1,3}$/
  expect(more.filter((key) => !writers.test(key))).toEqual([])
  expect(more.length).toBeGreaterThan(100)
}
