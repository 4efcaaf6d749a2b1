import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { label } from '../../lib/bitmapist/face'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

vi.mock('server-only', () => ({}))

const NOW = new Date('2026-03-18T09:00:00Z')
let redis: PrivateRedis

beforeAll(async () => {
  redis = await startRedis()
  vi.stubEnv('REDIS_URL', redis.url)
  vi.stubEnv('LOG_LEVEL', 'silent')
})
beforeEach(async () => {
  await redis.client().flushall()
})
afterAll(async () => {
  const { processState } = await import('../../lib/server/connection')
  processState().redis.disconnect()
  vi.unstubAllEnvs()
  await redis.stop()
})

/** The question that a page's URL comes to, once these events have users 1 … n on these days. */
async function question(url: string, marks: readonly (readonly [string, string, number])[]) {
  const { defaultRetentionQuery } = await import('../../lib/server/reports')
  const { Bitmapist } = await import('../../lib/bitmapist')
  const bitmapist = new Bitmapist({ redis: redis.client() })
  await bitmapist.mark(
    marks.flatMap(([event, day, users]) =>
      Array.from({ length: users }, (_, user) => ({ event, user, time: new Date(day) })),
    ),
  )
  const query = await defaultRetentionQuery(await bitmapist.events(), NOW, new URLSearchParams(url))
  const { first, start, return: returning, rows, columns } = query
  return { start, return: returning, first: label(first), rows, columns }
}

describe('defaultRetentionQuery', () => {
  it('starts with sign-ups and ends with the running week of fresh data', async () => {
    const marks = [
      ['signup', '2026-03-16', 1],
      ['active', '2026-03-18', 2],
      ['song:play', '2026-03-18', 9],
    ] as const
    expect(await question('', marks)).toEqual({
      start: 'signup',
      return: 'active',
      first: '2025-W52',
      rows: 13,
      columns: 13,
    })
  })

  it('ends with the last day that has data, within its month too', async () => {
    const marks = [
      ['signup', '2011-12-02', 1],
      ['active', '2011-12-09', 2],
    ] as const
    expect(await question('period=day&rows=3', marks)).toMatchObject({ first: '2011-12-07', columns: 31 })
    expect(await question('rows=1', marks)).toMatchObject({ first: '2011-W49' })
  })

  it('never ends after now', async () => {
    expect(await question('period=day&rows=1', [['signup', '2031-01-01', 1]])).toMatchObject({
      first: '2026-03-18',
    })
  })

  it('starts and returns with the busiest event of the latest month where no name tells', async () => {
    const marks = [
      ['bid', '2026-03-02', 3],
      ['login', '2026-03-02', 5],
      ['old', '2026-02-02', 50],
    ] as const
    expect(await question('', marks)).toMatchObject({ start: 'login', return: 'login' })
  })

  it('has a question for a project without data', async () => {
    expect(await question('', [])).toMatchObject({ start: 'signup', return: 'signup', first: '2025-W52' })
  })

  it('keeps what the URL says, and passes over what is no part of the report', async () => {
    const url = 'start=a&return=b|c&period=month&from=2025&rows=2&view=count'
    expect(await question(url, [['signup', '2026-03-16', 1]])).toEqual({
      start: 'a',
      return: 'b | c',
      first: '2025-01',
      rows: 2,
      columns: 13,
    })
  })

  it.each([
    ['start=', 'start'],
    ['return=(', 'return'],
    ['period=eon', 'period'],
    ['rows=0', 'rows'],
    ['from=x', 'from'],
    ['start=a&start=b', 'start'],
  ])('refuses %s as the API does', async (url, field) => {
    await expect(question(url, [])).rejects.toMatchObject({ name: 'BitcohortError', field })
  })
})
