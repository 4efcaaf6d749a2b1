import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { CsvFile } from '../../scripts/sample/csv'
import { writeSample } from '../../scripts/sample/load'
import { seededRandom } from '../../scripts/sample/random'
import { type AttributeEntry, type LogEntry, simulate } from '../../scripts/sample/simulate'
import { describeQuery, expectAgreement, requestOf } from '../fixtures/agreement'
import { Oracle, type OracleRetentionQuery } from '../fixtures/oracle'
import { shift } from '../fixtures/oracle-calendar'
import { plainEventsIn, textOf } from '../fixtures/oracle-expression'
import { type QueryWorld, randomQuery } from '../fixtures/oracle-queries'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const SAMPLE = { now: new Date('2026-11-24T10:42:07Z'), seed: 7, users: 2000, weeks: 40 }
/** At the end of the data; in its midst, at midnight on a Monday and first of the month; a year later. */
const CLOCKS = [SAMPLE.now, SAMPLE.now, new Date('2026-06-01T00:00:00Z'), new Date('2027-11-24T23:59:59Z')]
const WORLD: QueryWorld = {
  // Those that most users do stand twice, so that most answers are not empty.
  events: ['signup', 'active', 'active', 'song:play', 'playlist:create', 'web', 'ios', 'never seen'],
  attributes: ['paid_user', 'newsletter', 'country:US', 'country:DE', 'nobody'],
  from: new Date('2026-02-23T00:00:00Z'),
  to: SAMPLE.now,
}

let redis: PrivateRedis
let oracle: Oracle
let log: LogEntry[]
let attributes: readonly AttributeEntry[]

const libraries = new Map<string, Bitmapist>()
/** One instance a clock and prefix. */
function library(now: Date, prefix = 'trackist_'): Bitmapist {
  const name = `${prefix} ${now.getTime()}`
  const made = libraries.get(name) ?? new Bitmapist({ redis: redis.client(), prefix, clock: () => now })
  libraries.set(name, made)
  return made
}

beforeAll(async () => {
  redis = await startRedis()
  const target = { redis: redis.client(), prefix: 'trackist_', maxUserId: 10_000 }
  await writeSample({ options: SAMPLE, target, csv: null, report: () => {} })
  const sample = simulate(SAMPLE)
  log = [...sample.days].flat()
  attributes = sample.attributes()
  oracle = new Oracle(log, attributes)
})
afterAll(() => redis.stop())

/** 300 queries, the same in every run. */
function queries(world: QueryWorld, count: number): OracleRetentionQuery[] {
  const random = seededRandom(20_261_124)
  return Array.from({ length: count }, (_, i) => randomQuery(random, world, CLOCKS[i % 4] ?? SAMPLE.now))
}

describe('Bitmapist against an oracle of plain sets', () => {
  it('agrees on 300 random retention tables, and refuses those that have no answer', async () => {
    const seen = { refused: 0, first: 0, counted: 0, history: 0, silent: 0, future: 0, open: 0, means: 0 }
    for (const query of queries(WORLD, 300)) {
      const bitmapist = library(query.now)
      if (query.cohort === 'first' && plainEventsIn(query.start).length === 0) {
        seen.refused++
        const refusal = { code: 'BAD_COHORT', field: 'start' }
        await expect(bitmapist.retention(requestOf(query)), describeQuery(query)).rejects.toMatchObject(
          refusal,
        )
        continue
      }
      const { rows, mean, cohort } = await expectAgreement(query, oracle, bitmapist)
      const cells = rows.flatMap((row) => row.cells)
      if (cohort === 'first') seen.first++
      if (cells.some(({ count }) => count)) seen.counted++
      if (rows.some(({ flag }) => flag)) seen.history++
      if (cells.some(({ flag }) => flag)) seen.silent++
      if (cells.some(({ state }) => state === 'future')) seen.future++
      if (cells.some(({ state }) => state === 'open')) seen.open++
      if (mean.simple.some((value) => value)) seen.means++
    }
    // Else the generator has come to ask about nothing.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(5)
  })

  it('agrees on the series, a count and the members of the same expressions', async () => {
    for (const { start, return: back, first, rows, now } of queries(WORLD, 300)) {
      const bitmapist = library(now)
      const expression = parseExpression(textOf(start))
      const other = parseExpression(textOf(back))
      const to = shift(first, rows - 1)
      const text = `${textOf(start)} ${first}..${to} at ${now.toISOString()}`
      const series = await bitmapist.series({ expression, from: parsePeriod(first), to: parsePeriod(to) })
      expect(series.points, text).toEqual(oracle.series({ expression: start, from: first, to, now }))
      const wanted = [...oracle.matching(back, to)].sort((a, b) => a - b)
      expect(await bitmapist.count(other, parsePeriod(to)), `${textOf(back)} ${to}`).toBe(wanted.length)
      const members: number[] = []
      for await (const id of bitmapist.members(other, parsePeriod(to))) members.push(id)
      expect(members, `${textOf(back)} ${to}`).toEqual(wanted)
    }
  })
})

describe('Bitmapist.retention', () => {
  it('flags a negated return as silent where everyone known matches what is negated', async () => {
    const ask = (text: string) =>
      library(SAMPLE.now).retention({
        start: parseExpression('signup'),
        return: parseExpression(text),
        first: parsePeriod('2026'),
        rows: 1,
        columns: 1,
      })
    const { rows, knownAsOf } = await ask('!active')
    expect(rows[0]?.cells).toEqual([{ offset: 0, count: 0, state: 'open', flag: 'silent' }])
    expect(knownAsOf).toBe('2026-11-24T10:42:07Z')
    expect((await ask('!attr(paid_user)')).rows[0]?.cells[0]?.flag).toBeNull()
  })
})

describe('Bitmapist with ids far apart', () => {
  it('agrees where a bitmap is longer than one block', async () => {
    const far = (user: number) => (user * 104_729) % 2_400_007
    const sample = simulate({ now: SAMPLE.now, seed: 3, users: 60, weeks: 3 })
    const sparse = [...sample.days].flat().map((entry) => ({ ...entry, user: far(entry.user) }))
    const facts = sample.attributes().map((entry) => ({ ...entry, user: far(entry.user) }))
    await library(SAMPLE.now, 'far_').mark([...sparse, ...facts])
    const judge = new Oracle(sparse, facts)
    const world = { ...WORLD, from: new Date('2026-11-09T00:00:00Z') }
    const asked = queries(world, 60).filter(
      ({ cohort, start }) => cohort === 'recurring' || plainEventsIn(start).length > 0,
    )
    for (const query of asked) await expectAgreement(query, judge, library(query.now, 'far_'))
    expect(Math.max(...sparse.map(({ user }) => user))).toBeGreaterThan(2 ** 21)
  })
})

describe('CsvFile', () => {
  it('holds the whole sample: its rows give the same oracle', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bitcohort-csv-'))
    try {
      const path = join(folder, 'sample.csv')
      await writeSample({ options: SAMPLE, target: null, csv: new CsvFile(path), report: () => {} })
      const rows: Record<string, string>[] = parse(readFileSync(path), { columns: true })
      const marks = rows.map((row) => ({
        user: Number(row.user_id),
        time: new Date(row.timestamp ?? ''),
        event: row.event ?? '',
      }))
      const facts = rows.flatMap(({ user_id, attribute = '' }) =>
        attribute === '' ? [] : [{ user: Number(user_id), attribute }],
      )
      expect(marks.slice(0, log.length)).toEqual(log)
      expect(facts).toEqual(attributes)
      const again = new Oracle(marks, facts)
      for (const query of queries(WORLD, 40))
        if (query.cohort === 'recurring' || plainEventsIn(query.start).length > 0)
          expect(again.retention(query)).toEqual(oracle.retention(query))
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
