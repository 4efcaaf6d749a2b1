import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { and, attribute, Bitmapist, event, or, parsePeriod, periodAt, xor } from '../../lib/bitmapist'
import { parseKey } from '../../lib/bitmapist/key'
import { Server } from '../../lib/bitmapist/store/server'
import { seededRandom } from '../../scripts/sample/random'
import { describeQuery, expectAgreement, requestOf } from '../fixtures/agreement'
import { type BitmapistServer, startBitmapistServer } from '../fixtures/bitmapist-server'
import { collect, digestOf, openGolden, readGolden, type System } from '../fixtures/golden'
import { batches, Model } from '../fixtures/mark-model'
import { answerable, openWorld, type World } from '../fixtures/oracle-world'
import { NO_SHARED, sharedFolder } from '../fixtures/shared'

const NOON = new Date('2025-01-08T12:00:00Z')
/** What is tried once a connection. */
const TRIED = ['getrange', 'strlen', 'bitpos', 'bitfield', 'unlink', 'eval', 'zadd', 'set', 'dbsize']
/** All that it is asked besides: never EXISTS, which it answers with 0. */
const ASKED = ['del', 'get', 'getbit', 'scan', 'setbit']

let server: BitmapistServer
let bm: Bitmapist

beforeAll(async () => {
  server = await startBitmapistServer()
})
afterAll(() => server?.stop())
beforeEach(() => {
  server.flush()
  server.forget()
  bm = new Bitmapist({ redis: server.client(), clock: () => NOON, trackHourly: true })
})

/** That it was asked nothing that it refuses but what was tried, each once a connection. */
function expectPolite(connections = 1): void {
  const refused = server.refusals.map(({ name }) => name)
  expect(refused.sort()).toEqual(Array(connections).fill(TRIED).flat().sort())
  const known = new Set([...TRIED, ...ASKED])
  expect(server.commands.filter((name) => !known.has(name))).toEqual([])
}

describe('Server.capabilities on bitmapist-server', () => {
  it('are none, found out once', async () => {
    const own = new Server(server.client(), 'probe')
    const none = { pieces: false, lengths: false, firstBits: false, bitfields: false, unlink: false }
    expect(await own.capabilities()).toEqual({
      ...none,
      scripts: false,
      records: false,
      conditions: false,
      sizes: false,
    })
    await own.capabilities()
    expect(server.commands).toEqual(TRIED)
    expect(server.keys()).toEqual({})
  })
})

describe('Bitmapist on bitmapist-server', () => {
  it('marks, unmarks, asks, combines and deletes, and sends nothing that is refused', async () => {
    await bm.mark([3, 5, 700_000].map((user) => ({ event: 'active', user, time: NOON })))
    await bm.mark([5, 9].map((user) => ({ event: 'web', user, time: NOON })))
    await bm.markAttribute('paid', 5)
    const active = bm.getDayEvent('active', NOON)
    const web = bm.getMonthEvent('web', NOON)
    expect([await active.count(), await bm.getHourEvent('active', NOON).count()]).toEqual([3, 3])
    expect([await active.has(5), await active.has(6), await active.hasEventsMarked()]).toEqual([
      true,
      false,
      true,
    ])
    expect(await collect(active)).toEqual([3, 5, 700_000])
    expect(await collect(active.and(web))).toEqual([5])
    expect(await collect(active.or(web))).toEqual([3, 5, 9, 700_000])
    expect(await collect(active.xor(web))).toEqual([3, 9, 700_000])
    expect(await collect(active.minus(web))).toEqual([3, 700_000])
    expect(await collect(active.not())).toEqual([9])
    expect(await collect(bm.getYearEvent('active', NOON))).toEqual([3, 5, 700_000])
    expect(await collect(bm.getAttribute('paid'))).toEqual([5])
    await bm.unmarkEvent('active', 5, { time: NOON })
    expect(await collect(active)).toEqual([3, 700_000])
    expect(await collect(bm.getWeekEvent('active', NOON))).toEqual([3, 700_000])
    expect(await bm.userDays(3, { event: 'active', ...JANUARY })).toEqual([parsePeriod('2025-01-08')])
    expect(await bm.events()).toMatchObject({
      events: [
        { name: 'active', first: '2025-01', last: '2025-01' },
        { name: 'web', first: '2025-01', last: '2025-01' },
      ],
      attributes: ['paid'],
    })
    await bm.deleteEvent('active')
    expect(await active.count()).toBe(0)
    await bm.deleteAllEvents()
    expect(Object.keys(server.keys()).filter((key) => key.startsWith('trackist_'))).toEqual([])
    expectPolite()
  })

  it('finds keys of another writer, under a prefix of signs that patterns have', async () => {
    const prefix = 'a*[b]?\\_'
    await server.client().setbit(`${prefix}active_2025-1-8`, 7, 1)
    await server.client().setbit('axb_active_2024-1-8', 7, 1)
    server.forget()
    const other = new Bitmapist({ redis: server.client(), prefix, clock: () => NOON })
    const found = [{ name: 'active', first: '2025-01', last: '2025-01' }]
    expect(await other.events()).toMatchObject({ events: found, attributes: [] })
    expect(await collect(other.getDayEvent('active', NOON))).toEqual([7])
    expectPolite()
  })

  it('keeps random marks and unmarks as the model does', async () => {
    const model = new Model('trackist_')
    for (const plan of fc.sample(batches, { seed: 20_261_206, numRuns: 40 }))
      for (const { marks, ...tracked } of plan) {
        await bm.mark(marks, tracked)
        for (const mark of marks) model.apply(mark, tracked)
      }
    const held = Object.entries(server.keys()).filter(
      ([key, bits]) => parseKey('trackist_', key) && bits.length > 0,
    )
    expect(Object.fromEntries(held)).toEqual(model.contents())
    expectPolite()
  })

  it('refuses mapped ids, with the reason and before it writes anything', async () => {
    const mapped = new Bitmapist({ redis: server.client(), idMode: 'mapped', clock: () => NOON })
    const refusal = {
      code: 'BAD_SETTINGS',
      field: 'ID_MODE',
      message: expect.stringContaining('ID_MODE expected integer, for this server runs no scripts'),
    }
    const request = { start: event('active'), return: event('active'), first: parsePeriod('2025-01') }
    for (const ask of [
      () => mapped.markEvent('active', 'ann', { time: NOON }),
      () => mapped.getDayEvent('active', NOON).has('ann'),
      () => mapped.getDayEvent('active', NOON).count(),
      () => mapped.retention({ ...request, rows: 1, columns: 1 }),
    ])
      await expect(ask()).rejects.toMatchObject(refusal)
    expect(server.keys()).toEqual({})
    await bm.markEvent('active', 7, { time: NOON })
    expect(await bm.getDayEvent('active', NOON).count()).toBe(1)
  })
})

const JANUARY = { from: parsePeriod('2025-01-01'), to: parsePeriod('2025-01-31') }

describe('Bitmapist on bitmapist-server against an oracle of plain sets', () => {
  let world: World

  beforeAll(async () => {
    world = await openWorld(await startBitmapistServer())
  })
  afterAll(() => world?.stop())

  it('agrees on 80 random tables of every mode, and on their series', async () => {
    const modes = new Set<string>()
    for (const query of answerable(seededRandom(20_261_207), 80)) {
      const { rows, mode } = await expectAgreement(query, world.oracle, world.library(query.now))
      if (rows.some(({ cells }) => cells.some(({ count }) => count)))
        modes.add(query.brackets ? 'brackets' : mode)
      const { start, first } = requestOf(query)
      const series = await world.library(query.now).series({ expression: start, from: first, to: first })
      const wanted = world.oracle.series({
        expression: query.start,
        from: query.first,
        to: query.first,
        now: query.now,
      })
      expect(series.points, describeQuery(query)).toEqual(wanted)
    }
    expect([...modes].sort()).toEqual(['brackets', 'every', 'on', 'on-or-after', 'on-or-before'])
  })
})

const UNITS_OF = { days: 'day', weeks: 'week', months: 'month', years: 'year' } as const
const COMBINE = { AND: and, OR: or, XOR: xor }

function leafOf(key: string) {
  const meaning = parseKey('trackist_', key)
  if (meaning === null) throw new Error(`${key} is not a key`)
  return meaning.kind === 'event' ? event(meaning.event, meaning.period) : attribute(meaning.name)
}

const shared = sharedFolder()

if (shared === null) it.skip(`golden counts on bitmapist-server (${NO_SHARED})`, () => {})
else
  describe('the golden marks on bitmapist-server', () => {
    const golden = readGolden(join(shared, 'golden'))
    let system: System
    let onRedis: System

    beforeAll(async () => {
      system = await openGolden(golden.marks, await startBitmapistServer())
      onRedis = await openGolden(golden.marks)
    })
    afterAll(() => Promise.all([system?.stop(), onRedis?.stop()]))

    it('give every golden count and its members', async () => {
      expect(golden.counts.length).toBe(153)
      for (const entry of golden.counts) {
        const of = entry.kind === 'unique' ? null : periodAt(entry.kind, new Date(entry.time))
        const set = of === null ? system.bm.getAttribute(entry.event) : system.bm.getEvent(entry.event, of)
        const ids = await collect(set)
        expect([ids.length, digestOf(ids)], `${set}`).toEqual([entry.count, entry.members_sha256])
        expect(await set.count()).toBe(entry.count)
      }
    })

    it('give every golden set operation and its members', async () => {
      expect(golden.bitops.length).toBe(60)
      for (const { op, keys, count, members_sha256 } of golden.bitops) {
        const ids = await collect(system.bm.members(COMBINE[op](...keys.map(leafOf)), null))
        expect([ids.length, digestOf(ids)], `${op} ${keys}`).toEqual([count, members_sha256])
      }
    })

    it('give the tables that they give on Redis', async () => {
      for (const { params, rows } of golden.tables.tables) {
        const [first] = rows.map(([date]) => periodAt(UNITS_OF[params.time_group], new Date(date)))
        if (first === undefined) throw new Error('a golden table without rows')
        const request = {
          start: event(params.select1),
          return: event(params.select2),
          first,
          rows: rows.length,
          columns: params.num_of_rows + 1,
        }
        const table = await system.bm.retention(request)
        expect(table).toEqual(await onRedis.bm.retention(request))
      }
    })
  })
