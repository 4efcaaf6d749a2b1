import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApp, startApp } from '../fixtures/app'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const GRID = 'start=signup&return=active&period=week&from=2025-W02&rows=3&columns=3'
const NAMES = ['signup', 'active', 'song:play', 'a b', 'ü']

/** Some days of users, so that the keys lie in many slots. */
const MARKS = Array.from({ length: 400 }, (_, i) => {
  const day = new Date(Date.UTC(2025, 0, 6 + ((i * 7) % 23))).toISOString()
  return { event: NAMES[i % NAMES.length], user: (i * i) % 97, time: day }
})
const ATTRIBUTES = Array.from({ length: 40 }, (_, i) => ({
  attribute: i % 2 ? 'paid_user' : 'plan:pro',
  user: i * 2,
}))

interface Call {
  readonly path: string
  readonly body?: unknown
}

const get = (path: string): Call => ({ path })
const mark = (...marks: readonly unknown[]): Call => ({ path: '/api/v1/marks', body: { marks } })

/** The whole API once over, in an order: what is marked is read. */
const CALLS: readonly Call[] = [
  get('/api/ready'),
  get('/api/v1/events'),
  get('/api/v1/count?expression=signup&period=month&date=2025-01'),
  mark(...MARKS),
  mark(...ATTRIBUTES),
  mark({ event: 'active', user: -1.5 }, { event: '', user: 1 }),
  mark(
    { event: 'active', user: 4, time: '2025-01-13', op: 'unmark' },
    { attribute: 'paid_user', user: 2, op: 'unmark' },
  ),
  get('/api/v1/events'),
  get(`/api/v1/retention?${GRID}`),
  get(`/api/v1/retention?${GRID}&cohort=recurring&mode=on-or-after`),
  get(`/api/v1/retention?${GRID}&mode=every&base=previous&who=!attr(paid_user)`),
  get(`/api/v1/retention?${GRID.replace('columns=3', 'brackets=0,1-2')}&format=csv&layout=long`),
  get(`/api/v1/retention/users?${GRID}&row=2025-W02&offset=1`),
  get(`/api/v1/retention/users?${GRID}&row=2025-W02&offset=1&which=missing&limit=3`),
  get(`/api/v1/retention/users?${GRID}&offset=0&format=csv`),
  get('/api/v1/series?expression=active&period=day&from=2025-01-06&to=2025-01-31'),
  get('/api/v1/series?expression="a b" | ü&period=week&from=2025-01&to=2025-01&format=csv'),
  get('/api/v1/count?expression=active - attr(paid_user)&period=month&date=2025-01'),
  get('/api/v1/count?expression=!active&period=month&date=2025-01'),
  get('/api/v1/count?expression=active ^ signup@2025-W03&period=year&date=2025'),
  get('/api/v1/members?expression=active %26 song:play&period=month&date=2025-01&limit=5'),
  get('/api/v1/members?expression=!signup&period=week&date=2025-W03&format=csv'),
  get('/api/v1/users/4?date=2025-01-13'),
  get('/api/v1/users/96'),
  get('/api/v1/users/123456'),
  get('/api/v1/users/4/days?event=active&from=2025&to=2025'),
  get('/api/v1/retention?start=nothing&return=active&period=week'),
  get('/api/v1/retention?start=active'),
  get('/api/v1/nothing'),
]

/** What differs from one instant to the next. */
const timeless = (text: string) => text.replace(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g, '"now"')

async function ask(app: ServedApp, { path, body }: Call): Promise<readonly [status: number, text: string]> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: JSON_TYPE }
  const response = await fetch(`${app.url}${path}`, init)
  return [response.status, timeless(await response.text())]
}

let redis: PrivateRedis
let cluster: PrivateCluster
const apps: ServedApp[] = []

beforeAll(async () => {
  ;[redis, cluster] = await Promise.all([startRedis(), startCluster()])
})
afterAll(async () => {
  for (const app of apps) await app.stop()
  await Promise.all([redis?.stop(), cluster?.stop()])
})

async function start(redisUrl: string, env: Readonly<Record<string, string>>): Promise<ServedApp> {
  const app = await startApp({ redisUrl, env: { TRACK_HOURLY: '1', LOG_LEVEL: 'silent', ...env } })
  apps.push(app)
  return app
}

describe.each(['integer', 'mapped'])('the API over a cluster, with %s ids', (ID_MODE) => {
  const KEY_PREFIX = `${ID_MODE}_`

  it('answers each call as over a single Redis', async () => {
    const nodes = cluster.nodes.map(({ url }) => url)
    const single = await start(redis.url, { ID_MODE, KEY_PREFIX })
    const many = await start(nodes.slice(1).join(','), { ID_MODE, KEY_PREFIX, REDIS_CLUSTER: '1' })
    const statuses: number[] = []
    for (const call of CALLS) {
      const answer = await ask(many, call)
      expect(answer, call.path).toEqual(await ask(single, call))
      statuses.push(answer[0])
    }
    expect(statuses.filter((status) => status !== 200)).toEqual([422, 400, 404])
    const keysOf = async (index: number) => (await cluster.node(index).keys(`${KEY_PREFIX}*`)).length
    const counts = await Promise.all(nodes.map((_, index) => keysOf(index)))
    expect(Math.min(...counts)).toBeGreaterThan(0)
    expect(counts.reduce((sum, count) => sum + count)).toBe(
      (await redis.client().keys(`${KEY_PREFIX}*`)).length,
    )
  })

  it('shows its pages', async () => {
    const app = apps.at(-1)
    for (const path of ['/users/4', `/retention/users?${GRID}&offset=1`, '/settings']) {
      const response = await fetch(`${app?.url}${path}`)
      expect(response.status, path).toBe(200)
    }
  })
})

describe('the start over a cluster', () => {
  it('is refused where the data has another time zone', async () => {
    const { url = '' } = cluster.nodes[0] ?? {}
    const env = { REDIS_CLUSTER: '1', KEY_PREFIX: 'integer_', TIME_ZONE: 'Asia/Tokyo' }
    const refusal = await startApp({ redisUrl: url, env }).catch((error: Error) => error)
    if (!(refusal instanceof Error)) await refusal.stop()
    expect(String(refusal)).toContain(
      'printed:\nTIME_ZONE expected "UTC", as the data under "integer_" has it',
    )
  })
})
