import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Bitmapist,
  type Bracket,
  baseOf,
  type Mode,
  offset,
  type RetentionTable,
  rateOf,
  type UserSet,
} from '../../lib/bitmapist'
import { type Random, seededRandom } from '../../scripts/sample/random'
import { simulate } from '../../scripts/sample/simulate'
import { describeQuery, expectAgreement, requestOf } from '../fixtures/agreement'
import { collect } from '../fixtures/golden'
import { Oracle, type OraclePlace, type OracleRetentionQuery } from '../fixtures/oracle'
import { plainEventsIn } from '../fixtures/oracle-expression'
import { type QueryWorld, randomModeQuery, randomPlace, randomTiling } from '../fixtures/oracle-queries'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const SAMPLE = { now: new Date('2026-11-24T10:42:07Z'), seed: 11, users: 800, weeks: 14 }
/** At the end of the data; in its midst, at midnight on a first of the month; three days after. */
const CLOCKS = [
  SAMPLE.now,
  SAMPLE.now,
  new Date('2026-11-01T00:00:00Z'),
  new Date('2026-11-23T15:00:00Z'),
  new Date('2026-11-27T23:59:59Z'),
]
const WORLD: QueryWorld = {
  events: ['signup', 'active', 'active', 'active', 'song:play', 'playlist:create', 'web', 'never seen'],
  attributes: ['paid_user', 'newsletter', 'country:US', 'nobody'],
  from: new Date('2026-08-20T00:00:00Z'),
  to: SAMPLE.now,
  units: { hour: 40, day: 20, week: 22, month: 12, year: 6 },
  // In the midst of a day: an hour's history begins where hours were first tracked.
  hoursFrom: new Date('2026-11-19T13:00:00Z'),
}
const hoursFrom = WORLD.hoursFrom ?? WORLD.from

let redis: PrivateRedis
let oracle: Oracle
const libraries = new Map<number, Bitmapist>()

function library(now: Date): Bitmapist {
  const made = libraries.get(now.getTime()) ?? new Bitmapist({ redis: redis.client(), clock: () => now })
  libraries.set(now.getTime(), made)
  return made
}

beforeAll(async () => {
  redis = await startRedis()
  const sample = simulate(SAMPLE)
  const marks = [...sample.days].flat().map((mark) => ({ ...mark, hourly: mark.time >= hoursFrom }))
  for (const trackHourly of [true, false])
    await library(SAMPLE.now).mark(
      marks.filter(({ hourly }) => hourly === trackHourly),
      { trackHourly },
    )
  await library(SAMPLE.now).mark(sample.attributes())
  oracle = new Oracle(marks, sample.attributes())
})
afterAll(() => redis.stop())

/** Queries that have an answer, the same in every run. */
function* queries(random: Random, count: number): Generator<OracleRetentionQuery> {
  for (let made = 0; made < count; ) {
    const query = randomModeQuery(random, WORLD, CLOCKS[made % CLOCKS.length] ?? SAMPLE.now)
    if (query.cohort === 'first' && plainEventsIn(query.start).length === 0) continue
    made++
    yield query
  }
}

function ask(query: OracleRetentionQuery, { row, column, which }: OraclePlace): Promise<UserSet> {
  const request = requestOf(query)
  const period = row === null ? null : offset(request.first, row)
  return library(query.now).retentionUsers(request, { row: period, column, which })
}

/** All pages of a set, of a size each. */
async function paged(set: UserSet, limit: number): Promise<readonly number[]> {
  const ids: number[] = []
  for (let after: number | null = null, more = true; more; ) {
    const { users, next } = await set.page({ after, limit })
    expect(users.length).toBe(next === null ? Math.min(limit, users.length) : limit)
    if (next !== null) expect(next).toBe(users.at(-1))
    ids.push(...users)
    after = next
    more = next !== null
  }
  return ids
}

async function expectMembers(query: OracleRetentionQuery, place: OraclePlace): Promise<number | null> {
  const text = `${JSON.stringify(place)} of ${describeQuery(query)}`
  const wanted = oracle.members(query, place)
  if (wanted === null) {
    await expect(ask(query, place), text).rejects.toMatchObject({ code: 'BAD_PERIOD' })
    return null
  }
  const ids = [...wanted].sort((a, b) => a - b)
  const set = await ask(query, place)
  expect(await collect(set), text).toEqual(ids)
  expect(await set.count(), text).toBe(ids.length)
  expect(await paged(set, Math.max(1, Math.ceil(ids.length / 3))), text).toEqual(ids)
  return ids.length
}

/** Mostly one with somebody in it. */
function somePlace(random: Random, query: OracleRetentionQuery): OraclePlace {
  let place = randomPlace(random, query)
  for (let k = 0; k < 4 && !oracle.members(query, place)?.size; k++) place = randomPlace(random, query)
  return place
}

describe('Bitmapist.retention and retentionUsers against an oracle of plain sets', () => {
  it('agree on 500 random queries of every mode, base, bracket and period, and on who is behind them', async () => {
    const random = seededRandom(20_261_125)
    const seen: Record<string, number> = {}
    const note = (what: string, is: unknown) => {
      seen[what] = (seen[what] ?? 0) + (is ? 1 : 0)
    }
    for (const query of queries(random, 500)) {
      const table = await expectAgreement(query, oracle, library(query.now))
      const { period, mode, base, brackets, rows, mean } = table
      const counted = rows.some(({ cells }) => cells.slice(1).some(({ count }) => count))
      for (const each of ['hour', 'day', 'week', 'month']) note(each, counted && period === each)
      note('year', period === 'year' && table.users)
      note(brackets ? 'brackets' : `${mode} ${base}`, counted)
      note(
        'silent',
        rows.some(({ cells }) => cells.some(({ flag }) => flag)),
      )
      note(
        'history',
        rows.some(({ flag }) => flag),
      )
      note('first in hours', query.cohort === 'first' && period === 'hour' && counted)
      note('open bracket', brackets && rows.some(({ cells }) => cells.some(({ state }) => state === 'open')))
      note(
        'mean',
        mean.simple.some((value) => value),
      )
      for (let k = 0; k < 3; k++) {
        const place = somePlace(random, query)
        const count = await expectMembers(query, place)
        note(
          count === null ? 'nothing yet' : `${place.which} of ${place.row === null ? 'means' : 'rows'}`,
          count !== 0,
        )
      }
    }
    // Else the generator has come to ask about nothing.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(5)
    expect(Object.keys(seen).length).toBe(21)
  }, 240_000)
})

/** What the definitions say that modes and brackets have to do with each other, cell by cell. */
describe('the modes and brackets of one question', () => {
  type Asked = (mode: Mode, brackets?: readonly Bracket[]) => Promise<RetentionTable>

  async function each(count: number, check: (ask: Asked, query: OracleRetentionQuery) => Promise<void>) {
    const random = seededRandom(20_261_126)
    for (const { brackets, ...query } of queries(random, count)) {
      const request = { ...requestOf(query), base: 'cohort' as const, columns: Math.max(2, query.columns) }
      await check((mode, tiles) => library(query.now).retention({ ...request, mode, brackets: tiles }), query)
    }
  }
  const countsOf = ({ rows }: RetentionTable) =>
    rows.map(({ cells }) => cells.flatMap(({ count }) => count ?? []))
  /** Whether no count of a row is higher than the one before it. */
  const falls = (counts: readonly number[]) =>
    counts.every((count, k) => k === 0 || count <= (counts[k - 1] ?? 0))

  it('has brackets of one offset each for the very cells of mode=on', () =>
    each(60, async (ask) => {
      const { rows, mean, users } = await ask('on')
      const tiles = mean.rows.map((_, k): Bracket => [k, k])
      expect(await ask('on', tiles)).toMatchObject({ rows, mean, users })
    }))

  it('has on-or-before at k for the bracket from 1 to k, and never falls from 1 on', () =>
    each(60, async (ask) => {
      const upTo = countsOf(await ask('on-or-before'))
      const columns = Math.max(...upTo.map(({ length }) => length))
      const brackets = Array.from({ length: columns }, (_, k): Bracket => (k === 0 ? [0, 0] : [1, k]))
      const within = countsOf(await ask('on', brackets))
      upTo.forEach((counts, r) => {
        expect(within[r]?.slice(0, counts.length)).toEqual(counts)
        expect(falls(counts.slice(1).reverse())).toBe(true)
      })
    }))

  it('has on-or-after for mode=on and all that comes later, and it never rises', () =>
    each(60, async (ask) => {
      const on = countsOf(await ask('on'))
      const [later, streak] = [countsOf(await ask('on-or-after')), countsOf(await ask('every'))]
      on.forEach((counts, r) => {
        expect(falls(later[r] ?? [])).toBe(true)
        expect(falls(streak[r] ?? [])).toBe(true)
        expect(streak[r]?.[0]).toBe(counts[0])
        counts.forEach((count, k) => {
          expect(later[r]?.[k]).toBeGreaterThanOrEqual(count)
          expect(streak[r]?.[k]).toBeLessThanOrEqual(count)
        })
      })
    }))

  it('has in brackets that tile the offsets at least the users of the bracket over all, in none more', () =>
    each(60, async (ask, { rows }) => {
      const tiles = randomTiling(seededRandom(rows), 1 + (rows % 5))
      const whole: Bracket = [0, tiles.at(-1)?.[1] ?? 0]
      const counts = countsOf(await ask('on', [...tiles, whole]))
      for (const [r, parts] of countsOf(await ask('on', tiles)).entries()) {
        // A row that has not begun has no cell with a count.
        const all = parts.length === 0 ? 0 : (counts[r]?.at(-1) ?? 0)
        expect(parts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(all)
        expect(Math.max(0, ...parts)).toBeLessThanOrEqual(all)
      }
    }))

  it('has with base=previous steps whose product is the streak’s own rate', () =>
    each(60, async (ask) => {
      for (const row of (await ask('every')).rows) {
        let product = rateOf(row.cells[0]?.count ?? null, row.size)
        row.cells.slice(1).forEach((cell, k) => {
          const step = rateOf(cell.count, baseOf(row, k + 1, 'previous'))
          if (product === null || step === null) return
          product *= step
          expect(product).toBeCloseTo(rateOf(cell.count, row.size) ?? Number.NaN, 12)
        })
      }
    }))
})
