import { once } from 'node:events'
import fc from 'fast-check'
import { Cluster, type Redis, type RedisOptions } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { attribute, Bitmapist, event, not, parsePeriod } from '../../lib/bitmapist'
import { scanPattern } from '../../lib/bitmapist/key'
import { setBits } from '../../lib/bitmapist/store/bits'
import { call } from '../../lib/bitmapist/store/call'
import { Server } from '../../lib/bitmapist/store/server'
import { seededRandom } from '../../scripts/sample/random'
import { findProgram, findRedisServer } from '../../scripts/system/programs.mjs'
import { expectAgreement } from '../fixtures/agreement'
import { answerable, openWorld } from '../fixtures/oracle-world'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const ALL = {
  pieces: true,
  lengths: true,
  firstBits: true,
  bitfields: true,
  unlink: true,
  scripts: true,
  records: true,
  conditions: true,
  sizes: true,
}
/** Without the ready check, which waits while a server is loading, and without what a user may lack. */
const PLAIN: RedisOptions = { protocol: 2, enableReadyCheck: false, disableClientInfo: true }

/** Every server that is installed here: Valkey's is tested where there is one. */
const PROGRAMS = [...new Set([findRedisServer(), findProgram('valkey-server')])].filter(
  (path) => path !== null,
)

describe.each(PROGRAMS)('Bitmapist on %s', (program) => {
  let redis: PrivateRedis
  let client: Redis

  beforeAll(async () => {
    // DEBUG is how a server is made to load its data again.
    redis = await startRedis(['--enable-debug-command', 'yes', '--repl-diskless-sync-delay', '0'], program)
    client = redis.client()
  })
  beforeEach(() => client.flushall())
  afterAll(() => redis?.stop())

  it('has every capability', async () => {
    expect(await new Server(client, 'probe').capabilities()).toEqual(ALL)
    expect(await client.dbsize()).toBe(0)
  })

  it('agrees with an oracle of plain sets on 100 random tables', async () => {
    const world = await openWorld(await startRedis([], program))
    try {
      for (const query of answerable(seededRandom(20_261_205), 100))
        await expectAgreement(query, world.oracle, world.library(query.now))
    } finally {
      await world.stop()
    }
  })

  it('finds by SCAN the keys of a prefix alone, whatever signs it has', async () => {
    const nasty = fc.string({
      unit: fc.constantFrom('*', '?', '[', ']', '\\', '^', '-', '!', 'a', 'b'),
      maxLength: 5,
    })
    const world = fc.sample(nasty, { seed: 1, numRuns: 400 })
    await client.mset(world.flatMap((key) => [`${key}.`, '']))
    for (const prefix of world.slice(0, 150)) {
      const [, found] = await client.scan(0, 'MATCH', scanPattern(prefix), 'COUNT', 10_000)
      const wanted = new Set(world.map((key) => `${key}.`).filter((key) => key.startsWith(prefix)))
      expect(new Set(found), prefix).toEqual(wanted)
    }
  })

  it('is refused an answer while it loads its data, and finds out once it has', async () => {
    await setBits(new Server(client, 'probe'), {
      bits: new Map(KEYS.map((key) => [key, new Set([1])])),
      value: 1,
    })
    await client.config('SET', 'loading-process-events-interval-bytes', 1024)
    await client.config('SET', 'key-load-delay', 500)
    const server = new Server(redis.client(PLAIN), 'probe')
    const other = redis.client(PLAIN)
    await Promise.all([server.client.ping(), other.ping()])
    const reload = redis.client().debug('RELOAD')
    await expect.poll(() => messageOf(other.get('a')), { interval: 1 }).toMatch(/^LOADING /)
    await expect(server.capabilities()).rejects.toThrow('LOADING')
    await reload
    await client.config('SET', 'key-load-delay', 0)
    expect(await server.capabilities()).toEqual(ALL)
  })

  it('finds out again where the connection is another one', async () => {
    const own = redis.client()
    const server = new Server(own, 'probe')
    await server.capabilities()
    await client.config('RESETSTAT')
    expect(await server.capabilities()).toEqual(ALL)
    expect(await client.info('commandstats')).not.toContain('bitpos')
    own.disconnect(true)
    await once(own, 'close')
    expect(await server.capabilities()).toEqual(ALL)
    expect(await client.info('commandstats')).toContain('bitpos')
  })

  it('lacks for now what a full one refuses, and has it again', async () => {
    const bm = new Bitmapist({ redis: client })
    const server = new Server(client, 'probe')
    await bm.markEvent('active', 7, { time: NOON })
    await client.config('SET', 'maxmemory', 1)
    try {
      expect(await server.capabilities()).toEqual({ ...ALL, bitfields: false, records: false })
      const full = new Bitmapist({ redis: redis.client() })
      expect(await full.getDayEvent('active', NOON).has(7)).toBe(true)
      await expect(full.markEvent('active', 8, { time: NOON })).rejects.toThrow('OOM command not allowed')
    } finally {
      await client.config('SET', 'maxmemory', 0)
    }
    expect(await server.capabilities()).toEqual(ALL)
  })

  it('is read from a replica, which is written to once it is one no more', async () => {
    const bm = new Bitmapist({ redis: client })
    await bm.mark([3, 5, 700_000].map((user) => ({ event: 'active', user, time: NOON })))
    await bm.markAttribute('paid', 5)
    const replica = await startRedis(['--replicaof', '127.0.0.1', String(redis.port)], program)
    try {
      const own = replica.client()
      await expect.poll(() => own.exists('trackist_paid_u'), { timeout: 30_000 }).toBe(1)
      const server = new Server(own, 'probe')
      expect(await server.capabilities()).toEqual({ ...ALL, bitfields: false, unlink: false, records: false })
      const copy = new Bitmapist({ redis: own, clock: () => NOON })
      const day = copy.getDayEvent('active', NOON)
      expect(await day.count()).toBe(3)
      expect([await day.has(5), await day.has(6)]).toEqual([true, false])
      expect(await copy.count(not(attribute('paid')), null)).toBe(2)
      const request = { start: event('active'), return: event('active'), first: parsePeriod('2025-01') }
      const { rows } = await copy.retention({ ...request, rows: 1, columns: 1, cohort: 'first' })
      expect(rows[0]?.cells[0]?.count).toBe(3)
      await expect(copy.markEvent('active', 9, { time: NOON })).rejects.toThrow('READONLY')
      await own.replicaof('NO', 'ONE')
      expect(await server.capabilities()).toEqual(ALL)
      await copy.markEvent('active', 9, { time: NOON })
      expect(await day.count()).toBe(4)
    } finally {
      await replica.stop()
    }
  })
})

const NOON = new Date('2025-01-08T12:00:00Z')
const KEYS = Array.from({ length: 3000 }, (_, i) => `key:${i}`)

/** What a promise is rejected with; '' where it is not. */
async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => '',
    (error: Error) => error.message,
  )
}

describe('Server', () => {
  let redis: PrivateRedis
  let client: Redis

  beforeAll(async () => {
    redis = await startRedis()
    client = redis.client()
  })
  afterAll(() => redis?.stop())

  it('is refused without a password, and says so', async () => {
    await client.config('SET', 'requirepass', 'secret')
    try {
      const server = new Server(redis.client(PLAIN), 'probe')
      await expect(server.capabilities()).rejects.toThrow('NOAUTH')
      await expect(server.run([call('get', 'a')])).rejects.toThrow('NOAUTH')
      await server.client.auth('secret')
      expect(await server.capabilities()).toEqual(ALL)
    } finally {
      await client.config('SET', 'requirepass', '')
    }
  })

  it('answers in order, and names the key that holds no string', async () => {
    const server = new Server(client, 'probe')
    await client.mset('a', 'A', 'b', 'B')
    await client.lpush('list', 1)
    const gets = (...keys: readonly string[]) => keys.map((key) => call('get', key))
    expect(await server.run(gets('b', 'absent', 'a'))).toEqual(['B', null, 'A'])
    await expect(server.run(gets('a', 'list'))).rejects.toMatchObject({
      code: 'WRONG_TYPE',
      message: expect.stringContaining('got "list"'),
    })
    await expect(server.run([call('get', 'a'), call('setbit', 'a', -1, 1)])).rejects.toThrow('ERR bit offset')
    expect(await server.drop(['a', 'absent', 'b', 'list'])).toBe(3)
  })

  it.each([
    ['keyPrefix', { keyPrefix: 'app:' }],
    ['stringNumbers', { stringNumbers: true }],
  ])('refuses a connection with %s, to a cluster too', (name, options) => {
    const lazy = { lazyConnect: true, ...options }
    const refusal = { code: 'BAD_SETTINGS', message: expect.stringContaining(`a connection without ${name}`) }
    expect(() => new Server(redis.client(lazy), 'probe')).toThrow(expect.objectContaining(refusal))
    const cluster = new Cluster([redis.port], { lazyConnect: true, redisOptions: options })
    expect(() => new Server(cluster, 'probe')).toThrow(expect.objectContaining(refusal))
  })

  it('listens to its client once, however many share it', async () => {
    const shared = redis.client()
    const before = shared.listenerCount('close')
    for (let made = 0; made < 30; made++) await new Server(shared, `probe${made}`).capabilities()
    expect(shared.listenerCount('close')).toBe(before + 1)
  })
})
