import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let redis: PrivateRedis

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

describe('Bitmapist.retention with a return of !x', () => {
  it('needs not read everyone known at once to see that somebody is left', async () => {
    const client = redis.client()
    // Two thousand years of months are known: 24,000 keys, more than a report may read.
    for (const key of ['t_a_1000-1', 't_a_2999-12', 't_a_2025-1']) await client.setbit(key, 7, 1)
    await client.setbit('t_b_2025-1', 8, 1)
    const bm = new Bitmapist({ redis: client, prefix: 't_', maxKeys: 20_000 })
    const ask = (back: string) =>
      bm.retention({
        start: parseExpression('a'),
        return: parseExpression(back),
        first: parsePeriod('2025-01'),
        rows: 1,
        columns: 1,
      })
    expect((await ask('!a')).rows[0]?.cells[0]).toEqual({ offset: 0, count: 0, state: 'closed', flag: null })
    expect((await ask('!(a | b)')).rows[0]?.cells[0]?.flag).toBe('silent')
  })
})
