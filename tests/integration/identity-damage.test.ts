import crypto from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { MappedIdentity } from '../../lib/bitmapist/identity'
import { digestOf, expectAgreement } from '../fixtures/identity'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const PREFIX = 'p_'
const KEY = `bitcohort:{${PREFIX}}:ids`
const range = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i))
const numbersTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
const usersTo = (count: number) => range(count, (i) => `user-${i}`)

describe('MappedIdentity', () => {
  let server: PrivateRedis
  let redis: Redis
  let ids: MappedIdentity
  beforeAll(async () => {
    server = await startRedis()
    redis = server.client()
    ids = new MappedIdentity(redis, PREFIX)
  })
  afterAll(() => server?.stop())
  afterEach(() => redis.flushall())

  it('refuses to guess where keys of its own are gone', async () => {
    const gone = (key: string) => ({
      code: 'NO_ID',
      message: `"${key}" expected the ids that have numbers, got "none"; restore the identity keys (bitcohort:{prefix}:ids…) together with the marks`,
    })
    for (const key of [KEY, `${KEY}:f:2`, `${KEY}:b:1`]) {
      await ids.assign(usersTo(100))
      await redis.del(key)
      const named = key === KEY ? `${KEY}:b:0` : key
      await expect(ids.assign(range(500, (i) => `new-${i}`))).rejects.toMatchObject(gone(named))
      await redis.flushall()
    }
    await ids.assign(usersTo(100))
    await redis.del(`${KEY}:f:2`, `${KEY}:b:1`)
    await expect(ids.find(usersTo(100))).rejects.toMatchObject(gone(`${KEY}:f:2`))
    await expect(ids.names([1, 100])).rejects.toMatchObject(gone(`${KEY}:b:1`))
    expect(await ids.names([1, 101])).toEqual(['user-0', null])
  })

  it('refuses keys of its own that hold something else', async () => {
    const wrong = { code: 'WRONG_TYPE', message: expect.stringContaining(`got "${KEY}…"`) }
    await redis.sadd(KEY, 'x')
    for (const use of [ids.assign(['a']), ids.find(['a']), ids.names([1]), ids.count()])
      await expect(use).rejects.toMatchObject(wrong)
    await redis.del(KEY)
    await redis.set(`${KEY}:b:0`, 'x')
    await expect(ids.assign(['a'])).rejects.toMatchObject(wrong)
    await redis.del(`${KEY}:b:0`)
    expect(await ids.assign(['a'])).toEqual([1])
  })

  it('gives out no number past 4294967295', async () => {
    await redis.set(KEY, 2 ** 32 - 3)
    await redis.rpush(`${KEY}:b:${2 ** 26 - 1}`, ...usersTo(61))
    const hash = (id: string) => `${KEY}:f:${Number.parseInt(digestOf(id).slice(0, 8), 16) % 2 ** 27}`
    for (const id of ['a', 'b', 'c']) await redis.hset(hash(id), '', 0)
    const full = {
      code: 'BAD_USER',
      message: expect.stringMatching(
        /^"user" expected one of at most 4294967295 different ids, got "another"/,
      ),
    }
    await expect(ids.assign(['a', 'b', 'c'])).rejects.toMatchObject(full)
    expect(await ids.assign(['a', 'b'])).toEqual([4_294_967_294, 4_294_967_295])
    expect(await ids.names([4_294_967_295])).toEqual(['b'])
    await expect(ids.assign(['b', 'c'])).rejects.toMatchObject(full)
    expect(await ids.find(['b', 'c'])).toEqual([4_294_967_295, null])
  })

  it('keeps a hash whose digests all went to another one', async () => {
    const odd = usersTo(200).filter((id) => Number.parseInt(digestOf(id).slice(0, 8), 16) % 2 === 1)
    const even = usersTo(200).filter((id) => !odd.includes(id))
    for (const [first, second] of [
      [odd, even],
      [even, odd],
    ] as const) {
      for (const id of first.slice(0, 32)) await ids.assign([id])
      expect(await ids.assign([...first.slice(0, 32), ...second.slice(0, 1)])).toEqual(numbersTo(33))
      await expectAgreement(redis, PREFIX)
      await redis.flushall()
    }
  })

  it('makes one digest with and without the one-shot function of newer versions of Node', async () => {
    const all = usersTo(300)
    await ids.assign(all)
    vi.resetModules()
    const { hash } = crypto
    Object.assign(crypto, { hash: undefined })
    const older = await import('../../lib/bitmapist/identity')
    Object.assign(crypto, { hash })
    expect(await new older.MappedIdentity(redis, PREFIX).find(all)).toEqual(numbersTo(300))
  })

  it('writes nothing where Redis has no memory left', async () => {
    await ids.assign(usersTo(100))
    await redis.config('SET', 'maxmemory', 1)
    await expect(ids.assign(usersTo(400))).rejects.toThrow('OOM')
    await redis.config('SET', 'maxmemory', 0)
    expect(await ids.count()).toBe(100)
    expect(await ids.find(['user-99', 'user-100'])).toEqual([100, null])
    await expectAgreement(redis, PREFIX)
    expect(await ids.assign(usersTo(400))).toEqual(numbersTo(400))
  })
})
