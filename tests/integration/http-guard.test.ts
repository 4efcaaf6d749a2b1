import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fault, type Http, startHttp } from '../fixtures/http'

let http: Http

beforeAll(async () => {
  http = await startHttp()
})
afterAll(() => http?.stop())

describe('the API', () => {
  it.each([
    '/api',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v1/%zz',
    '/api/v1/%00',
    '/api/v2/retention',
    '/api/v1/retention/members',
    '/api/v1/users',
    '/api/v1/users/1/weeks',
  ])('answers 404 for %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE'])
      expect(await fault(await http.get(path, { method }))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })

  it.each([
    ['/api/v1/retention', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/series', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/retention/users', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/members', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/users/1', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/users/1/days', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/count', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/events', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/health', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/ready', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/marks', ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'POST'],
  ])('answers other methods of %s with 405', async (path, methods, allowed) => {
    for (const method of methods) {
      const response = await http.get(path, { method })
      expect(response.headers.get('allow')).toBe(allowed)
      expect(await fault(response)).toMatchObject({ status: 405, code: 'BAD_METHOD', field: 'method' })
    }
  })

  it.each(['/', '/retention', '/api/health', '/api/v1/events', '/metrics', '/favicon.ico', '/nothing'])(
    'refuses a foreign Host for %s',
    async (path) => {
      const { status, body } = await http.withHost(path, 'evil.example')
      expect(status).toBe(403)
      expect(body).toContain('expected localhost, 127.0.0.1 or [::1], got')
      if (path.startsWith('/api'))
        expect(JSON.parse(body).error).toMatchObject({ code: 'FORBIDDEN', field: 'host' })
    },
  )

  it.each(['localhost', 'localhost:1', '127.9.9.9', '[::1]:80'])('serves the host %s', async (host) => {
    expect((await http.withHost('/api/health', host)).status).toBe(200)
  })

  it('is alive and ready', async () => {
    expect(await (await http.get('/api/health')).json()).toEqual({ status: 'ok' })
    expect(await (await http.get('/api/ready')).json()).toMatchObject({ status: 'ok' })
  })
})
