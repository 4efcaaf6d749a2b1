import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis, type RedisOptions } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, day, parseExpression } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { freePort } from '../../scripts/system/children.mjs'
import { ROOT, typescript } from '../../scripts/system/project.mjs'
import { clientRows } from '../fixtures/clients'
import { type RedisProxy, startProxy } from '../fixtures/proxy'
import { type PrivateRedis, startRedis } from '../fixtures/redis'
import { CERTIFICATE, PRIVATE_KEY } from '../fixtures/tls'

const DAY = day(2025, 1, 6)
const KEY = eventKey('trackist_', 'active', DAY)
/** Two pieces and a bit of a third, so that replies are cut. */
const BITMAP = Buffer.alloc(600_000, 0b0101_0101)
const USERS = 600_000 * 4
const DATABASE = 3

let folder: string
let redis: PrivateRedis
let proxy: RedisProxy
let tlsPort: number
const clients: Redis[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitcohort-wires-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(cert, CERTIFICATE)
  await writeFile(key, PRIVATE_KEY)
  redis = await startRedis(['--unixsocket', join(folder, 'redis.sock')])
  const admin = redis.client()
  for (const db of [0, DATABASE]) {
    await admin.select(db)
    await admin.set(KEY, BITMAP)
  }
  await admin.acl('SETUSER', 'reader', 'on', '>secret', '~*', '&*', '+@all')
  tlsPort = await freePort()
  await admin.config('SET', 'tls-cert-file', cert, 'tls-key-file', key, 'tls-ca-cert-file', cert)
  await admin.config('SET', 'tls-auth-clients', 'no', 'tls-port', tlsPort)
  proxy = await startProxy(redis.port)
})
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect()
})
afterAll(async () => {
  await proxy?.stop()
  await redis?.stop()
  await rm(folder, { recursive: true, force: true })
})

function open(options: RedisOptions, cacheBytes: number) {
  const client = new Redis(options)
  client.on('error', () => {})
  clients.push(client)
  return new Bitmapist({ redis: client, cacheBytes, clock: () => new Date('2025-01-06T12:00:00Z') })
}

const count = (bm: Bitmapist) => bm.count(parseExpression('active'), DAY)

/** Connections that only read: they speak the older protocol, and hear of nothing. */
async function readers() {
  const rows = await clientRows(redis.client())
  return rows.filter(({ resp, sub }) => resp === '2' && sub === '0')
}

describe.each([0, 2 ** 26])('reading over connections of its own, %i bytes kept', (cacheBytes) => {
  const ways: readonly (readonly [string, () => RedisOptions])[] = [
    ['TCP', () => ({ port: redis.port })],
    ['a Unix socket', () => ({ path: join(folder, 'redis.sock') })],
    ['TLS', () => ({ port: tlsPort, tls: { ca: CERTIFICATE } })],
    ['a user and a password', () => ({ port: redis.port, username: 'reader', password: 'secret' })],
    ['another database', () => ({ port: redis.port, db: DATABASE })],
  ]
  it.each(ways)('reads by %s', async (_, optionsOf) => {
    const options = optionsOf()
    const bm = open(options, cacheBytes)
    expect(await count(bm)).toBe(USERS)
    const rows = await readers()
    expect(rows.map(({ db, user }) => ({ db, user }))).toContainEqual({
      db: String(options.db ?? 0),
      user: options.username ?? 'default',
    })
    bm.close()
    await expect.poll(readers).toEqual([])
  })

  it('follows the client to another database', async () => {
    const bm = open({ port: redis.port, db: DATABASE }, cacheBytes)
    const client = clients.at(-1)
    await redis.client({ db: 5 }).set(KEY, Buffer.of(0xff))
    expect(await count(bm)).toBe(USERS)
    await client?.select(5)
    expect(await count(bm)).toBe(8)
    bm.close()
  })

  it('reads by the given connection where it may open none', async () => {
    const admin = redis.client()
    const bm = open({ port: redis.port }, cacheBytes)
    await bm.check()
    const others = Number(/connected_clients:(\d+)/.exec(await admin.info('clients'))?.[1])
    await admin.config('SET', 'maxclients', Math.max(others, 1))
    try {
      expect(await count(bm)).toBe(USERS)
    } finally {
      await admin.config('SET', 'maxclients', 10_000)
    }
    bm.close()
  })

  it('goes on by the given connection where its own breaks off in the middle', async () => {
    const bm = open({ port: proxy.port }, cacheBytes)
    expect(await count(bm)).toBe(USERS)
    await redis.client().set(KEY, BITMAP)
    proxy.hold('GETRANGE')
    const counting = count(bm)
    // It has been asked, and Redis has begun to answer.
    await new Promise((resolve) => setTimeout(resolve, 50))
    await redis.client().call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    proxy.release()
    expect(await counting).toBe(USERS)
    expect(bm.cacheStats().bytes).toBeLessThan(2 ** 21)
    bm.close()
  })
})

describe('a connection of its own', () => {
  it('does not keep a process alive', async () => {
    const command = [...typescript('tests/fixtures/counting.ts'), redis.url]
    const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (bytes) => {
      out += bytes
    })
    const [code] = await once(child, 'exit')
    expect([code, out.trim()]).toEqual([0, String(USERS)])
  })
})
