import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { offset, type UserSet } from '../../lib/bitmapist'
import { type Random, seededRandom } from '../../scripts/sample/random'
import { describeQuery, expectAgreement, requestOf } from '../fixtures/agreement'
import { collect } from '../fixtures/golden'
import type { OraclePlace, OracleRetentionQuery } from '../fixtures/oracle'
import { isPlainOr, plainEventsIn } from '../fixtures/oracle-expression'
import { randomPlace } from '../fixtures/oracle-queries'
import { answerable, openWorld, WORLD, type World } from '../fixtures/oracle-world'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.stop())

function ask(query: OracleRetentionQuery, { row, column, which }: OraclePlace): Promise<UserSet> {
  const request = requestOf(query)
  const period = row === null ? null : offset(request.first, row)
  return world.library(query.now).retentionUsers(request, { row: period, column, which })
}

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
  const wanted = world.oracle.members(query, place)
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
  for (let k = 0; k < 4 && !world.oracle.members(query, place)?.size; k++) place = randomPlace(random, query)
  return place
}

describe('Bitmapist.retention and retentionUsers against an oracle of plain sets', () => {
  it('agree on 500 random queries of every mode, base, bracket and period, and on who is behind them', async () => {
    const random = seededRandom(20_261_125)
    const seen: Record<string, number> = {}
    const note = (what: string, is: unknown) => {
      seen[what] = (seen[what] ?? 0) + (is ? 1 : 0)
    }
    for (const query of answerable(random, 500)) {
      const table = await expectAgreement(query, world.oracle, world.library(query.now))
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

  it('agree on who is new by the hour: nobody of an earlier day, or of an earlier hour of the day', async () => {
    const hours = {
      ...WORLD,
      events: ['active', 'song:play', 'web'],
      units: { hour: 1, day: 0, week: 0, month: 0, year: 0 },
    }
    let isCounted = 0
    for (const { who, ...query } of answerable(seededRandom(20_261_127), 120, hours)) {
      if (plainEventsIn(query.start).length === 0) continue
      const { rows } = await expectAgreement(
        { ...query, cohort: 'first' },
        world.oracle,
        world.library(query.now),
      )
      if (isPlainOr(query.start) && rows.filter(({ size }) => size).length > 3) isCounted++
    }
    expect(isCounted).toBeGreaterThan(10)
  })
})
