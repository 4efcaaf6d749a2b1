import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedApp, startApp } from '../fixtures/app'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'

/** A node gone must be told within so long; the call is given up after it. */
const LIMIT_MS = 4000
const JSON_TYPE = { 'Content-Type': 'application/json' }
const GRID = '/api/v1/retention?start=signup&return=active&period=week&from=2025-W02&rows=2'

let cluster: PrivateCluster
let app: ServedApp
/** An event for each node, whose bitmap of January 2025 lies there. */
let events: readonly string[]
/** The node that holds the project's own keys. */
let own: number

beforeAll(async () => {
  cluster = await startCluster()
  for (const [index] of cluster.nodes.entries())
    await cluster.node(index).config('SET', 'cluster-require-full-coverage', 'no')
  const redisUrl = cluster.nodes.map(({ url }) => url).join(',')
  app = await startApp({ redisUrl, env: { REDIS_CLUSTER: '1' } })
  own = await ownerOf('bitcohort:{trackist_}:meta')
  const found = new Map<number, string>()
  for (let n = 0; found.size < cluster.nodes.length; n++) {
    const node = await ownerOf(`trackist_e${n}_2025-1`)
    if (!found.has(node)) found.set(node, `e${n}`)
  }
  events = cluster.nodes.map((_, index) => found.get(index) ?? '')
})
afterAll(async () => {
  await app?.stop()
  await cluster?.stop()
})

const ownerOf = async (key: string) => cluster.ownerOf(await cluster.slotOf(key))

async function ask(path: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(`${app.url}${path}`, { ...init, signal: AbortSignal.timeout(LIMIT_MS) })
  const text = await response.text()
  if (response.status === 503) expect(JSON.parse(text).error.code).toBe('REDIS_UNAVAILABLE')
  return response.status
}

const mark = () => {
  const marks = [...events, 'signup', 'active'].map((event) => ({ event, user: 1, time: '2025-01-06' }))
  return ask('/api/v1/marks', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ marks }) })
}
/** Of the event on each node. */
const counts = () =>
  Promise.all(events.map((event) => ask(`/api/v1/count?expression=${event}&period=month&date=2025-01`)))

async function expectService(): Promise<void> {
  await expect.poll(mark, { timeout: 20_000 }).toBe(200)
  await expect.poll(counts, { timeout: 20_000 }).toEqual([200, 200, 200])
  expect(await ask(GRID)).toBe(200)
  expect(await ask('/api/ready')).toBe(200)
}

describe('the API over a cluster', () => {
  it('answers 503 for a node that is gone, 200 for the others, and serves again', async () => {
    await expectService()
    const lost = (own + 1) % 3
    await cluster.kill(lost)
    expect(await counts()).toEqual(events.map((_, index) => (index === lost ? 503 : 200)))
    expect(await mark()).toBe(503)
    expect(await ask('/api/ready')).toBe(503)
    expect(await ask('/api/health')).toBe(200)
    await cluster.restart(lost)
    await expectService()
  })

  it('answers 503 for a node that hangs, and serves again', async () => {
    const lost = (own + 2) % 3
    cluster.pause(lost)
    expect(await counts()).toEqual(events.map((_, index) => (index === lost ? 503 : 200)))
    cluster.resume(lost)
    await expectService()
  })

  it('answers 503 while no node is there, and serves again', async () => {
    await Promise.all(cluster.nodes.map((_, index) => cluster.kill(index)))
    for (let round = 0; round < 2; round++) {
      const calls = [counts(), mark(), ask(GRID), ask('/api/ready')]
      expect((await Promise.all(calls)).flat()).toEqual([503, 503, 503, 503, 503, 503])
    }
    await Promise.all(cluster.nodes.map((_, index) => cluster.restart(index)))
    await expectService()
  })

  it('answers 503 while all nodes hang, and serves again', async () => {
    for (const [index] of cluster.nodes.entries()) cluster.pause(index)
    expect((await Promise.all([counts(), mark()])).flat()).toEqual([503, 503, 503, 503])
    for (const [index] of cluster.nodes.entries()) cluster.resume(index)
    await expectService()
  })

  it('tells of each change of each node once', () => {
    const lines = app.output().split('\n')
    const told = (what: string) => lines.filter((line) => line.includes(what)).length
    // One node, then all three and the cluster as a whole.
    expect(told('Redis does not answer at')).toBeLessThanOrEqual(5)
    expect(told('Redis answers again at')).toBeGreaterThan(0)
    expect(told('a call failed')).toBe(0)
  })

  it('starts without any node, and says so', async () => {
    const redisUrl = 'redis://:hunter2@127.0.0.1:1,redis://127.0.0.1:2'
    const alone = await startApp({ redisUrl, env: { REDIS_CLUSTER: '1' } })
    const response = await fetch(`${alone.url}/api/ready`, { signal: AbortSignal.timeout(LIMIT_MS) })
    await alone.stop()
    expect(response.status).toBe(503)
    expect(alone.output()).toContain('Redis does not answer at redis://:***@127.0.0.1:1,redis://127.0.0.1:2')
    expect(alone.output()).not.toContain('hunter2')
  })
})
