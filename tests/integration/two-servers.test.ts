import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, day, parseExpression } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { seededRandom } from '../../scripts/sample/random'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const DAY = day(2025, 1, 6)
const EVENT = parseExpression('active')
const KEY = eventKey('trackist_', 'active', DAY)
/** Idle connections to each server: a later one to the second has the number of a connection to the first, too. */
const IDLE = [300, 100]
const ROUNDS = 16
const MARKS = 5

let servers: readonly PrivateRedis[]
/** Leads each connection to either of them, as `lead` says. */
let address: Server
let lead: () => number
let port = 0

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis()])
  for (const [i, length] of IDLE.entries())
    await Promise.all(Array.from({ length }, () => servers[i]?.client({ protocol: 2 }).ping()))
  address = createServer((near) => {
    const far = connect(servers[lead()]?.port ?? 0, '127.0.0.1')
    for (const socket of [near, far]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  address.listen(0, '127.0.0.1')
  await once(address, 'listening')
  const place = address.address()
  port = typeof place === 'object' && place ? place.port : 0
})
afterAll(async () => {
  address?.close()
  for (const server of servers ?? []) await server.stop()
})

describe('the cache behind an address of two servers', () => {
  it('trusts no two connections that are to different ones: every answer has every mark', async () => {
    const random = seededRandom(6)
    lead = () => (random() < 0.5 ? 0 : 1)
    const writers = servers.map((server) => server.client())
    const modes: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(writers.map((writer) => writer.flushall()))
      const client = new Redis(port)
      client.on('error', () => {})
      const bm = new Bitmapist({ redis: client, cacheBytes: 1e8 })
      await bm.check()
      modes.push(bm.cacheStats().mode)
      for (let user = 1; user <= MARKS; user++) {
        await Promise.all(writers.map((writer) => writer.setbit(KEY, user * 3, 1)))
        for (let again = 0; again < 2; again++) expect(await bm.count(EVENT, DAY)).toBe(user)
      }
      bm.close()
      client.disconnect()
    }
    // Some came to one server, and some to two.
    expect([...new Set(modes)].sort()).toEqual(['tracking', 'unknown'])
  })

  it('does not learn from one of them what another process announced to the other', async () => {
    let connections = 0
    lead = () => (connections++ === 0 ? 0 : 1)
    const [first] = servers
    if (first === undefined) throw new Error('no server')
    await Promise.all(servers.map((server) => server.client().flushall()))
    const client = new Redis(port)
    const [bm, other] = [
      new Bitmapist({ redis: client, cacheBytes: 1e8 }),
      new Bitmapist({ redis: first.client() }),
    ]
    const request = { start: EVENT, return: EVENT, first: DAY, rows: 1, columns: 1 }
    for (let days = 20; days > 10; days--) {
      await other.mark([{ event: 'active', user: 1, time: new Date(`2025-01-${days}T12:00:00Z`) }])
      for (let again = 0; again < 4; again++) {
        expect((await bm.retention(request)).dataFrom).toBe(`2025-01-${days}`)
        await new Promise(setImmediate)
      }
    }
    expect(bm.cacheStats().mode).toBe('tracking')
    bm.close()
    client.disconnect()
  })
})
