import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let redis: PrivateRedis

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const PERIOD = parsePeriod('2025-01')

/** Two thousand years of months are known: 24,000 keys, more than a report may read. */
async function fill() {
  const client = redis.client()
  for (const key of ['t_a_1000-1', 't_a_2999-12', 't_a_2025-1']) await client.setbit(key, 7, 1)
  await client.setbit('t_b_2025-1', 8, 1)
  await client.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '&*', '+@read', '+@connection', '-@write')
}

describe('Bitmapist.retention with a return of !x', () => {
  const reader = { username: 'reader', password: 'pw', enableReadyCheck: false }
  it.each([
    ['', undefined],
    [', by a user of Redis who may only read', reader],
  ])('needs not read everyone known at once to see that somebody is left%s', async (_, user) => {
    await fill()
    const bm = new Bitmapist({ redis: redis.client(user), prefix: 't_', maxKeys: 20_000 })
    const ask = (back: string) =>
      bm.retention({
        start: parseExpression('a'),
        return: parseExpression(back),
        first: PERIOD,
        rows: 1,
        columns: 1,
      })
    const somebody = await ask('!a')
    expect(somebody.rows[0]?.cells[0]).toEqual({ offset: 0, count: 0, state: 'closed', flag: null })
    expect((await ask('!(a | b)')).rows[0]?.cells[0]?.flag).toBe('silent')
    expect(somebody.knownAsOf).toBeDefined()
  })
})
