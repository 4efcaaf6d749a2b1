import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../fixtures/app'
import { fault, type Http, startHttp } from '../fixtures/http'
import { startRedis } from '../fixtures/redis'

const UUID = '550e8400-e29b-41d4-a716-446655440000'
const GRID = '/api/v1/retention/users?start=signup&return=active&period=week&from=2025-W02&rows=2&columns=2'
/** Each was marked after the one before it: in this order they are numbered. */
const ODD = [
  'a/b',
  'a?b=c&d',
  'a#b',
  '100%',
  '%2F',
  '%25',
  ' a  b ',
  'a+b',
  'ü@例え.jp',
  '😀',
  'a\\b',
  'a;b,c',
  '"quoted"',
  "it's",
  '<b>x</b>',
  'a\nb',
  'a\r\nb',
  'a\tb',
  'a\0b',
  '\u202eright to left',
  'page.rsc',
  'x.json',
  'index',
  '_next',
  '(.)x',
  '[id]',
  '@slot',
  '$0',
  '...',
  'days',
  'days/',
  '/',
  '//',
  '007',
  '-1',
  '18446744073709551615',
  'x'.repeat(256),
  'é'.repeat(128),
]

let http: Http

const MARKS = [
  { event: 'signup', user: 'ann@example.com', time: '2025-01-06T10:00:00Z' },
  { event: 'signup', user: UUID, time: '2025-01-07T10:00:00Z' },
  { event: 'signup', user: 42, time: '2025-01-13' },
  { event: 'active', user: 'ann@example.com', time: '2025-01-06T10:00:00Z' },
  { event: 'active', user: UUID, time: '2025-01-07T10:00:00Z' },
  { event: 'active', user: 'ann@example.com', time: '2025-01-14T10:00:00Z' },
  { event: 'active', user: '42', time: '2025-01-14T10:00:00Z' },
  { event: 'active', user: 'gone', time: '2025-01-14T10:00:00Z' },
  { event: 'active', user: 'gone', time: '2025-01-14T10:00:00Z', op: 'unmark' },
  { attribute: 'paid_user', user: 'ann@example.com' },
]

beforeAll(async () => {
  http = await startHttp({ ID_MODE: 'mapped' })
  expect(await (await http.mark(MARKS)).json()).toEqual({ accepted: 10 })
  for (const user of ODD) expect((await http.mark([{ attribute: 'odd', user }])).status).toBe(200)
})
afterAll(() => http?.stop())

const json = async (path: string) => {
  const response = await http.get(path)
  expect(response.status, path).toBe(200)
  return response.json()
}
/** Numbers that were given out. */
const given = () => http.redis.client().get('bitcohort:{trackist_}:ids')

describe('marks of mapped ids', () => {
  it('number users from 1 on, in the order of first sight', async () => {
    const client = http.redis.client()
    expect(await client.getbit('trackist_signup_2025-1', 1)).toBe(1)
    expect(await client.getbit('trackist_signup_2025-1', 2)).toBe(1)
    expect(await client.getbit('trackist_signup_2025-1', 3)).toBe(1)
    expect(await client.getbit('trackist_active_2025-1-14', 4)).toBe(0)
    expect(await given()).toBe(String(4 + ODD.length))
  })

  it('are refused with each bad index, and give no numbers out', async () => {
    const before = await given()
    const body = `{"marks":[
      {"event":"never","user":"new"},{"event":"never","user":""},{"event":"never","user":9007199254740993},
      {"event":"never","user":"${'x'.repeat(257)}"},{"event":"never","user":null},{"event":"never"},
      {"event":"never","user":"a\\ud800"}]}`
    const { status, code, details } = await fault(await http.post(body))
    expect({ status, code }).toEqual({ status: 422, code: 'BAD_MARKS' })
    expect(
      details.map(({ index, message }: { index: number; message: string }) => [
        index,
        message.split('; ')[0],
      ]),
    ).toEqual([
      [1, '"user" expected text of 1..256 bytes, got ""'],
      [2, '"user" expected text, or an integer of at most 9007199254740991, got 9007199254740992'],
      [3, `"user" expected text of 1..256 bytes, got "${'x'.repeat(78)}…`],
      [4, '"user" expected text of 1..256 bytes, got null'],
      [5, '"user" expected text of 1..256 bytes, got nothing'],
      [6, '"user" expected text without lone surrogates, got "a\\ud800"'],
    ])
    expect(await given()).toBe(before)
    expect(await http.redis.client().keys('*never*')).toEqual([])
  })
})

describe('reports over mapped ids', () => {
  it('count as over any others', async () => {
    const table = await json(
      '/api/v1/retention?start=signup&return=active&period=week&from=2025-W02&rows=2&columns=2',
    )
    expect(
      table.rows.map((row: { size: number; cells: { count: number }[] }) => [
        row.size,
        ...row.cells.map(({ count }) => count),
      ]),
    ).toEqual([
      [2, 2, 1],
      [1, 1, 0],
    ])
    expect(table.users).toBe(3)
  })

  it.each([
    ['row=2025-01-06&offset=0', ['ann@example.com', UUID]],
    ['row=2025-W02&offset=1', ['ann@example.com']],
    ['row=2025-W02&offset=1&which=missing', [UUID]],
    ['row=2025-W03', ['42']],
    ['', ['ann@example.com', UUID, '42']],
  ])('list whom %s means', async (query, users) => {
    expect(await json(`${GRID}&cohort=recurring&${query}`)).toEqual({
      count: users.length,
      users,
      next: null,
    })
    const csv = await http.get(`${GRID}&cohort=recurring&${query}&format=csv`)
    expect(await csv.text()).toBe(['user', ...users, ''].join('\r\n'))
  })

  it('page by a cursor that says nothing of an id', async () => {
    const all: string[] = []
    let cursor = ''
    do {
      const page = await json(`/api/v1/members?expression=attr(odd)&period=day&limit=7&cursor=${cursor}`)
      expect(page.count).toBe(ODD.length)
      all.push(...page.users)
      cursor = page.next ?? ''
      expect(cursor).toMatch(/^\d*$/)
    } while (cursor !== '')
    expect(all).toEqual(ODD)
  })

  it('know everyone who has a number', async () => {
    const answer = await json('/api/v1/members?expression=!attr(odd)&period=day')
    expect(answer).toMatchObject({ count: 4, users: ['ann@example.com', UUID, '42', 'gone'] })
  })

  it('quote what a CSV cannot hold otherwise, and keep formulas from beginning', async () => {
    await http.mark(
      ['=1+1', '+1', '@a', '-a', 'x,y', 'x"y', 'x\ny'].map((user) => ({ attribute: 'csv', user })),
    )
    const csv = await http.get('/api/v1/members?expression=attr(csv)&period=day&format=csv')
    expect(await csv.text()).toBe('user\r\n\'=1+1\r\n\'+1\r\n\'@a\r\n\'-a\r\n"x,y"\r\n"x""y"\r\n"x\ny"\r\n')
  })
})

describe('GET /api/v1/users/{id} of a mapped id', () => {
  it('tells what is known of a user', async () => {
    expect(await json('/api/v1/users/ann%40example.com?date=2025-01-06')).toMatchObject({
      user: 'ann@example.com',
      known: true,
      events: [
        { event: 'active', hour: null, day: true, week: true, month: true, year: true },
        { event: 'signup', hour: null, day: true, week: true, month: true, year: true },
      ],
      attributes: ['paid_user'],
      firstSeen: '2025-01-06',
      lastSeen: '2025-01-14',
      highestId: null,
    })
    expect(
      await json('/api/v1/users/ann%40example.com/days?event=active&from=2025-01-01&to=2025-01-31'),
    ).toEqual({ days: ['2025-01-06', '2025-01-14'] })
  })

  it.each(ODD)('finds %j', async (id) => {
    const path = `/api/v1/users/${encodeURIComponent(id)}`
    expect(await json(path)).toMatchObject({ user: id, known: true, attributes: ['odd'] })
    expect(await json(`${path}/days?event=signup&from=2025&to=2025`)).toEqual({ days: [] })
    const page = await http.get(`/users/${encodeURIComponent(id)}`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('has attributes, and no marks of any event')
  })

  it('answers 200 and false for an id that nobody marked, and gives it no number', async () => {
    const before = await given()
    const answer = await json('/api/v1/users/nobody%40example.com')
    expect(answer).toMatchObject({
      user: 'nobody@example.com',
      known: false,
      attributes: [],
      highestId: null,
    })
    expect(JSON.stringify(answer.events)).not.toContain('true')
    expect(await json('/api/v1/users/nobody/days?event=active&from=2025&to=2025')).toEqual({ days: [] })
    // What another mode would take for the bit of somebody.
    expect(await json('/api/v1/users/1')).toMatchObject({ user: '1', known: false })
    expect((await http.get('/users/nobody')).status).toBe(200)
    expect(await given()).toBe(before)
  })

  it.each(['x'.repeat(257), 'é'.repeat(129)])('refuses a longer one', async (id) => {
    const response = await http.get(`/api/v1/users/${encodeURIComponent(id)}`)
    expect(await fault(response)).toMatchObject({ status: 400, code: 'BAD_USER', field: 'user' })
    expect((await http.get(`/users/${encodeURIComponent(id)}`)).status).toBe(404)
  })
})

describe('the start over data of the other id mode', () => {
  it.each([
    ['mapped', 'integer'],
    ['integer', 'mapped'],
  ])('is refused where ids are %s and ID_MODE=%s', async (has, mode) => {
    const redis = await startRedis()
    const app = await startApp({ redisUrl: redis.url, env: { ID_MODE: has } })
    const mark = { marks: [{ attribute: 'a', user: 1 }] }
    const headers = { 'Content-Type': 'application/json' }
    await fetch(`${app.url}/api/v1/marks`, { method: 'POST', body: JSON.stringify(mark), headers })
    await app.stop()
    const refusal = await startApp({ redisUrl: redis.url, env: { ID_MODE: mode } }).catch(
      (error: Error) => error,
    )
    if (!(refusal instanceof Error)) await refusal.stop()
    await redis.stop()
    expect(String(refusal)).toMatch(
      `printed:\nID_MODE expected "${has}", as the data under "trackist_" has it, got "${mode}"; set it as the data has it`,
    )
  })
})
