import type { Cluster } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'
import { Clock } from '../fixtures/scans'

const JANUARY = parsePeriod('2025-01')
const time = new Date('2025-01-06')
/** Enough names for every node to have some. */
const NAMES = Array.from({ length: 30 }, (_, i) => `e${String(i).padStart(2, '0')}`)

let cluster: PrivateCluster
let raw: Cluster

beforeAll(async () => {
  cluster = await startCluster()
  raw = cluster.client()
})
afterAll(() => cluster?.stop())
beforeEach(() => cluster.flush())

const still = new Clock()
const open = () => new Bitmapist({ redis: cluster.client(), prefix: 't_', clock: still.now })

async function setAll(): Promise<void> {
  for (const [i, name] of NAMES.entries()) await raw.setbit(`t_${name}_2025-1`, i * 300_000, 1)
}

describe('the registry of a cluster', () => {
  it('has the keys of every node, those of other writers and our own', async () => {
    await setAll()
    const bm = open()
    expect(await bm.eventNames()).toEqual(NAMES)
    await bm.markEvent('mine', 7, { time })
    expect(await open().eventNames()).toEqual([...NAMES, 'mine'])
    await raw.del('t_e07_2025-1')
    expect(await bm.eventNames()).not.toContain('e07')
  })

  it('goes on with a scan that was left in one node and ended in another', async () => {
    await setAll()
    const ids = await Promise.all([0, 1, 2].map((node) => cluster.node(node).info('server')))
    const [first = '', , third = ''] = ids.map((info) => /run_id:(\w+)/.exec(info)?.[1] ?? '')
    const cursors = JSON.stringify({ [first]: null, [third]: '0' })
    await raw.hset('bitcohort:{t_}:scan', { begun: 1000, spent: 5, seen: 10, total: 40, cursors })
    const bm = open()
    const slots = await Promise.all(NAMES.map((name) => cluster.slotOf(`t_${name}_2025-1`)))
    const owners = await Promise.all(slots.map((slot) => cluster.ownerOf(slot)))
    const others = NAMES.filter((_, i) => owners[i] !== 0)
    const list = await bm.events()
    // What the one who began had found is announced by it, which here nobody did.
    expect(list.events.map(({ name }) => name)).toEqual(others)
    expect(list.registryAsOf).toBe('1970-01-01T00:00:01Z')
    expect(await bm.eventNames()).toEqual(NAMES)
  })
})

describe('everyone known in a cluster', () => {
  it('has whom others marked, and whom we marked, at any node', async () => {
    await setAll()
    const bm = open()
    await bm.markEvent('mine', 7, { time })
    expect(await bm.count(parseExpression('!e00'), JANUARY)).toBe(NAMES.length)
    await raw.setbit('t_e29_2025-1', 20_000_000, 1)
    expect(await open().count(parseExpression('!e00'), JANUARY)).toBe(NAMES.length + 1)
  })

  it('is noted again once the cluster was emptied', async () => {
    const bm = open()
    await bm.markEvent('mine', 7, { time })
    await cluster.flush()
    await bm.markEvent('mine', 7, { time })
    expect(await raw.getbit('bitcohort:{t_}:known', 7)).toBe(1)
    expect(await raw.exists('bitcohort:{t_}:meta')).toBe(1)
    expect(await open().eventNames()).toEqual(['mine'])
  })
})
