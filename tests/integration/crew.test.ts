import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Bitmapist, offset, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { Crew } from '../../lib/bitmapist/crew'
import { eventKey } from '../../lib/bitmapist/key'
import { seededRandom } from '../../scripts/sample/random'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const FIRST = parsePeriod('2024-W01')
const WEEKS = 52
/** So far apart that a bitmap of 52 weeks is worth several threads. */
const HIGHEST_ID = 3_000_000
const ROUNDS = 40
const active = parseExpression('active')
const request = { start: active, return: active, first: FIRST, rows: WEEKS, columns: WEEKS }

let redis: PrivateRedis
/** Another program, which knows nothing of us. */
let writer: Redis
let kept: Bitmapist
let reader: Bitmapist
const random = seededRandom(20_250_209)
const begin = vi.spyOn(Crew.prototype, 'begin')

/** Some marks, anywhere. */
async function write(count: number): Promise<void> {
  const batch = writer.pipeline()
  for (let i = 0; i < count; i++) {
    const week = offset(FIRST, Math.floor(random() * WEEKS))
    batch.setbit(eventKey('trackist_', 'active', week), 1 + Math.floor(random() * HIGHEST_ID), 1)
  }
  await batch.exec()
}

beforeAll(async () => {
  redis = await startRedis()
  writer = redis.client()
  const clock = () => new Date('2025-01-20T10:30:00Z')
  kept = new Bitmapist({ redis: redis.client(), cacheBytes: 512 * 1024 * 1024, clock })
  reader = new Bitmapist({ redis: redis.client(), cacheBytes: 0, clock })
  await write(20_000)
})
afterAll(async () => {
  kept.close()
  reader.close()
  await redis.stop()
})

describe('a table that several threads count', () => {
  it('is what one thread counts, while others write, ask and leave', async () => {
    const helps = availableParallelism() > 1
    await kept.retention(request)
    if (helps)
      await vi.waitFor(
        async () => {
          await kept.retention(request)
          expect(begin).toHaveBeenCalled()
        },
        { timeout: 20_000 },
      )
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 3 === 0) await write(1 + Math.floor(random() * 50))
      const expected = (await reader.retention(request)).rows
      const leaving = new AbortController()
      const left = kept
        .retention(request, leaving.signal)
        .catch((error: Error) => expect(error.message).toBe('left'))
      const asked = [kept.retention(request), kept.retention(request)]
      await sleep(random() * 6)
      leaving.abort(new Error('left'))
      for (const { rows } of await Promise.all(asked)) expect(rows).toEqual(expected)
      await left
      expect((await kept.retention(request)).rows).toEqual(expected)
    }
    expect(begin.mock.calls.length > ROUNDS).toBe(helps)
  })
})
