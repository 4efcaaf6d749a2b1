import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist } from '../../lib/bitmapist'
import { MappedIdentity } from '../../lib/bitmapist/identity'
import { startChild } from '../fixtures/child'
import type { Iteration } from '../fixtures/iteration'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const MIB = 2 ** 20
const MAPPED = 300_000

let server: PrivateRedis
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = server.client()
})
afterAll(() => server?.stop())

/** Iterates the month of a prefix in a process of its own. */
async function iterate(prefix: string, mode: 'integer' | 'mapped'): Promise<Iteration> {
  const child = startChild('iteration.ts', [server.url, prefix, mode], ['--expose-gc'])
  await child.ready
  child.go()
  return JSON.parse(await child.answer)
}

/** Whose bits these are was active in January 2025. */
function fill(prefix: string, bytes: Buffer): Promise<unknown> {
  return redis.set(`${prefix}active_2025-1`, bytes)
}

describe('EventBitmap', () => {
  it.each([
    ['of 10 M', Buffer.alloc(1_250_000, 0xff), [0, 9_999_999]],
    ['of 100 M', Buffer.alloc(12_500_000, '000000007000000001f0', 'hex'), [33, 99_999_995]],
  ] as const)('is iterated in constant memory: 10 M users %s', async (name, bytes, [first, last]) => {
    await fill(`${name}_`, bytes)
    const { resident, most, ...found } = await iterate(`${name}_`, 'integer')
    expect(found).toEqual({ users: 10_000_000, first, last })
    expect((most - resident) / MIB).toBeLessThan(64)
  })

  it('is iterated in constant memory: 300,000 mapped ids', async () => {
    const ids = Array.from({ length: MAPPED }, (_, i) => `user-${i}@example.org`)
    // The first mark says that ids are mapped.
    await new Bitmapist({ redis, prefix: 'mapped_', idMode: 'mapped' }).markEvent('active', `${ids[0]}`)
    await new MappedIdentity(redis, 'mapped_').assign(ids)
    await fill('mapped_', Buffer.alloc(MAPPED / 8, 0xff))
    // Numbers begin with 1.
    await redis.setbit('mapped_active_2025-1', 0, 0)
    await redis.setbit('mapped_active_2025-1', MAPPED, 1)
    const { resident, most, ...found } = await iterate('mapped_', 'mapped')
    expect(found).toEqual({ users: MAPPED, first: ids[0], last: ids.at(-1) })
    expect((most - resident) / MIB).toBeLessThan(64)
  })
})
