import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, day, type Period, parseExpression } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { type BitmapistServer, startBitmapistServer } from '../fixtures/bitmapist-server'
import { trackedClients } from '../fixtures/clients'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const CLOSED = day(2025, 1, 5)
const OPEN = day(2025, 1, 6)
const EVENT = parseExpression('active')
const keyOf = (of: Period) => eventKey('trackist_', 'active', of)

let redis: PrivateRedis
let server: BitmapistServer
let now = new Date('2025-01-06T12:00:00Z')
const opened: { close(): void }[] = []

beforeAll(async () => {
  redis = await startRedis()
  server = await startBitmapistServer()
  await redis.client().acl('SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-client|tracking')
})
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
  now = new Date('2025-01-06T12:00:00Z')
})
afterAll(async () => {
  await redis.stop()
  await server.stop()
})

function open(client: Redis): Bitmapist {
  const bm = new Bitmapist({ redis: client, cacheBytes: 1e7, clock: () => now })
  opened.push(bm)
  return bm
}

type Clients = readonly [ours: Redis, writer: Redis]

/** Two clients of an empty server: ours may not ask for tracking. */
async function refused(): Promise<Clients> {
  const writer = redis.client()
  await writer.flushall()
  const ours = new Redis(redis.port, { username: 'app', password: 'secret' })
  opened.push({ close: () => ours.disconnect() })
  return [ours, writer]
}

const SERVERS: readonly [string, () => Promise<Clients>][] = [
  ['a user who may not ask for tracking', refused],
  [
    'bitmapist-server',
    async () => {
      server.flush()
      return [server.client(), server.client()]
    },
  ],
]

const seriesOf = (bm: Bitmapist) => bm.series({ expression: EVENT, from: CLOSED, to: OPEN })

describe.each(SERVERS)('the cache with %s', (_, clients) => {
  it('keeps closed periods for a minute, says how old they may be, and reads the others anew', async () => {
    const [ours, writer] = await clients()
    const bm = open(ours)
    for (const of of [CLOSED, OPEN]) await writer.setbit(keyOf(of), 1, 1)
    const counts = async () => (await seriesOf(bm)).points.map((point) => point.count)
    expect(await seriesOf(bm)).toMatchObject({ exact: true })
    for (const of of [CLOSED, OPEN]) await writer.setbit(keyOf(of), 2, 1)
    now = new Date('2025-01-06T12:00:59Z')
    expect(await counts()).toEqual([1, 2])
    expect(await seriesOf(bm)).toMatchObject({ exact: false, exactAsOf: '2025-01-06T12:00:00Z' })
    now = new Date('2025-01-06T12:01:01Z')
    const report = await seriesOf(bm)
    expect(report.points.map((point) => point.count)).toEqual([2, 2])
    expect([report.exact, report.exactAsOf]).toEqual([true, undefined])
    expect(bm.cacheStats()).toMatchObject({ mode: 'ttl', invalidations: 0 })
  })

  it('says of a table made of kept bitmaps how old they may be', async () => {
    const [ours, writer] = await clients()
    const bm = open(ours)
    for (const of of [CLOSED, OPEN]) await writer.setbit(keyOf(of), 1, 1)
    const request = { start: EVENT, return: EVENT, first: CLOSED, rows: 1, columns: 1 }
    const first = await bm.retention(request)
    now = new Date('2025-01-06T12:00:30Z')
    const second = await bm.retention(request)
    expect([first.exact, first.exactAsOf]).toEqual([true, undefined])
    expect([second.exact, second.exactAsOf]).toEqual([false, '2025-01-06T12:00:00Z'])
    expect(second.rows).toEqual(first.rows)
  })
})

describe.each(SERVERS)('an answer that cannot say how old it is, with %s', (_, clients) => {
  it('is read anew: counts, lists and who is behind a cell or a mean', async () => {
    const [ours, writer] = await clients()
    const bm = open(ours)
    const request = { start: EVENT, return: EVENT, first: CLOSED, rows: 1, columns: 1 }
    const idsOf = async (set: AsyncIterable<number>) => {
      const ids: number[] = []
      for await (const id of set) ids.push(id)
      return ids
    }
    for (let users = 1; users <= 3; users++) {
      await writer.setbit(keyOf(CLOSED), users, 1)
      const all = [1, 2, 3].slice(0, users)
      expect(await bm.count(EVENT, CLOSED)).toBe(users)
      expect(await bm.getDayEvent('active', new Date('2025-01-05T12:00:00Z')).count()).toBe(users)
      expect(await idsOf(bm.members(EVENT, CLOSED))).toEqual(all)
      const set = await bm.usersOf(EVENT, CLOSED)
      expect([await set.count(), await set.page({ after: null, limit: 9 })]).toEqual([
        users,
        { users: all, next: null },
      ])
      for (const row of [CLOSED, null]) {
        const cell = { row, column: 0, which: 'returned' } as const
        expect(await idsOf(await bm.retentionUsers(request, cell))).toEqual(all)
      }
      await bm.retention(request)
    }
    expect(await bm.retention(request)).toMatchObject({ exact: false, users: 3 })
    await writer.del(keyOf(CLOSED))
    expect(await bm.getDayEvent('active', new Date('2025-01-05T12:00:00Z')).hasEventsMarked()).toBe(false)
    // The mean of rows of which none has anybody any more.
    const mean = { row: null, column: 0, which: 'returned' } as const
    await expect(bm.retentionUsers(request, mean)).rejects.toMatchObject({ code: 'BAD_PERIOD' })
  })
})

describe.each(SERVERS)('Bitmapist.cacheStats with %s', (_, clients) => {
  it('does not know the mode until Redis was asked, and knows it after', async () => {
    const bm = open((await clients())[0])
    expect(bm.cacheStats().mode).toBe('unknown')
    await bm.check()
    expect(bm.cacheStats().mode).toBe('ttl')
  })
})

describe('the cache where tracking is refused', () => {
  it('has its own marks at once', async () => {
    const [ours] = await refused()
    const bm = open(ours)
    await bm.markEvent('active', 1, { time: new Date('2025-01-05T10:00:00Z') })
    expect(await bm.count(EVENT, CLOSED)).toBe(1)
    await bm.markEvent('active', 2, { time: new Date('2025-01-05T11:00:00Z') })
    expect(await bm.count(EVENT, CLOSED)).toBe(2)
  })

  it('leaves open only the connection that reads, until it is closed', async () => {
    const [ours, writer] = await refused()
    const rows = async () => String(await writer.client('LIST')).split('\n').length
    await ours.ping()
    const before = await rows()
    const bm = open(ours)
    await bm.count(EVENT, CLOSED)
    await bm.count(EVENT, CLOSED)
    expect(await trackedClients(writer)).toEqual({ listeners: [], readers: [] })
    expect(await rows()).toBe(before + 1)
    bm.close()
    await expect.poll(rows).toBe(before)
  })
})
