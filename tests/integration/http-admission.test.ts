import { randomFillSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fault, type Http, startHttp } from '../fixtures/http'
import { metricOf } from '../fixtures/metrics'

const DAYS = 366
/** 2 M users a day: a grid of all days takes seconds, a single day takes none. */
const BYTES = 256 * 1024
const GIANT =
  '/api/v1/retention?start=active&return=active&period=day&to=2024-12-31&rows=366&columns=54&cohort=recurring'
/** Row by row: each cell narrows what is left of its row. */
const SLOW_GIANT = `${GIANT}&mode=every`
const SMALL = '/api/v1/count?expression=web&period=day&date=2025-02-01'

/** Each kind of report. */
const REPORTS = [
  '/api/v1/retention?start=web&return=web&period=day&to=2025-02-01&rows=2',
  '/api/v1/retention/users?start=web&return=web&period=day&to=2025-02-01&rows=2&row=2025-02-01',
  '/api/v1/series?expression=web&period=day&from=2025-02-01&to=2025-02-01',
  SMALL,
  '/api/v1/members?expression=web&period=day&date=2025-02-01',
  '/api/v1/members?expression=web&period=day&date=2025-02-01&format=csv',
]

let http: Http

beforeAll(async () => {
  http = await startHttp()
  const redis = http.redis.client()
  await redis.set('seed', randomFillSync(Buffer.alloc(BYTES)))
  const day = (index: number) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10)
  const keyOf = (date: string) => `trackist_active_${date.split('-').map(Number).join('-')}`
  for (let index = 0; index < DAYS; index++) await redis.copy('seed', keyOf(day(index)))
  await redis.del('seed')
  expect((await http.mark([{ event: 'web', user: 7, time: '2025-02-01' }])).status).toBe(200)
  expect(await small()).toBe(1)
})
afterAll(() => http?.stop())

const small = async () => (await (await http.get(SMALL)).json()).count
const metric = async (name: string) =>
  metricOf(await (await http.get('/metrics')).text(), `bitcohort_${name}`)
const running = () => metric('reports_running')
const until = (count: number) => expect.poll(running, { interval: 5, timeout: 20_000 }).toBe(count)

describe('too many reports', () => {
  it('are refused with 429 while Redis hangs; the others end, and all is as before', async () => {
    http.redis.pause()
    const asked = Array.from({ length: 100 }, (_, i) => http.get(REPORTS[i % REPORTS.length] ?? SMALL))
    const first = await Promise.race(asked)
    http.redis.resume()
    const answers = await Promise.all(asked)
    const refused = answers.filter(({ status }) => status === 429)
    expect(first.status).toBe(429)
    expect(refused.length).toBeGreaterThan(0)
    for (const answer of refused) {
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(await fault(answer)).toMatchObject({ status: 429, code: 'TOO_MANY_REPORTS' })
    }
    for (const { status } of answers) expect([200, 429, 503]).toContain(status)
    await Promise.all(answers.filter(({ bodyUsed }) => !bodyUsed).map((answer) => answer.arrayBuffer()))
    await until(0)
    expect(await metric('reports_refused_total')).toBe(refused.length)
    for (const path of REPORTS) expect((await http.get(path)).status, path).toBe(200)
  })
})

describe('a list as CSV', () => {
  it('is under way until it is taken, or given up', async () => {
    const controller = new AbortController()
    const path = '/api/v1/members?expression=active&period=day&date=2024-06-01&format=csv'
    const { body } = await http.get(path, { signal: controller.signal })
    await body?.getReader().read()
    // A million users are more than the sockets between hold.
    expect(await running()).toBe(1)
    controller.abort()
    await until(0)
  })
})

describe('a giant report', () => {
  it('ends soon after its request was closed, and keeps nothing', async () => {
    const before = await metric('cache_entries')
    const controller = new AbortController()
    const giant = http.get(GIANT, { signal: controller.signal })
    await until(1)
    controller.abort()
    await expect(giant).rejects.toThrow('aborted')
    await until(0)
    // One that went on to its end would have kept the bitmaps that it read.
    expect(await metric('cache_entries')).toBe(before)
    expect(http.app.output()).not.toContain('a call failed')
  })

  it('does not hold up small ones, which end before it', async () => {
    const ended: string[] = []
    const giant = http.get(SLOW_GIANT).then(async (response) => {
      ended.push('giant')
      return response.json()
    })
    await until(1)
    const asked = Array.from({ length: 50 }, async (_, i) => {
      const path = REPORTS[i % REPORTS.length] ?? SMALL
      const { status } = await http.get(path)
      ended.push('small')
      expect(status, path).toBe(200)
    })
    await Promise.all(asked)
    const { rows } = await giant
    expect(ended).toEqual([...asked.map(() => 'small'), 'giant'])
    expect(rows[0].cells[0].count).toBe(rows[0].size)
  })
})
