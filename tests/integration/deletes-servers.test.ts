import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, parsePeriod } from '../../lib/bitmapist'
import { type BitmapistServer, startBitmapistServer } from '../fixtures/bitmapist-server'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = new Date('2024-02-09T05:30:00Z')
/** What a glob pattern would take for something else. */
const PREFIX = 'p*[ab]?\\_'

let server: PrivateRedis
let cluster: PrivateCluster
let limited: BitmapistServer
let redis: ReturnType<PrivateRedis['client']>
let bm: Bitmapist

beforeAll(async () => {
  server = await startRedis()
  cluster = await startCluster()
  limited = await startBitmapistServer()
  redis = server.client()
})
afterAll(async () => {
  await server?.stop()
  await cluster?.stop()
  await limited?.stop()
})
beforeEach(async () => {
  await redis.flushall()
  bm = open()
})

const open = () => new Bitmapist({ redis, prefix: PREFIX, clock: () => NOW })

/** What follows a text in all keys that begin with it. */
async function keys(start: string): Promise<readonly string[]> {
  const all = await redis.keys('*')
  return all.filter((key) => key.startsWith(start)).map((key) => key.slice(start.length))
}

describe('Bitmapist.deleteAllEvents of 100,000 keys', () => {
  it('takes pages of them, never KEYS, and leaves foreign keys', async () => {
    const fill = `for i = 1, tonumber(ARGV[2]) do redis.call('SET', ARGV[1] .. i .. '_2024-' .. (i % 12 + 1), 'x') end`
    for (const start of [PREFIX, 'q*_']) await redis.eval(fill, 0, `${start}e`, 100_000)
    await redis.config('RESETSTAT')
    expect(await bm.deleteAllEvents()).toBe(100_000)
    const stats = await redis.info('commandstats')
    const calls = (name: string) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
    expect(calls('keys')).toBe(0)
    expect(calls('unlink')).toBeGreaterThanOrEqual(100_000)
    // Of our own records; the rest would hold the server for as long as a bitmap is long.
    expect(calls('del')).toBeLessThan(10)
    // At least one of a thousand keys each, of all that there are.
    expect(calls('scan')).toBeGreaterThan(100)
    expect((await keys('q*_')).length).toBe(100_000)
    expect(await keys(PREFIX)).toEqual([])
  })
})

describe('deleting while another writer marks', () => {
  it('leaves the other events whole, and whatever is marked afterwards', async () => {
    const writer = new Bitmapist({ redis: server.client(), prefix: PREFIX, clock: () => NOW })
    await bm.mark(Array.from({ length: 50 }, (_, i) => ({ event: `a${i}`, user: i })))
    let isOver = false
    let written = 0
    const writing = (async () => {
      for (; !isOver; written++)
        await writer.mark([
          { event: 'kept', user: written },
          { event: 'gone', user: written },
        ])
    })()
    for (let i = 0; i < 50; i++) expect(await bm.deleteEvent(`a${i}`)).toBe(3)
    await bm.deleteEvent('gone')
    const before = written
    await new Promise((resolve) => setTimeout(resolve, 20))
    isOver = true
    await writing
    expect(await bm.getMonthEvent('kept').count()).toBe(written)
    for (const library of [bm, writer, open()]) {
      expect(await library.eventNames()).toEqual(['gone', 'kept'])
      // The one that was under way when the event went may be in it or not.
      expect(await library.getMonthEvent('gone').count()).toBeGreaterThanOrEqual(written - before - 1)
    }
  })
})

describe('deleting everything while another writer marks', () => {
  it('lists and knows what is left in the end', async () => {
    const writer = new Bitmapist({ redis: server.client(), prefix: PREFIX, clock: () => NOW })
    let isOver = false
    let user = 0
    const writing = (async () => {
      for (; !isOver; user++) await writer.mark([{ event: `e${user % 3}`, user }], { trackUnique: true })
    })()
    for (let i = 0; i < 10; i++) await bm.deleteAllEvents()
    isOver = true
    await writing
    // Of one mark's keys some may have come before their time to go, and some after it.
    const left = await keys(PREFIX)
    const names = new Set(left.flatMap((key) => /^(e\d)_[2W]/.exec(key)?.[1] ?? []))
    for (const library of [bm, writer, open()]) {
      expect(await library.eventNames()).toEqual([...names].sort())
      const sets = ['e0', 'e1', 'e2'].flatMap((name) => [
        library.getMonthEvent(name),
        library.getAttribute(name),
      ])
      const known = await library.getAttribute('never').not().count()
      expect(known).toBe(await library.bitOpOr(...sets).count())
    }
  })
})

describe.each([
  ['a cluster', () => cluster.client()],
  ['bitmapist-server', () => limited.client()],
])('deleting from %s', (_, clientOf) => {
  it('finds the keys wherever they are, and no others', async () => {
    const client = clientOf()
    const [own, foreign] = [PREFIX, `q${PREFIX}`].map(
      (prefix) => new Bitmapist({ redis: client, prefix, clock: () => NOW }),
    )
    const names = Array.from({ length: 40 }, (_, i) => `e${i}`)
    const batch = names.map((event, user) => ({ event, user }))
    for (const library of [own, foreign]) await library?.mark(batch, { trackUnique: true })
    expect(await own?.deleteEvent('e1', { attribute: true })).toBe(4)
    expect(await own?.getMonthEvent('e2').delete()).toBe(true)
    expect(await own?.getMonthEvent('e2').count()).toBe(0)
    expect(await own?.deletePeriod(parsePeriod('2024-W06'))).toBe(39 * 2)
    expect(await own?.deletePeriod(parsePeriod('2024'), { event: 'e3' })).toBe(1)
    expect(await own?.eventNames({ prefix: 'e1' })).toEqual(names.filter((name) => /^e1./.test(name)))
    expect(await own?.deleteAllEvents()).toBe(37 + 39)
    expect(await own?.deleteAllEvents()).toBe(0)
    expect(await own?.getEventNames()).toEqual([])
    expect(await foreign?.getEventNames()).toEqual([...names].sort())
    expect(await foreign?.deleteAllEvents()).toBe(40 * 4)
  })
})
