import { randomFillSync } from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApp, startApp } from '../fixtures/app'
import { metricOf } from '../fixtures/metrics'
import { type PrivateRedis, startRedis } from '../fixtures/redis'
import { type SlowWay, slowWayTo } from '../fixtures/slow'

const DAYS = 366
const MIB = 1024 * 1024
/** 4 M users a day, and a moment more for each answer of Redis: all days take so long that one can leave in between. */
const BYTES = MIB / 2
const ANSWER_MS = 30
const QUESTION = new URLSearchParams({
  start: 'active',
  return: 'active',
  period: 'day',
  to: '2024-12-31',
  rows: '366',
  columns: '54',
  mode: 'on',
  cohort: 'recurring',
})

let server: PrivateRedis
let writer: Redis
let way: SlowWay
let app: ServedApp

beforeAll(async () => {
  server = await startRedis()
  writer = server.client()
  await writer.set('seed', randomFillSync(Buffer.alloc(BYTES)))
  for (let index = 0; index < DAYS; index++) {
    const day = new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10)
    await writer.copy('seed', `trackist_active_${day.split('-').map(Number).join('-')}`)
  }
  await writer.del('seed')
  way = await slowWayTo(server.port, ANSWER_MS)
  app = await startApp({ redisUrl: `redis://127.0.0.1:${way.port}`, env: { CACHE_MB: '0' } })
  expect((await get('/api/v1/events')).status).toBe(200)
})
afterAll(async () => {
  await app?.stop()
  way?.stop()
  await server?.stop()
})

const get = (path: string, init?: RequestInit) => fetch(`${app.url}${path}`, init)

/** Bytes that Redis has sent since its start. */
async function sent(): Promise<number> {
  const info = await writer.info('stats')
  return Number(/^total_net_output_bytes:(\d+)/m.exec(info)?.[1])
}

async function running(): Promise<number> {
  return metricOf(await (await get('/metrics')).text(), 'bitcohort_reports_running')
}

/** The address of the page that says everything: others lead to it. */
async function page(): Promise<string> {
  const response = await get(`/retention?${QUESTION}`, { redirect: 'manual' })
  return response.headers.get('location') ?? `/retention?${QUESTION}`
}

/** @returns bytes that Redis sent for a request that is closed soon after it began to */
async function closedAfter(path: string, init: RequestInit): Promise<number> {
  const before = await sent()
  const controller = new AbortController()
  const asked = get(path, { ...init, signal: controller.signal }).then((response) => response.text())
  await expect
    .poll(async () => (await sent()) - before, { interval: 2, timeout: 20_000 })
    .toBeGreaterThan(MIB)
  controller.abort()
  await expect(asked).rejects.toThrow('aborted')
  await expect.poll(running, { interval: 5, timeout: 20_000 }).toBe(0)
  return (await sent()) - before
}

describe('a request that is closed', () => {
  it.each<[string, () => Promise<string>, RequestInit]>([
    ['a report of the API', async () => `/api/v1/retention?${QUESTION}`, {}],
    ['a page that is loading', page, {}],
    ['a page that is being gone to', page, { headers: { RSC: '1' } }],
    ['a page of users', async () => `/retention/users?${QUESTION}&offset=3`, {}],
    ['a list', async () => `/api/v1/retention/users?${QUESTION}&offset=3`, {}],
    ['a series', async () => '/api/v1/series?expression=active&period=day&from=2024&to=2024', {}],
  ])('reads no further and is no longer under way: %s', async (_, path, init) => {
    expect(await closedAfter(await path(), init)).toBeLessThan((DAYS * BYTES) / 2)
    expect(app.output()).not.toContain('a call failed')
  })
})
