import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fault, type Http, MARKS, startHttp } from '../fixtures/http'

let http: Http

beforeAll(async () => {
  http = await startHttp()
  expect((await http.mark(MARKS)).status).toBe(200)
})
afterAll(() => http?.stop())

describe('GET /api/v1/series', () => {
  it('counts each period, as JSON and as CSV', async () => {
    const query = '/api/v1/series?expression=active&period=week&from=2025-W01&to=2025-W03'
    expect(await (await http.get(query)).json()).toMatchObject({
      period: 'week',
      points: [
        { start: '2024-12-30', count: 0, state: 'closed' },
        { start: '2025-01-06', count: 2, state: 'closed' },
        { start: '2025-01-13', count: 2, state: 'closed' },
      ],
    })
    const csv = await http.get(`${query}&format=csv`)
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
    expect(await fault(await http.get(`/api/v1/series?${query}`))).toMatchObject({ status: 400, code, field })
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
    expect(await (await http.get(`/api/v1/count?${query}`)).json()).toEqual({ count })
  })

  it.each([
    ['period=week', 'BAD_PARAMETER', 'expression'],
    ['expression=a&period=week&date=x', 'BAD_PERIOD', 'date'],
    ['expression=a&period=week&format=csv', 'BAD_PARAMETER', 'format'],
    ['expression=seg(a)&period=week', 'UNKNOWN_SEGMENT', 'expression'],
  ])('refuses %s with 400', async (query, code, field) => {
    expect(await fault(await http.get(`/api/v1/count?${query}`))).toMatchObject({ status: 400, code, field })
  })
})

describe('GET /api/v1/events', () => {
  it('lists what was marked', async () => {
    const { events, attributes } = await (await http.get('/api/v1/events')).json()
    expect(events).toContainEqual({ name: 'signup', first: '2025-01', last: '2025-01' })
    expect(attributes).toContain('paid_user')
  })

  it('takes no parameters', async () => {
    expect(await fault(await http.get('/api/v1/events?x=1'))).toMatchObject({
      status: 400,
      code: 'BAD_PARAMETER',
      field: 'x',
    })
  })

  it('says since when keys of other programs may be missing', async () => {
    const { registryAsOf, scan } = await (await http.get('/api/v1/events')).json()
    expect(Math.abs(Date.now() - Date.parse(registryAsOf))).toBeLessThan(60_000)
    expect(scan).toBeNull()
  })
})

describe('POST /api/v1/events/scan', () => {
  const post = (headers: Record<string, string> = {}) =>
    http.get('/api/v1/events/scan', { method: 'POST', headers })

  it('finds what another program has written, and misses what it has deleted', async () => {
    const client = http.redis.client()
    const namesOf = async (response: Response) =>
      (await response.json()).events.map(({ name }: { name: string }) => name)
    await client.setbit('trackist_elsewhere_2025-1', 7, 1)
    const response = await post()
    expect(response.status).toBe(200)
    expect(await namesOf(response)).toContain('elsewhere')
    await client.del('trackist_elsewhere_2025-1')
    expect(await namesOf(await post())).not.toContain('elsewhere')
  })

  it('is a write: refused from elsewhere, and by other methods', async () => {
    expect(await fault(await post({ Origin: 'http://evil.example' }))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    })
    expect(await fault(await http.get('/api/v1/events/scan'))).toMatchObject({ status: 405 })
  })
})
