import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApp, startApp } from '../fixtures/app'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

/** Redis gone must be told within three seconds; the call is given up after them. */
const LIMIT_MS = 3000

let redis: PrivateRedis
let app: ServedApp

beforeAll(async () => {
  redis = await startRedis()
  app = await startApp({ redisUrl: redis.url })
})
afterAll(async () => {
  redis?.resume()
  await app?.stop()
  await redis?.stop()
})

const GRID = '/api/v1/retention?start=signup&return=active&period=week'
const READS = [
  GRID,
  `${GRID}&format=csv`,
  '/api/v1/series?expression=a&period=day&from=2025&to=2025',
  '/api/v1/count?expression=a&period=day',
  '/api/v1/retention/users?start=signup&return=active&period=week',
  '/api/v1/retention/users?start=signup&return=active&period=week&format=csv',
  '/api/v1/members?expression=a&period=day',
  '/api/v1/members?expression=a&period=day&format=csv',
  '/api/v1/users/1',
  '/api/v1/users/1/days?event=signup&from=2025-01-01',
  '/api/ready',
]

interface Answer {
  readonly status: number
  readonly text: string
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${app.url}${path}`, { ...init, signal: AbortSignal.timeout(LIMIT_MS) })
  return { status: response.status, text: await response.text() }
}

const mark = () =>
  ask('/api/v1/marks', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ marks: [{ event: 'signup', user: 1 }] }),
  })

async function expectOutage(): Promise<void> {
  for (const { status, text } of await Promise.all([...READS.map((path) => ask(path)), mark()])) {
    expect(status).toBe(503)
    expect(JSON.parse(text).error).toEqual({
      code: 'REDIS_UNAVAILABLE',
      message:
        'Redis does not answer; check that Redis runs at REDIS_URL, then try again; marks are safe to send again',
    })
  }
  expect((await ask('/api/health')).status).toBe(200)
}

async function expectService(): Promise<void> {
  await expect.poll(async () => (await ask('/api/ready')).status, { timeout: 10_000 }).toBe(200)
  expect((await mark()).status).toBe(200)
  for (const path of READS) expect((await ask(path)).status).toBe(200)
}

describe('the API without Redis', () => {
  it('answers 503 while Redis refuses connections, and serves again without a restart', async () => {
    await expectService()
    await redis.kill()
    await expectOutage()
    await redis.restart()
    await expectService()
  })

  it('answers 503 while Redis hangs, and serves again', async () => {
    redis.pause()
    await expectOutage()
    redis.resume()
    await expectService()
  })

  it('breaks a download off where Redis goes in the middle of it', async () => {
    await redis.client().set('trackist_many_2024-5', Buffer.alloc(2_500_000, 255))
    const list = '/api/v1/members?expression=many&period=month&date=2024-05&format=csv'
    const response = await fetch(`${app.url}${list}`)
    expect(response.status).toBe(200)
    const reader = response.body?.getReader()
    await reader?.read()
    await redis.kill()
    const rest = async () => {
      while (!(await reader?.read())?.done);
    }
    await expect(rest()).rejects.toThrow()
    await redis.restart()
    await expectService()
  })

  it('tells of each change once', () => {
    const lines = app.output().split('\n')
    expect(lines.filter((line) => line.includes('Redis does not answer at')).length).toBeLessThanOrEqual(3)
    expect(lines.filter((line) => line.includes('a call failed'))).toEqual([])
  })

  it('starts without Redis, and says so', async () => {
    const alone = await startApp({ redisUrl: 'redis://:hunter2@127.0.0.1:1' })
    const response = await fetch(`${alone.url}/api/ready`, { signal: AbortSignal.timeout(LIMIT_MS) })
    await alone.stop()
    expect(response.status).toBe(503)
    expect(alone.output()).toContain('Redis does not answer at redis://:***@127.0.0.1:1')
    expect(alone.output()).not.toContain('hunter2')
  })
})

describe('the start', () => {
  it.each([
    ['HOST', '0.0.0.0'],
    ['MAX_USER_ID', 'many'],
    ['AUTH', 'password'],
  ])('is refused for %s=%s with one line', async (name, value) => {
    const refusal = await startApp({ redisUrl: redis.url, env: { [name]: value } }).catch(
      (error: Error) => error,
    )
    if (!(refusal instanceof Error)) await refusal.stop()
    expect(String(refusal)).toMatch(new RegExp(`printed:\n${name} expected [^\n]+\n$`))
  })
})
