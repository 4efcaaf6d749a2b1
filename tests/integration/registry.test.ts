import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, type EventList, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { type PrivateRedis, startRedis } from '../fixtures/redis'
import { Clock, gate, watchScans } from '../fixtures/scans'

const KEYS = [
  't_a_b_2024-3-9',
  't_a_b_2024-3',
  't_a_b_W2024-10',
  't_a_b_2024-12',
  't_months_2023-5',
  't_paid_user_u',
]
const FOREIGN = [
  'other_a_2024-1',
  't_bitop_x_2024-1',
  't_a_2024-13',
  'bitcohort:{t_}:x_2024-1',
  'tx_a_2024-1',
  't_a_2024-01',
]
const FIRST = 'bitcohort:{t_}:registry:first'

let redis: PrivateRedis
let raw: Redis

beforeAll(async () => {
  // DEBUG POPULATE makes many keys at once.
  redis = await startRedis(['--enable-debug-command', 'local'])
  raw = redis.client()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  await raw.flushall()
})

const open = (options = {}) => new Bitmapist({ redis: redis.client(), prefix: 't_', ...options })
/** What the records have, by event and unit. */
const recorded = async () => (await raw.zrange(FIRST, '0', '-1')).sort()
const namesOf = ({ events }: EventList) => events.map(({ name }) => name)
const setAll = async (keys: readonly string[]) => {
  for (const key of keys) await raw.setbit(key, 3, 1)
}

/** A process to which every scan seems to take a second a page. */
function slowProcess(clock = new Clock(), options = {}) {
  const watched = watchScans(redis.client(), () => clock.pass(1000))
  const bm = open({ redis: watched.client, clock: clock.now, ...options })
  return { bm, clock, watched }
}

describe('Bitmapist.events', () => {
  beforeEach(() => setAll([...KEYS, ...FOREIGN]))

  it('finds events with their months, and attributes, and nothing that is not ours', async () => {
    expect(await open().events()).toEqual({
      events: [
        { name: 'a_b', first: '2024-03', last: '2024-12' },
        { name: 'months', first: '2023-05', last: '2023-05' },
      ],
      attributes: ['paid_user'],
      registryAsOf: expect.stringMatching(/Z$/),
      scan: null,
    })
  })

  it('has all names of a batch, however many there are', async () => {
    const marks = Array.from({ length: 50_000 }, (_, user) => ({ event: `e${user}`, user }))
    await open().mark(marks)
    expect((await open().events()).events).toHaveLength(50_000)
  })

  it('takes a prefix with glob characters for what it says', async () => {
    await setAll(['[t]*_a_2024-1'])
    expect(await open({ prefix: '[t]*_' }).events()).toMatchObject({
      events: [{ name: 'a', first: '2024-01', last: '2024-01' }],
      attributes: [],
    })
  })

  it('finds keys that another writer has made since', async () => {
    const clock = new Clock()
    const bm = open({ clock: clock.now })
    await bm.events()
    await setAll(['t_new_2025-1'])
    clock.pass(60_000)
    expect(namesOf(await bm.events())).toContain('new')
  })

  it('scans once for all who wait', async () => {
    const { passed, open: release } = gate()
    const watched = watchScans(redis.client(), () => passed)
    const bm = open({ redis: watched.client })
    const both = Promise.all([bm.eventNames(), bm.eventNames()])
    release()
    const [first, second] = await both
    expect(first).toEqual(second)
    expect(watched.pages).toBe(1)
  })

  it('does not answer by a scan that was under way when this process wrote a new key', async () => {
    const { passed, open: release } = gate()
    const watched = watchScans(redis.client(), (page) => (page === 1 ? passed : undefined))
    const bm = open({ redis: watched.client })
    const early = bm.eventNames()
    await bm.markEvent('new', 7)
    const late = bm.eventNames()
    release()
    await early
    expect(await late).toContain('new')
    expect(await bm.eventNames()).toContain('new')
  })
})

describe('a Redis whose scans take long', () => {
  it('is scanned every two minutes at most, and shows at once what our processes write', async () => {
    await setAll(KEYS)
    const { bm: one, clock, watched } = slowProcess()
    const { bm: other, watched: others } = slowProcess(clock)
    const asOf = (await one.events()).registryAsOf
    expect(asOf).toBe('2025-01-31T12:00:00Z')
    await one.markEvent('fresh', 1, { time: clock.now() })
    await other.markAttribute('vip', 2)
    await setAll(['t_foreign_2025-1'])
    for (const bm of [one, other]) {
      const list = await bm.events()
      expect(list.attributes).toEqual(['paid_user', 'vip'])
      expect(namesOf(list)).toEqual(['a_b', 'fresh', 'months'])
      expect(list.registryAsOf).toBe(asOf)
    }
    expect([watched.pages, others.pages]).toEqual([1, 0])
    clock.pass(120_000)
    // The first answer after two minutes still rests on what was known; a scan follows behind it.
    expect(namesOf(await other.events())).not.toContain('foreign')
    await expect.poll(async () => namesOf(await one.events())).toContain('foreign')
    expect(watched.pages + others.pages).toBe(2)
  })

  it('is scanned on demand', async () => {
    const { bm, clock } = slowProcess()
    await bm.events()
    await setAll(['t_foreign_2025-1'])
    clock.pass(5000)
    const list = await bm.rescan()
    expect(namesOf(list)).toEqual(['foreign'])
    expect(list).toMatchObject({ registryAsOf: '2025-01-31T12:00:06Z', scan: null })
  })

  it('says in a table with first since when other writers’ keys may be missing', async () => {
    await setAll(KEYS)
    const { bm, clock } = slowProcess()
    const request = {
      start: parseExpression('a_b'),
      return: parseExpression('a_b'),
      first: parsePeriod('2024-03'),
      rows: 2,
      columns: 1,
    }
    await bm.retention({ ...request, cohort: 'first' })
    clock.pass(60_000)
    const table = await bm.retention({ ...request, cohort: 'first' })
    expect([table.asOf, table.registryAsOf]).toEqual(['2025-01-31T12:01:01Z', '2025-01-31T12:00:00Z'])
    expect(await bm.retention(request)).not.toHaveProperty('registryAsOf')
  })
})

describe('the first scan', () => {
  const MANY = 200_000
  beforeEach(async () => {
    await setAll(KEYS)
    await raw.call('DEBUG', 'POPULATE', MANY, 'foreign')
  })

  it('is waited for by reports, and shown as it goes on by the list of events', async () => {
    const { passed, open: release } = gate()
    const watched = watchScans(redis.client(), (page) => (page > 100 ? passed : undefined))
    const bm = open({ redis: watched.client })
    let isAnswered = false
    const count = bm.count(parseExpression('months'), parsePeriod('2023-05')).finally(() => {
      isAnswered = true
    })
    const { scan, registryAsOf } = await bm.events()
    expect(registryAsOf).toBeNull()
    expect(scan?.total).toBeGreaterThan(MANY)
    expect(scan?.seen).toBeGreaterThan(0)
    expect(scan?.seen).toBeLessThanOrEqual(101_000)
    // Another process sees it too, and does not scan.
    const watchedOther = watchScans(redis.client())
    const other = open({ redis: watchedOther.client })
    expect((await other.events()).scan?.total).toBe(scan?.total)
    expect(isAnswered).toBe(false)
    release()
    expect(await count).toBe(1)
    expect(await bm.events()).toMatchObject({ scan: null, attributes: ['paid_user'] })
    expect(await other.attributeNames()).toEqual(['paid_user'])
    expect(watchedOther.pages).toBe(0)
    // Its first list still waits for the scan of a Redis that the next test empties.
    await other.rescan()
  })

  it('goes on in another process where one was killed half way', async () => {
    const clock = new Clock()
    const dying = redis.client()
    const first = watchScans(dying, (page) => {
      clock.pass(10)
      // A dead process asks for nothing more, and renews nothing.
      if (page > 100) dying.disconnect()
    })
    await expect(open({ redis: first.client, clock: clock.now }).eventNames()).rejects.toThrow()
    const second = watchScans(redis.client(), () => clock.pass(10))
    const bm = open({ redis: second.client, clock: clock.now })
    expect(await bm.eventNames()).toEqual(['a_b', 'months'])
    expect(await bm.attributeNames()).toEqual(['paid_user'])
    // Two hundred pages in all, of which the dead one noted every sixteenth.
    expect(second.pages).toBeGreaterThan(90)
    expect(second.pages).toBeLessThan(120)
    expect((await bm.events()).registryAsOf).toBe('2025-01-31T12:00:00Z')
  })

  it('begins anew on a server that is another one now', async () => {
    const scan = 'bitcohort:{t_}:scan'
    const cursors = JSON.stringify({ another: '1234', more: null })
    await raw.hset(scan, { begun: 1, spent: 5, seen: 100_000, total: MANY, cursors })
    const watched = watchScans(redis.client())
    expect(await open({ redis: watched.client }).eventNames()).toEqual(['a_b', 'months'])
    expect(watched.pages).toBeGreaterThan(190)
  })
})

describe('keys that another program deletes', () => {
  it('leave the list, and take the ends of an event with them', async () => {
    await setAll([
      't_a_2024-1',
      't_a_2024-5',
      't_a_2024-9',
      't_gone_2024-1',
      't_gone_2024-1-1',
      't_x_u',
      't_y_u',
    ])
    const clock = new Clock()
    const [one, other] = [open({ clock: clock.now }), open({ clock: clock.now })]
    expect(namesOf(await one.events())).toEqual(['a', 'gone'])
    await other.events()
    await raw.del('t_a_2024-1', 't_a_2024-9', 't_gone_2024-1', 't_gone_2024-1-1', 't_y_u')
    expect(await one.events()).toMatchObject({
      events: [{ name: 'a', first: '2024-05', last: '2024-05' }],
      attributes: ['x'],
    })
    expect(await recorded()).toEqual(['m a'])
    expect(namesOf(await other.events())).toEqual(['a'])
  })

  it('are announced again by the writer that had noted them', async () => {
    const clock = new Clock()
    const writer = open({ clock: clock.now })
    const { bm: reader, clock: readersClock } = slowProcess()
    const marks = ['2024-01-01', '2024-05-05', '2024-09-09'].map((day) => ({
      event: 'a',
      user: 7,
      time: new Date(day),
    }))
    await writer.mark(marks)
    await reader.events()
    const ended = await raw.keys('t_a_*2024-9*')
    await raw.del(...ended, 't_a_W2024-37')
    expect((await reader.rescan()).events).toEqual([{ name: 'a', first: '2024-01', last: '2024-05' }])
    readersClock.pass(1000)
    await writer.mark(marks.slice(2))
    expect((await reader.events()).events).toEqual([{ name: 'a', first: '2024-01', last: '2024-09' }])
    await writer.mark(marks.slice(1, 2))
    expect((await reader.events()).events).toEqual([{ name: 'a', first: '2024-01', last: '2024-09' }])
  })

  it('stay known where they come back while the scan that missed them ends', async () => {
    await setAll(['t_a_2024-1', 't_a_2024-5'])
    const clock = new Clock()
    await open({ clock: clock.now }).events()
    await raw.del('t_a_2024-5')
    const writer = open()
    // A page is read, and the key comes back before what it says is used.
    const client = redis.client()
    const scan = client.scan.bind(client)
    const late = async (cursor: string) => {
      const page = await scan(cursor, 'MATCH', 't_*', 'COUNT', 1000)
      await writer.markEvent('a', 8, { time: new Date('2024-05-05') })
      return page
    }
    const bm = open({ redis: Object.assign(client, { scan: late }), clock: clock.now })
    expect((await bm.events()).events).toEqual([{ name: 'a', first: '2024-01', last: '2024-05' }])
  })
})

describe('a process under which Redis is emptied', () => {
  const OWN = ['known', 'meta', 'registry:first', 'registry:last', 'registry:version']
  const own = async () => (await raw.keys('bitcohort:{t_}:*')).map((key) => key.slice(15)).sort()
  const time = new Date('2025-01-06')

  it('writes settings, registry and known users again with its next mark', async () => {
    const bm = open()
    await bm.markEvent('a', 7, { time })
    await bm.markEvent('a', 8, { time })
    await raw.flushall()
    await bm.markEvent('a', 8, { time })
    expect(await own()).toEqual(OWN)
    expect(await recorded()).toEqual(['d a', 'm a', 'w a'])
    expect([
      await raw.getbit('bitcohort:{t_}:known', 7),
      await raw.getbit('bitcohort:{t_}:known', 8),
    ]).toEqual([0, 1])
    expect(await bm.getDayEvent('a', time).count()).toBe(1)
  })

  it('finds that out where another process has set the settings again', async () => {
    const clock = new Clock()
    const [one, other] = [open({ clock: clock.now }), open({ clock: clock.now })]
    await one.markEvent('a', 7, { time })
    await raw.flushall()
    clock.pass(1)
    await other.markEvent('b', 7, { time })
    await one.markEvent('a', 8, { time })
    expect(await recorded()).toEqual(['d a', 'd b', 'm a', 'm b', 'w a', 'w b'])
    expect(await raw.getbit('bitcohort:{t_}:known', 8)).toBe(1)
  })

  it('lists nothing that is not there any more', async () => {
    const { bm, clock } = slowProcess()
    await bm.markEvent('a', 7, { time })
    expect(namesOf(await bm.events())).toEqual(['a'])
    await raw.flushall()
    clock.pass(1)
    expect(namesOf(await bm.events())).toEqual([])
  })
})

describe('a user of Redis who may only read', () => {
  it('gets the same answers, and writes nothing', async () => {
    await raw.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '&*', '+@read', '+@connection', '-@write')
    await setAll([...KEYS, 't_a_b_2024-2'])
    const before = await raw.dbsize()
    const client = redis.client({ username: 'reader', password: 'pw', enableReadyCheck: false })
    const bm = open({ redis: client })
    expect(namesOf(await bm.events())).toEqual(['a_b', 'months'])
    await raw.setbit('t_months_2023-5', 9, 1)
    expect(await bm.count(parseExpression('!a_b'), parsePeriod('2024-03'))).toBe(1)
    const table = await bm.retention({
      start: parseExpression('a_b'),
      return: parseExpression('!months@2023-05'),
      first: parsePeriod('2024-02'),
      rows: 1,
      columns: 1,
      cohort: 'first',
    })
    expect(table.rows[0]).toMatchObject({ size: 1, flag: 'history' })
    expect(table.registryAsOf).toBeDefined()
    expect(await raw.dbsize()).toBe(before)
    await setAll(['t_new_2025-1'])
    expect(namesOf(await bm.rescan())).toContain('new')
  })
})
