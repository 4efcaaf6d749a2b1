import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Http, MARKS, startHttp } from '../fixtures/http'
import { metricOf } from '../fixtures/metrics'

const COUNT = '/api/v1/count?expression=active&period=week&date=2025-W03'

let http: Http

beforeAll(async () => {
  http = await startHttp()
  expect((await http.mark(MARKS)).status).toBe(200)
})
afterAll(() => http?.stop())

const count = async () => (await (await http.get(COUNT)).json()).count
const cache = async () => (await (await http.get('/api/ready')).json()).cache

describe('GET /api/ready', () => {
  it('tells what the cache does: one miss, then hits, until another program writes', async () => {
    const fresh = { mode: 'tracking', hits: 0, misses: 0, bytes: 0, entries: 0, invalidations: 0 }
    expect(await cache()).toEqual(fresh)
    expect(await count()).toBe(2)
    expect(await cache()).toMatchObject({ hits: 0, misses: 1, entries: 1, invalidations: 0 })
    expect(await count()).toBe(2)
    expect(await cache()).toMatchObject({ hits: 1, misses: 1, entries: 1 })
    await http.redis.client().setbit('trackist_active_W2025-3', 77, 1)
    expect(await count()).toBe(3)
    expect(await cache()).toMatchObject({ hits: 1, misses: 2, invalidations: 1 })
  })

  it('says that nothing is cached with CACHE_MB=0', async () => {
    const plain = await startHttp({ CACHE_MB: '0' })
    await plain.mark(MARKS)
    for (let i = 0; i < 2; i++) expect((await (await plain.get(COUNT)).json()).count).toBe(2)
    const ready = await (await plain.get('/api/ready')).json()
    const metrics = await (await plain.get('/metrics')).text()
    await plain.stop()
    expect(ready.cache).toEqual({ mode: 'off', hits: 0, misses: 0, bytes: 0, entries: 0, invalidations: 0 })
    expect(metrics).toContain('\nbitcohort_cache_mode{mode="off"} 1\n')
  })
})

describe('GET /metrics', () => {
  it('says the same to Prometheus', async () => {
    const { hits, misses, bytes, entries, invalidations } = await cache()
    const response = await http.get('/metrics')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const text = await response.text()
    const names = ['hits_total', 'misses_total', 'bytes', 'entries', 'invalidations_total']
    const said = names.map((name) => metricOf(text, `bitcohort_cache_${name}`))
    expect(said).toEqual([hits, misses, bytes, entries, invalidations])
    expect(text).toContain('\nbitcohort_cache_mode{mode="tracking"} 1\n')
    expect(metricOf(text, 'bitcohort_reports_running')).toBe(0)
    expect(metricOf(text, 'bitcohort_reports_refused_total')).toBe(0)
  })

  it('is guarded as a page is', async () => {
    expect((await http.withHost('/metrics', 'evil.example')).status).toBe(403)
    expect((await http.get('/metrics', { method: 'POST' })).status).toBe(403)
    const headers = { Origin: http.app.url }
    const response = await http.get('/metrics', { method: 'POST', headers })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
  })

  it('needs no Redis', async () => {
    http.redis.pause()
    const response = await http.get('/metrics')
    http.redis.resume()
    expect(response.status).toBe(200)
  })
})
