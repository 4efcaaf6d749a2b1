import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { AbstractConnector, Redis, type RedisOptions } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Bitmapist, day, parseExpression } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { binaryCall } from '../../lib/bitmapist/store/call'
import { Pair } from '../../lib/bitmapist/store/pair'
import { Wire } from '../../lib/bitmapist/store/wire'
import { clientRows, trackedClients } from '../fixtures/clients'
import { type RedisProxy, startProxy } from '../fixtures/proxy'
import { type PrivateRedis, startRedis } from '../fixtures/redis'
import { slowWayTo } from '../fixtures/slow'

const DAY = day(2025, 1, 6)
const EVENT = parseExpression('active')
const KEY = eventKey('trackist_', 'active', DAY)
/** Two pieces and a bit of a third, so that replies are cut. */
const BITMAP = Buffer.alloc(600_000, 0b0101_0101)
const USERS = 600_000 * 4
const MIB = 1024 * 1024

let redis: PrivateRedis
let proxy: RedisProxy
let admin: Redis
const closed: (() => void)[] = []

beforeAll(async () => {
  redis = await startRedis()
  proxy = await startProxy(redis.port)
  admin = redis.client()
})
beforeEach(() => admin.set(KEY, BITMAP))
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  proxy.release()
  for (const close of closed.splice(0)) close()
})
afterAll(async () => {
  await proxy.stop()
  await redis.stop()
})

/** Of a program that opens its connections itself. */
class OwnConnector extends AbstractConnector {
  constructor() {
    super(0)
  }

  override async connect() {
    this.stream = createConnection({ port: redis.port })
    return this.stream
  }
}

function connect(options: RedisOptions): Redis {
  const client = new Redis(options)
  client.on('error', () => {})
  closed.push(() => client.disconnect())
  return client
}

function open(client: Redis, cacheBytes = 0): Bitmapist {
  const bm = new Bitmapist({ redis: client, cacheBytes, clock: () => new Date('2025-01-06T12:00:00Z') })
  closed.push(() => bm.close())
  return bm
}

const count = (bm: Bitmapist) => bm.count(EVENT, DAY)

/** Connections that were opened beside those of the clients. */
async function others() {
  return (await clientRows(admin)).filter(({ resp }) => resp === '2')
}

describe('connections of reports', () => {
  const ways: readonly (readonly [string, RedisOptions])[] = [
    ['lazyConnect', { lazyConnect: true }],
    ['connectionName', { connectionName: 'ours' }],
    ['a name of a host', { host: 'localhost', family: 4 }],
    ['enableReadyCheck: false', { enableReadyCheck: false }],
    ['enableReadyCheck: false and a name', { enableReadyCheck: false, connectionName: 'ours', db: 0 }],
    ['enableAutoPipelining', { enableAutoPipelining: true }],
    ['maxRetriesPerRequest: 0', { maxRetriesPerRequest: 0 }],
    ['reconnectOnError', { reconnectOnError: () => 2 }],
    ['commandTimeout', { commandTimeout: 1000 }],
    ['socketTimeout', { socketTimeout: 300 }],
    ['keepAlive and noDelay', { keepAlive: 1000, noDelay: false }],
    ['replyMapping: resp3', { replyMapping: 'resp3' }],
    ['readOnly', { readOnly: true }],
    ['a connector', { Connector: OwnConnector }],
  ]
  it.each(ways)('are opened with %s', async (_, options) => {
    const bm = open(connect({ port: redis.port, ...options }), 64 * MIB)
    expect(await count(bm)).toBe(USERS)
    expect((await others()).length).toBe(2)
    expect(await count(bm)).toBe(USERS)
    expect(bm.cacheStats()).toMatchObject({ mode: 'tracking', hits: 1 })
    await admin.setbit(KEY, 0, 1)
    expect(await count(bm)).toBe(USERS + 1)
    // Longer than its silence may last.
    await sleep(options.socketTimeout ? 400 : 0)
    expect(await count(bm)).toBe(USERS + 1)
    expect((await others()).length).toBe(2)
    bm.close()
    await expect.poll(others).toEqual([])
  })

  it('are all closed of fifty that share a client, which is listened to once', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const client = connect({ port: redis.port })
    const all = Array.from({ length: 50 }, () => open(client, MIB))
    expect(new Set(await Promise.all(all.map(count)))).toEqual(new Set([USERS]))
    expect((await others()).length).toBeGreaterThan(0)
    for (const bm of all) bm.close()
    await expect.poll(others).toEqual([])
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it.each([0, 64 * MIB])('are not opened for a client that has quit, %i bytes kept', async (cacheBytes) => {
    const client = connect({ port: redis.port })
    const bm = open(client, cacheBytes)
    expect(await count(bm)).toBe(USERS)
    await client.quit()
    await expect(count(bm)).rejects.toThrow('Connection is closed')
    await expect.poll(others).toEqual([])
  })

  it('follow a database that is selected while they are opened', async () => {
    await redis.client({ db: 5 }).set(KEY, Buffer.of(0xff))
    for (let i = 0; i < 20; i++) {
      const client = connect({ port: redis.port })
      const bm = open(client, i % 2 === 0 ? 0 : MIB)
      await bm.check()
      const first = count(bm)
      if (i % 4 > 1) await sleep(i / 4)
      await client.select(5)
      expect(await count(bm)).toBe(8)
      await first
      expect(await count(bm)).toBe(8)
    }
  })
})

describe('a hanging server', () => {
  it('is asked once, where a command may take only so long', async () => {
    const bm = open(connect({ port: proxy.port, commandTimeout: 300 }))
    expect(await count(bm)).toBe(USERS)
    // The client's own connection would answer.
    proxy.hold(KEY)
    await expect(count(bm)).rejects.toThrow('Command timed out')
  })

  it('is not taken for one where this process stood still', async () => {
    const bm = open(connect({ port: proxy.port, commandTimeout: 1000 }), 64 * MIB)
    expect(await count(bm)).toBe(USERS)
    await admin.setbit(KEY, 0, 1)
    const counting = count(bm)
    await vi.waitUntil(() => bm.cacheStats().misses > 1)
    proxy.hold(KEY)
    await sleep(50)
    // After it timers come first.
    await new Promise((resolve) => setImmediate(resolve))
    proxy.release()
    for (const start = performance.now(); performance.now() - start < 1500; );
    expect(await counting).toBe(USERS + 1)
    const { hits } = bm.cacheStats()
    expect(await count(bm)).toBe(USERS + 1)
    expect(bm.cacheStats().hits).toBeGreaterThan(hits)
  })

  it('is relied on where this process stood still while it was asked', async () => {
    const bm = open(connect({ port: proxy.port }), 64 * MIB)
    expect([await count(bm), await count(bm)]).toEqual([USERS, USERS])
    const { hits } = bm.cacheStats()
    proxy.hold('SUBSCRIBE')
    const counting = count(bm)
    await sleep(20)
    // After it timers come first.
    await new Promise((resolve) => setImmediate(resolve))
    proxy.release()
    for (const start = performance.now(); performance.now() - start < 600; );
    expect(await counting).toBe(USERS)
    expect(bm.cacheStats().hits).toBeGreaterThan(hits)
  })

  it('leaves nothing behind where it does not answer the first words', async () => {
    const server = createServer(() => {})
    let connections = 0
    server.on('connection', (socket) => {
      connections++
      socket.resume()
      socket.on('close', () => connections--)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const like = connect({ port, lazyConnect: true })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const opening = Wire.open(like, () => {})
    const failed = expect(opening).rejects.toThrow('Connection is closed')
    await vi.waitUntil(() => connections === 1)
    await vi.advanceTimersByTimeAsync(5000)
    await failed
    vi.useRealTimers()
    await expect.poll(() => connections).toBe(0)
    server.close()
  })
})

describe('Pair', () => {
  const deaf = { changed: () => {}, flushed: () => {} }

  it('leaves no connection where it ends before it is whole', async () => {
    const { open: openWire } = Wire
    const ended = vi.fn()
    let wire: Wire | undefined
    vi.spyOn(Wire, 'open').mockImplementation(async (...args) => {
      wire = await openWire.apply(Wire, args)
      const [listener = ''] = (await trackedClients(admin)).listeners
      await admin.client('KILL', 'ID', listener)
      await vi.waitUntil(() => ended.mock.calls.length > 0)
      return wire
    })
    await expect(Pair.open(connect({ port: redis.port }), { ...deaf, ended })).rejects.toThrow()
    expect(wire?.isOpen).toBe(false)
    await expect.poll(others).toEqual([])
  })

  it('is not relied on where its answer comes after much else, but goes on', async () => {
    const way = await slowWayTo(redis.port, 300)
    const pair = await Pair.open(connect({ port: way.port }), { ...deaf, ended: () => {} })
    const reading = pair.run([binaryCall('getrange', KEY, 0, 599_999)])
    await sleep(150)
    expect(await pair.check()).toBe(false)
    expect(await reading).toEqual([new Uint8Array(BITMAP)])
    expect(pair.isOpen).toBe(true)
    await sleep(400)
    expect(await pair.check()).toBe(false)
    expect(pair.isOpen, 'where nothing comes at all').toBe(false)
    way.stop()
  })
})
