import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApp, startApp } from '../fixtures/app'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const GRID = 'start=active&return=active&period=day&from=2025-01-06&rows=1&columns=1&cohort=recurring'
const SERIES = '/api/v1/series?expression=active&period=day&from=2025-01-06&to=2025-01-06'
const CELL = `/api/v1/retention/users?${GRID}&row=2025-01-06&offset=0`
const MEMBERS = '/api/v1/members?expression=active&period=day&date=2025-01-06'
const KEY = 'trackist_active_2025-1-6'

let redis: PrivateRedis
let app: ServedApp

beforeAll(async () => {
  redis = await startRedis()
  await redis.client().acl('SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-client|tracking')
  app = await startApp({ redisUrl: `redis://app:secret@127.0.0.1:${redis.port}` })
})
afterAll(async () => {
  await app?.stop()
  await redis?.stop()
})

const get = (path: string) => fetch(`${app.url}${path}`)
const json = async (path: string) => (await get(path)).json()
const mode = async () => /cache_mode\{mode="(\w+)"\}/.exec(await (await get('/metrics')).text())?.[1]
/** Of a page, without the marks that React puts between texts. */
const html = async (path: string) => (await (await get(path)).text()).replaceAll('<!-- -->', '')

describe('over a Redis that does not tell of changes', () => {
  it('the mode is not known at first, and said once Redis was asked', async () => {
    expect(await mode()).toBe('unknown')
    expect((await json('/api/ready')).cache.mode).toBe('ttl')
    expect(await mode()).toBe('ttl')
  })

  it('every answer holds what was marked, or says until when it does', async () => {
    const writer = redis.client()
    for (const user of [1, 2]) await writer.setbit(KEY, user, 1)
    const report = `/api/v1/retention?${GRID}`
    expect(await json(report)).toMatchObject({ exact: true, users: 2 })
    await writer.setbit(KEY, 3, 1)
    const table = await json(report)
    expect(table).toMatchObject({ exact: false, users: 2 })
    expect(Date.parse(table.exactAsOf)).toBeLessThanOrEqual(Date.parse(table.asOf))
    expect(await json(SERIES)).toMatchObject({ exact: false, points: [{ count: 2 }] })
    expect(await html(`/retention?${GRID}&mode=on`)).toMatch(/Up to \d+ seconds? old as of/)
    for (const path of [report, SERIES]) {
      const { headers } = await get(`${path}&format=csv`)
      const instant = headers.get('exact-as-of') ?? ''
      expect(instant).toBe(table.exactAsOf)
      const part = instant.replaceAll(':', '').toLowerCase()
      expect(headers.get('content-disposition')).toContain(`-exact-as-of-${part}.csv"`)
    }
    // These have no place to say so.
    expect(await json('/api/v1/count?expression=active&period=day&date=2025-01-06')).toEqual({ count: 3 })
    for (const path of [CELL, MEMBERS]) {
      expect(await json(path)).toEqual({ count: 3, users: [1, 2, 3], next: null })
      expect(await (await get(`${path}&format=csv`)).text()).toBe('user\r\n1\r\n2\r\n3\r\n')
    }
    expect(await html(`/retention/users?${GRID}&row=2025-01-06&offset=0`)).toMatch(/Came back <span[^>]*>3</)
    expect(await json('/api/v1/users/3/days?event=active&from=2025-01-06')).toEqual({ days: ['2025-01-06'] })
    expect(await json('/api/v1/users/3?date=2025-01-06')).toMatchObject({ known: true })
  })
})
