import { request as httpRequest } from 'node:http'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApp, startApp } from '../fixtures/app'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let redis: PrivateRedis
let app: ServedApp

beforeAll(async () => {
  redis = await startRedis()
  app = await startApp({ redisUrl: redis.url })
})
afterAll(async () => {
  await app?.stop()
  await redis?.stop()
})

const get = (path: string, init?: RequestInit) => fetch(`${app.url}${path}`, init)
const json = { 'Content-Type': 'application/json' }
const post = (body: string, headers: Record<string, string> = json) =>
  get('/api/v1/marks', { method: 'POST', body, headers })
const mark = (marks: readonly unknown[]) => post(JSON.stringify({ marks }))

async function fault(response: Response) {
  const body = await response.json()
  expect(Object.keys(body)).toEqual(['error'])
  const { code, field, message, details } = body.error
  // Every message ends with a remedy.
  expect(message).toMatch(/; ./)
  return { status: response.status, code, field, details }
}

/** Two users sign up in week 2 of 2025, one in week 3; one of the first two comes back in week 3. */
const MARKS = [
  { event: 'signup', user: 1, time: '2025-01-06T10:00:00Z' },
  { event: 'signup', user: '2', time: 1736244000 },
  { event: 'signup', user: 300, time: '2025-01-13' },
  { event: 'active', user: 1, time: '2025-01-06T10:00:00Z' },
  { event: 'active', user: 2, time: '2025-01-07T10:00:00Z' },
  { event: 'active', user: 1, time: '2025-01-14T10:00:00Z' },
  { event: 'active', user: 300, time: '2025-01-14T10:00:00Z' },
  { event: 'active', user: 9, time: '2025-01-14T10:00:00Z' },
  { event: 'active', user: 9, time: '2025-01-14T10:00:00Z', op: 'unmark' },
  { attribute: 'paid_user', user: 1 },
]
const GRID =
  '/api/v1/retention?start=signup&return=active&period=week&from=2025-W02&rows=2&columns=2&cohort=recurring'

describe('POST /api/v1/marks', () => {
  it('answers once Redis has them all', async () => {
    const response = await mark(MARKS)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ accepted: 10 })
    const client = redis.client()
    expect(await client.getbit('trackist_signup_W2025-2', 2)).toBe(1)
    expect(await client.getbit('trackist_signup_2025-1', 300)).toBe(1)
    expect(await client.getbit('trackist_active_2025-1-14', 9)).toBe(0)
    expect(await client.getbit('trackist_paid_user_u', 1)).toBe(1)
  })

  it('writes nothing of a batch with a bad mark, and names each', async () => {
    const good = { event: 'never', user: 1 }
    const { status, code, field, details } = await fault(
      await mark([good, { event: 'never', user: -1 }, good, { event: '', user: 1 }]),
    )
    expect({ status, code, field }).toEqual({ status: 422, code: 'BAD_MARKS', field: 'marks' })
    expect(details).toEqual([
      {
        index: 1,
        message:
          '"user" expected integer 0..134217727, got -1; use an integer user id within the limit, or raise MAX_USER_ID',
      },
      { index: 3, message: expect.stringMatching(/^"event" expected/) },
    ])
    expect(await redis.client().keys('*never*')).toEqual([])
  })

  it('refuses the id 4294967295 before Redis sees it', async () => {
    const client = redis.client()
    await client.config('RESETSTAT')
    for (const user of [4294967295, '4294967295'])
      expect(await fault(await mark([{ event: 'active', user }]))).toMatchObject({
        status: 422,
        code: 'BAD_MARKS',
      })
    expect(await client.info('commandstats')).not.toMatch(/cmdstat_(setbit|bitfield|exec|eval)/)
  })

  it.each([
    ['{', 400, 'BAD_BODY', 'body'],
    ['', 400, 'BAD_BODY', 'body'],
    ['[]', 400, 'BAD_BODY', 'marks'],
    ['{"marks":[]}', 400, 'BAD_BODY', 'marks'],
    ['{"marks":[{"event":"a","event":"b","user":1}]}', 400, 'BAD_BODY', 'body'],
    ['{"marks":[{"event":"a\\u0000","user":1}]}', 422, 'BAD_MARKS', 'marks'],
    ['{"marks":[{"event":"a","user":1,"time":"x"}]}', 422, 'BAD_MARKS', 'marks'],
    [JSON.stringify({ marks: Array(10_001).fill({ event: 'a', user: 1 }) }), 413, 'BODY_TOO_LARGE', 'marks'],
  ])('refuses %.60s', async (body, status, code, field) => {
    expect(await fault(await post(body))).toMatchObject({ status, code, field })
  })

  it('refuses bytes that are no UTF-8', async () => {
    const body = new Uint8Array([0x7b, 0xff, 0x7d])
    const response = await get('/api/v1/marks', { method: 'POST', body, headers: json })
    expect(await fault(response)).toMatchObject({ status: 400, code: 'BAD_BODY', field: 'body' })
  })

  it.each([5 * 1024 * 1024 + 1, 12 * 1024 * 1024])('refuses a body of %i bytes', async (byteLength) => {
    const body = JSON.stringify({ marks: [{ event: 'a', user: 1 }] }).padEnd(byteLength, ' ')
    expect(await fault(await post(body))).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
      field: 'body',
    })
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ])('refuses the content type %s', async (type) => {
    const body = JSON.stringify({ marks: [{ event: 'a', user: 1 }] })
    expect(await fault(await post(body, { 'Content-Type': type }))).toMatchObject({
      status: 415,
      code: 'BAD_MEDIA_TYPE',
      field: 'content-type',
    })
  })

  it('refuses a compressed body', async () => {
    const headers = { ...json, 'Content-Encoding': 'gzip' }
    expect(await fault(await post('{}', headers))).toMatchObject({ status: 415, field: 'content-encoding' })
  })

  it('takes no parameters', async () => {
    const response = await get('/api/v1/marks?user=1', { method: 'POST', body: '{}', headers: json })
    expect(await fault(response)).toMatchObject({ status: 400, code: 'BAD_PARAMETER', field: 'user' })
  })

  it.each(['null', 'http://evil.example', 'http://127.0.0.1:1'])('refuses the origin %s', async (Origin) => {
    expect(await fault(await post('{"marks":[]}', { ...json, Origin }))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      field: 'origin',
    })
  })

  it('lets its own origin pass', async () => {
    const body = JSON.stringify({ marks: [{ attribute: 'own', user: 1 }] })
    expect((await post(body, { ...json, Origin: app.url })).status).toBe(200)
  })
})

describe('GET /api/v1/retention', () => {
  it('answers with the table', async () => {
    const response = await get(GRID)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const closed = (offset: number, count: number) => ({ offset, count, state: 'closed', flag: null })
    expect(await response.json()).toMatchObject({
      period: 'week',
      mode: 'on',
      cohort: 'recurring',
      start: 'signup',
      who: null,
      return: 'active',
      timeZone: 'UTC',
      users: 3,
      rows: [
        { start: '2025-01-06', label: '2025-W02', size: 2, cells: [closed(0, 2), closed(1, 1)] },
        { start: '2025-01-13', label: '2025-W03', size: 1, cells: [closed(0, 1), { offset: 1, count: 0 }] },
      ],
    })
  })

  it('narrows the cohorts to who', async () => {
    const { rows } = await (await get(`${GRID}&who=attr(paid_user)`)).json()
    expect(rows.map(({ size }: { size: number }) => size)).toEqual([1, 0])
  })

  it('has the same numbers as CSV, in both layouts', async () => {
    const table = await (await get(GRID)).json()
    const wide = await get(`${GRID}&format=csv`)
    expect(wide.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(wide.headers.get('content-disposition')).toBe(
      'attachment; filename="retention-signup-active-2025-w03.csv"',
    )
    expect(await wide.text()).toBe('cohort,size,0,1\r\n2025-W02,2,2,1\r\n2025-W03,1,1,0\r\n')
    expect(await (await get(`${GRID}&format=csv&values=rate`)).text()).toBe(
      'cohort,size,0,1\r\n2025-W02,2,1.0000,0.5000\r\n2025-W03,1,1.0000,0.0000\r\n',
    )
    const long: readonly Record<string, string>[] = parse(
      await (await get(`${GRID}&format=csv&layout=long`)).text(),
      { columns: true },
    )
    type Row = { start: string; size: number; cells: { offset: number; count: number; state: string }[] }
    const cells = table.rows.flatMap(({ start, size, cells }: Row) =>
      cells.map(({ offset, count, state }) => [start, `${size}`, `${offset}`, `${count}`, state]),
    )
    expect(long.map((c) => [c.cohort_start, c.size, c.offset, c.count, c.state])).toEqual(cells)
  })

  it('leaves future cells empty', async () => {
    const year = new Date().getUTCFullYear()
    const future = `/api/v1/retention?start=signup&return=active&period=year&from=${year}&rows=2&columns=2`
    const { rows } = await (await get(future)).json()
    expect(rows[0].state).toBe('open')
    expect(rows[1]).toMatchObject({ state: 'future', size: null })
    expect(await (await get(`${future}&format=csv`)).text()).toBe(
      `cohort,size,0,1\r\n${year},${rows[0].size},${rows[0].cells[0].count},\r\n${year + 1},,,\r\n`,
    )
  })

  it('gives zeros for an event that nobody marked', async () => {
    const { rows } = await (await get(GRID.replace('start=signup', 'start=nothing'))).json()
    expect(rows[0]).toMatchObject({ size: 0, cells: [{ count: 0 }, { count: 0 }] })
  })

  const good = 'start=signup&return=active&period=week&from=2025-W02'
  it.each([
    ['', 'BAD_PARAMETER', 'start'],
    [`${good}&start=x`, 'BAD_PARAMETER', 'start'],
    [`${good}&who=`, 'BAD_PARAMETER', 'who'],
    [`${good}&who=%00`, 'BAD_PARAMETER', 'who'],
    [`${good}&who=${'x'.repeat(2001)}`, 'BAD_PARAMETER', 'who'],
    [`${good}&who=(`, 'BAD_EXPRESSION', 'who'],
    [`${good}&who=seg(x)`, 'UNKNOWN_SEGMENT', 'who'],
    [`${good}&rows=0`, 'BAD_ROWS', 'rows'],
    [`${good}&rows=366&columns=366`, 'TOO_LARGE', 'rows'],
    [`${good}&to=2025`, 'BAD_PARAMETER', 'to'],
    [`${good}&mode=every`, 'BAD_MODE', 'mode'],
    [`${good}&cohort=all`, 'BAD_COHORT', 'cohort'],
    [`${good}&base=previous`, 'BAD_PARAMETER', 'base'],
    [`${good}&brackets=0`, 'BAD_PARAMETER', 'brackets'],
    [`${good}&which=missing`, 'BAD_PARAMETER', 'which'],
    [`${good}&format=xml`, 'BAD_PARAMETER', 'format'],
    [`${good}&format=csv&layout=x`, 'BAD_PARAMETER', 'layout'],
    [`${good}&format=csv&values=x`, 'BAD_PARAMETER', 'values'],
    [`${good}&unheard=1`, 'BAD_PARAMETER', 'unheard'],
    ['start=signup&return=active&period=week&from=%zz', 'BAD_PERIOD', 'from'],
    ['start=signup&return=active&period=eon', 'BAD_UNIT', 'period'],
    ['start=signup@2025-W02&return=active&period=week&cohort=first', 'BAD_COHORT', 'start'],
  ])('refuses %.80s with 400', async (query, code, field) => {
    expect(await fault(await get(`/api/v1/retention?${query}`))).toMatchObject({ status: 400, code, field })
  })
})

describe('GET /api/v1/series', () => {
  it('counts each period, as JSON and as CSV', async () => {
    const query = '/api/v1/series?expression=active&period=week&from=2025-W01&to=2025-W03'
    expect(await (await get(query)).json()).toMatchObject({
      period: 'week',
      points: [
        { start: '2024-12-30', count: 0, state: 'closed' },
        { start: '2025-01-06', count: 2, state: 'closed' },
        { start: '2025-01-13', count: 2, state: 'closed' },
      ],
    })
    const csv = await get(`${query}&format=csv`)
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="series-active-.+\.csv"$/)
    expect(await csv.text()).toBe(
      'start,count,state\r\n2024-12-30,0,closed\r\n2025-01-06,2,closed\r\n2025-01-13,2,closed\r\n',
    )
  })

  it.each([
    ['period=week&from=2025', 'BAD_PARAMETER', 'expression'],
    ['expression=active&period=week', 'BAD_PARAMETER', 'from'],
    ['expression=active&period=hour&from=2020&to=2024', 'TOO_LARGE', 'from'],
    ['expression=active&period=week&from=2025&to=2023', 'BAD_PERIOD', 'to'],
    ['expression=active&period=week&from=2025&format=x', 'BAD_PARAMETER', 'format'],
    ['expression=active&period=week&from=2025&layout=long', 'BAD_PARAMETER', 'layout'],
  ])('refuses %s with 400', async (query, code, field) => {
    expect(await fault(await get(`/api/v1/series?${query}`))).toMatchObject({ status: 400, code, field })
  })
})

describe('GET /api/v1/count', () => {
  it.each([
    ['expression=active&period=week&date=2025-01-14', 2],
    ['expression=active - signup&period=month&date=2025-01', 0],
    ['expression=active@2025-W02 | signup&period=day&date=2025-01-13', 3],
    ['expression=nothing&period=day', 0],
    ['expression=attr(paid_user)&period=day', 1],
  ])('counts %s as %i', async (query, count) => {
    expect(await (await get(`/api/v1/count?${query}`)).json()).toEqual({ count })
  })

  it.each([
    ['period=week', 'BAD_PARAMETER', 'expression'],
    ['expression=a&period=week&date=x', 'BAD_PERIOD', 'date'],
    ['expression=a&period=week&format=csv', 'BAD_PARAMETER', 'format'],
    ['expression=seg(a)&period=week', 'UNKNOWN_SEGMENT', 'expression'],
  ])('refuses %s with 400', async (query, code, field) => {
    expect(await fault(await get(`/api/v1/count?${query}`))).toMatchObject({ status: 400, code, field })
  })
})

describe('GET /api/v1/events', () => {
  it('lists what was marked', async () => {
    const { events, attributes } = await (await get('/api/v1/events')).json()
    expect(events).toContainEqual({ name: 'signup', first: '2025-01', last: '2025-01' })
    expect(attributes).toContain('paid_user')
  })

  it('takes no parameters', async () => {
    expect(await fault(await get('/api/v1/events?x=1'))).toMatchObject({
      status: 400,
      code: 'BAD_PARAMETER',
      field: 'x',
    })
  })
})

describe('the API', () => {
  it.each([
    '/api',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v1/%zz',
    '/api/v1/%00',
    '/api/v2/retention',
    '/api/v1/retention/users',
  ])('answers 404 for %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE'])
      expect(await fault(await get(path, { method }))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })

  it.each([
    ['/api/v1/retention', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/series', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/count', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/events', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/health', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/ready', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
    ['/api/v1/marks', ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'POST'],
  ])('answers other methods of %s with 405', async (path, methods, allowed) => {
    for (const method of methods) {
      const response = await get(path, { method })
      expect(response.headers.get('allow')).toBe(allowed)
      expect(await fault(response)).toMatchObject({ status: 405, code: 'BAD_METHOD', field: 'method' })
    }
  })

  it.each(['/', '/retention', '/api/health', '/api/v1/events', '/favicon.ico', '/nothing'])(
    'refuses a foreign Host for %s',
    async (path) => {
      const { status, body } = await withHost(path, 'evil.example')
      expect(status).toBe(403)
      expect(body).toContain('expected localhost, 127.0.0.1 or [::1], got')
      if (path.startsWith('/api'))
        expect(JSON.parse(body).error).toMatchObject({ code: 'FORBIDDEN', field: 'host' })
    },
  )

  it.each(['localhost', 'localhost:1', '127.9.9.9', '[::1]:80'])('serves the host %s', async (host) => {
    expect((await withHost('/api/health', host)).status).toBe(200)
  })

  it('is alive and ready', async () => {
    expect(await (await get('/api/health')).json()).toEqual({ status: 'ok' })
    expect(await (await get('/api/ready')).json()).toEqual({ status: 'ok' })
  })
})

/** fetch sets Host by itself. */
function withHost(path: string, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: app.port, path, headers: { Host: host } }
    httpRequest(options, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })
}
