import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, offset, parsePeriod } from '../../lib/bitmapist'
import { type Random, seededRandom } from '../../scripts/sample/random'
import { describeQuery, expectSameMeans, requestOf } from '../fixtures/agreement'
import { collect } from '../fixtures/golden'
import { Oracle, type OracleMark, type OracleRetentionQuery } from '../fixtures/oracle'
import { plainEventsIn } from '../fixtures/oracle-expression'
import { randomModeQuery, randomPlace } from '../fixtures/oracle-queries'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const HOUR_MS = 3_600_000
const DAYS = 12

let server: PrivateRedis

beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

/** What a wall clock shows, as if it were UTC; by the platform's own time zones. */
function wallClock(timeZone: string): (instant: Date) => Date {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return (instant) => new Date(`${clock.format(instant).replace(' ', 'T')}Z`)
}

/** Three hundred marks a day by sixty users, most of them in a few hours of the middle days. */
function randomLog(random: Random, from: number): readonly OracleMark[] {
  return Array.from({ length: 300 * DAYS }, () => {
    const share = random() < 0.5 ? random() : 0.4 + 0.2 * random()
    const event = ['active', 'web', 'song:play'][Math.floor(random() * 3)] ?? 'active'
    const time = new Date(from + Math.floor(share * DAYS * 24 * HOUR_MS))
    return { user: Math.floor(random() * 60), event, time, hourly: true }
  })
}

interface Clock {
  readonly now: Date
  readonly wall: Date
}

/** A query whose first row is there by the clock. */
function* queries(
  random: Random,
  clocks: readonly Clock[],
  world: { from: Date; to: Date },
  skipped: ReadonlySet<string>,
) {
  const units = { hour: 45, day: 35, week: 12, month: 6, year: 2 }
  const about = {
    ...world,
    units,
    events: ['active', 'web', 'song:play', 'never seen'],
    attributes: ['nobody'],
  }
  for (let made = 0; made < 60; ) {
    const clock = clocks[made % clocks.length]
    if (clock === undefined) return
    const query = { ...randomModeQuery(random, about, clock.wall), skipped }
    if (query.cohort === 'first' && plainEventsIn(query.start).length === 0) continue
    if (skipped.has(query.first)) continue
    made++
    yield { query, now: clock.now }
  }
}

const hoursOf = (day: string) =>
  Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, '0')}`)

describe('Bitmapist against the oracle, by the clock of', () => {
  it.each<[string, string, readonly string[]]>([
    ['America/Sao_Paulo', '2017-10-15T03:00:00Z', ['2017-10-15T00']],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', ['2011-12-30', ...hoursOf('2011-12-30')]],
    ['Europe/Berlin', '2025-03-30T01:00:00Z', ['2025-03-30T02']],
    ['Europe/Berlin', '2025-10-26T01:00:00Z', []],
    ['Asia/Kolkata', '2025-01-06T18:30:00Z', []],
  ])('%s at its change of %s', async (timeZone, change, skippedLabels) => {
    const wall = wallClock(timeZone)
    const skipped = new Set(skippedLabels)
    const from = Date.parse(change) - (DAYS / 2) * 24 * HOUR_MS
    const random = seededRandom(from)
    const log = randomLog(random, from)
    const prefix = `${timeZone} ${change}_`
    const library = (now: Date) =>
      new Bitmapist({ redis: server.client(), prefix, timeZone, clock: () => now, trackHourly: true })
    await library(new Date(change)).mark(log)
    const oracle = new Oracle(
      log.map((mark) => ({ ...mark, time: wall(mark.time) })),
      [],
    )
    const clocks = [-1, 0, 26 * HOUR_MS, 2 * DAYS * 24 * HOUR_MS].map((after) => {
      const now = new Date(Date.parse(change) + after)
      return { now, wall: wall(now) }
    })
    const world = { from: wall(new Date(from)), to: wall(new Date(from + DAYS * 24 * HOUR_MS)) }
    for (const { query, now } of queries(random, clocks, world, skipped))
      await expectSame(query, oracle, { bm: library(now), random })
  })
})

async function expectSame(
  query: OracleRetentionQuery,
  oracle: Oracle,
  { bm, random }: { readonly bm: Bitmapist; readonly random: Random },
): Promise<void> {
  const text = describeQuery(query)
  const want = oracle.retention(query)
  const got = await bm.retention(requestOf(query))
  expect(got.rows, text).toEqual(want.rows)
  expect(got.users, text).toBe(want.users)
  expectSameMeans(got.mean, want.mean, text)
  const place = randomPlace(random, query)
  const users = oracle.members(query, place)
  if (users === null) return
  const row = place.row === null ? null : offset(parsePeriod(query.first), place.row, bm.zone)
  const set = await bm.retentionUsers(requestOf(query), { ...place, row })
  expect(await collect(set), `${JSON.stringify(place)} of ${text}`).toEqual([...users].sort((a, b) => a - b))
}
