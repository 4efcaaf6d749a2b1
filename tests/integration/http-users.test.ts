import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Http, MARKS, startHttp } from '../fixtures/http'

const GRID = '/api/v1/retention/users?start=signup&return=active&period=week&from=2025-W02&rows=2&columns=2'

let http: Http

beforeAll(async () => {
  http = await startHttp()
  expect((await http.mark(MARKS)).status).toBe(200)
})
afterAll(() => http?.stop())

const json = async (path: string) => {
  const response = await http.get(path)
  expect(response.status, path).toBe(200)
  return response.json()
}

describe('GET /api/v1/retention/users', () => {
  it.each([
    ['row=2025-01-06&offset=0', [1, 2]],
    ['row=2025-W02&offset=1', [1]],
    ['row=2025-01-08T23:00:00Z&offset=1&which=missing', [2]],
    ['row=2025-W02', [1, 2]],
    ['row=2025-W03', [300]],
    ['offset=1', [1, 300].slice(0, 1)],
    ['offset=0', [1, 2, 300]],
    ['', [1, 2, 300]],
    ['row=2025-W03&offset=1&which=missing', [300]],
    ['row=2025-W02&offset=1&mode=on-or-before', [1]],
    ['row=2025-W02&offset=1&mode=every&base=previous', [1]],
  ])('lists whom %s means', async (query, users) => {
    const answer = await json(`${GRID}&cohort=recurring&${query}`)
    expect(answer).toEqual({ count: users.length, users, next: null })
    const csv = await http.get(`${GRID}&cohort=recurring&${query}&format=csv`)
    expect(await csv.text()).toBe(['user', ...users, ''].join('\r\n'))
  })

  it('finds the bracket that holds an offset', async () => {
    const brackets = `${GRID.replace('&columns=2', '')}&brackets=0,1-3&row=2025-W02`
    for (const offset of [1, 2, 3])
      expect(await json(`${brackets}&offset=${offset}`)).toMatchObject({ users: [1] })
    expect(await json(`${brackets}&offset=3&which=missing`)).toMatchObject({ users: [2] })
  })

  it('pages by a cursor, whose empty value is the first page', async () => {
    const first = await json(`${GRID}&row=2025-W02&limit=1&cursor=`)
    expect(first).toEqual({ count: 2, users: [1], next: '1' })
    expect(await json(`${GRID}&row=2025-W02&limit=1&cursor=${first.next}`)).toEqual({
      count: 2,
      users: [2],
      next: null,
    })
  })

  it('names its file', async () => {
    const { headers } = await http.get(`${GRID}&row=2025-W02&format=csv`)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe('attachment; filename="users-signup-active-returned.csv"')
  })
})

describe('GET /api/v1/members', () => {
  it.each([
    ['expression=active&period=week&date=2025-01-14', [1, 300]],
    ['expression=active | signup&period=month&date=2025-01', [1, 2, 300]],
    ['expression=attr(paid_user)&period=day', [1]],
    ['expression=nothing&period=day', []],
  ])('lists whom %s means', async (query, users) => {
    expect(await json(`/api/v1/members?${query}`)).toEqual({ count: users.length, users, next: null })
    const csv = await http.get(`/api/v1/members?${query}&format=csv`)
    expect(await csv.text()).toBe(['user', ...users, ''].join('\r\n'))
  })

  it('says as of when it knows everyone', async () => {
    const answer = await json('/api/v1/members?expression=!active&period=week&date=2025-W02')
    // User 9 was marked, and is known although the mark was taken back.
    expect(answer).toMatchObject({ count: 2, users: [9, 300] })
    expect(answer.knownAsOf).toMatch(/Z$/)
  })

  it('streams a million ids', async () => {
    const bytes = Buffer.alloc(250_000, 0b0101_0101)
    await http.redis.client().set('trackist_many_2024-5', bytes)
    const response = await http.get('/api/v1/members?expression=many&period=month&date=2024-05&format=csv')
    expect(response.headers.get('content-length')).toBeNull()
    const lines = (await response.text()).split('\r\n')
    expect(lines).toHaveLength(1_000_002)
    expect(lines.slice(0, 4)).toEqual(['user', '1', '3', '5'])
    expect(lines.slice(-2)).toEqual(['1999999', ''])
    expect(lines.slice(1, -1).reduce((sum, id) => sum + Number(id), 0)).toBe(1_000_000 ** 2)
    expect(await json('/api/v1/members?expression=many&period=month&date=2024-05')).toMatchObject({
      count: 1_000_000,
      next: '1999',
    })
  })

  it('is not held up by readers who leave', async () => {
    const path = '/api/v1/members?expression=many&period=month&date=2024-05&format=csv'
    for (let i = 0; i < 20; i++) {
      const response = await http.get(path)
      await response.body?.getReader().read()
      await response.body?.cancel().catch(() => undefined)
    }
    const head = await http.get(path, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(await json('/api/v1/members?expression=active&period=week&date=2025-W03')).toMatchObject({
      count: 2,
    })
  })
})

describe('GET /api/v1/users/{id}', () => {
  it('tells what is known of a user', async () => {
    expect(await json('/api/v1/users/1?date=2025-01-06')).toMatchObject({
      user: '1',
      known: true,
      date: '2025-01-06',
      hour: '2025-01-06T00',
      timeZone: 'UTC',
      events: [
        { event: 'active', hour: null, day: true, week: true, month: true, year: true },
        { event: 'many', day: false, month: false },
        { event: 'signup', hour: null, day: true, week: true, month: true, year: true },
      ],
      attributes: ['paid_user'],
      firstSeen: '2024-05',
      lastSeen: '2025-01-14',
      activeDays: 0,
    })
  })

  it('answers 200 and false for a user whom nobody marked', async () => {
    const answer = await json('/api/v1/users/4000000000')
    expect(answer).toMatchObject({ user: '4000000000', known: false, attributes: [], firstSeen: null })
    expect(JSON.stringify(answer.events)).not.toContain('true')
  })
})

describe('GET /api/v1/users/{id}/days', () => {
  it.each([
    ['1/days?event=active&from=2025-01-01&to=2025-01-31', ['2025-01-06', '2025-01-14']],
    ['1/days?event=active&from=2025&to=2025-W02', ['2025-01-06']],
    ['1/days?event=active&from=2025', ['2025-01-06', '2025-01-14']],
    ['9/days?event=active&from=2025&to=2025', []],
    ['1/days?event=odd%20name!&from=2025&to=2025', []],
  ])('lists %s', async (query, days) => {
    expect(await json(`/api/v1/users/${query}`)).toEqual({ days })
  })
})
