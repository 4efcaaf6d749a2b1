import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApp, startApp } from '../fixtures/app'
import { type BitmapistServer, startBitmapistServer } from '../fixtures/bitmapist-server'
import { fault, MARKS } from '../fixtures/http'

const HEADERS = { 'Content-Type': 'application/json' }

let server: BitmapistServer
let app: ServedApp

beforeAll(async () => {
  server = await startBitmapistServer()
  app = await startApp({ redisUrl: server.url })
})
afterAll(async () => {
  await app?.stop()
  await server?.stop()
})

const post = (to: ServedApp, body: unknown) =>
  fetch(`${to.url}/api/v1/marks`, { method: 'POST', body: JSON.stringify(body), headers: HEADERS })

const json = async (path: string) => {
  const response = await fetch(`${app.url}${path}`)
  expect(response.status, path).toBe(200)
  return response.json()
}

describe('the app over bitmapist-server', () => {
  it('writes marks and reads reports', async () => {
    expect(await json('/api/ready')).toMatchObject({ status: 'ok' })
    expect(await (await post(app, { marks: MARKS })).json()).toEqual({ accepted: 10 })
    const table = await json(
      '/api/v1/retention?start=signup&return=active&period=week&from=2025-W02&rows=2&columns=2',
    )
    expect(table.rows.map(({ size }: { size: number }) => size)).toEqual([2, 1])
    expect((await json('/api/ready')).cache.mode).toBe('ttl')
    expect(await json('/api/v1/members?expression=active&period=week&date=2025-01-14')).toMatchObject({
      users: [1, 300],
    })
    expect(await json('/api/v1/users/1?date=2025-01-06')).toMatchObject({
      known: true,
      attributes: ['paid_user'],
    })
    const { events, scan } = await json('/api/v1/events')
    expect(events.map(({ name }: { name: string }) => name)).toEqual(['active', 'signup'])
    expect(scan).toBeNull()
  })

  it('shows its pages', async () => {
    for (const path of ['/retention', '/users/1', '/settings'])
      expect((await fetch(`${app.url}${path}`)).status, path).toBe(200)
  })

  it('does not print what the server refuses', () => {
    expect(app.output()).not.toMatch(/unknown command|Redis does not answer|a call failed/i)
  })

  it('has no mapped ids: there is no script to number them', async () => {
    const mapped = await startApp({
      redisUrl: server.url,
      env: { ID_MODE: 'mapped', KEY_PREFIX: 'mapped_', LOG_LEVEL: 'silent' },
    })
    const answer = await fault(await post(mapped, { marks: [{ attribute: 'a', user: 'u' }] }))
    await mapped.stop()
    expect(answer).toMatchObject({ status: 409, code: 'BAD_SETTINGS' })
  })
})
