import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApp, startApp } from '../fixtures/app'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let redis: PrivateRedis
let app: ServedApp

beforeAll(async () => {
  redis = await startRedis()
  app = await startApp({ redisUrl: redis.url, env: { LOG_LEVEL: 'silent' } })
})
afterAll(async () => {
  await app.stop()
  await redis.stop()
})

describe('the API after a page', () => {
  it('knows the errors of the library that the page has brought', async () => {
    // The bundler gives the page copies of all modules; what it made is the process's one state from now on.
    expect((await fetch(`${app.url}/retention`)).status).toBe(200)
    const bad = await fetch(`${app.url}/api/v1/retention?start=attr(x)&return=a&period=week&cohort=first`)
    expect(bad.status).toBe(400)
    expect((await bad.json()).error).toMatchObject({ code: 'BAD_COHORT', field: 'start' })
    const marks = JSON.stringify({ marks: [{ event: 'a', user: 2 ** 32 - 1 }] })
    const headers = { 'Content-Type': 'application/json' }
    const refused = await fetch(`${app.url}/api/v1/marks`, { method: 'POST', headers, body: marks })
    expect(refused.status).toBe(422)
    expect((await refused.json()).error.details).toHaveLength(1)
  })
})
