import type { Cluster } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, day, offset, parseExpression } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { trackedClients } from '../fixtures/clients'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'

const FIRST = day(2025, 1, 6)
const EVENT = parseExpression('active')
const DAYS = Array.from({ length: 12 }, (_, i) => offset(FIRST, i))
const keyOf = (i: number) => eventKey('trackist_', 'active', offset(FIRST, i))

let cluster: PrivateCluster
let writer: Cluster

beforeAll(async () => {
  cluster = await startCluster()
  writer = cluster.client()
})
afterAll(() => cluster.stop())

function open(redis = cluster.client()): Bitmapist {
  return new Bitmapist({ redis, cacheBytes: 1e8, clock: () => new Date('2025-01-20T12:00:00Z') })
}

/** Of all days at once: their keys lie on all nodes. */
async function counts(bm: Bitmapist): Promise<readonly (number | null)[]> {
  const request = { expression: EVENT, from: FIRST, to: offset(FIRST, DAYS.length - 1) }
  return (await bm.series(request)).points.map(({ count }) => count)
}

/** Another node's index. */
const otherThan = (node: number) => (node + 1) % cluster.nodes.length

describe('the cache of a cluster', () => {
  it('hears of changes from the node of each key', async () => {
    await cluster.flush()
    const bm = open()
    for (let i = 0; i < DAYS.length; i++) await writer.setbit(keyOf(i), 5, 1)
    await counts(bm)
    const hits = bm.cacheStats().hits
    expect(await counts(bm)).toEqual(DAYS.map(() => 1))
    expect(bm.cacheStats()).toMatchObject({ mode: 'tracking', hits: hits + DAYS.length })
    for (let i = 0; i < DAYS.length; i++) {
      await writer.setbit(keyOf(i), 6, 1)
      expect(await counts(bm)).toEqual(DAYS.map((_, k) => (k <= i ? 2 : 1)))
    }
    bm.close()
  })

  it('opens a pair a node that has keys, and closes them', async () => {
    const bm = open()
    await counts(bm)
    const tracked = () => Promise.all(cluster.nodes.map((_, i) => trackedClients(cluster.node(i))))
    expect((await tracked()).map(({ readers }) => readers.length)).toEqual([1, 1, 1])
    bm.close()
    await expect
      .poll(async () => (await tracked()).flatMap(({ listeners, readers }) => [...listeners, ...readers]))
      .toEqual([])
  })

  it.each([
    ['a present', 'does not know'],
    ['an absent', 'does not know'],
    ['an absent', 'has learned'],
  ])('sees a mark after %s key moved to a node of which the client %s', async (which, knows) => {
    await cluster.flush()
    const client = cluster.client()
    const bm = open(client)
    for (let i = 0; i < DAYS.length; i++)
      if (i !== 3 || which === 'a present') await writer.setbit(keyOf(i), 5, 1)
    const before = DAYS.map((_, i) => (i === 3 && which === 'an absent' ? 0 : 1))
    for (let round = 0; round < 3; round++) expect(await counts(bm)).toEqual(before)
    const slot = await cluster.slotOf(keyOf(3))
    const owner = await cluster.ownerOf(slot)
    await cluster.moveSlot(slot, otherThan(owner))
    await writer.setbit(keyOf(3), 6, 1)
    const to = cluster.nodes[otherThan(owner)]
    if (knows === 'has learned') {
      expect(await client.exists(keyOf(3))).toBe(1)
      await expect.poll(() => client.slots[slot]?.[0]).toBe(`${to?.host}:${to?.port}`)
    }
    const after = before.map((count, i) => (i === 3 ? count + 1 : count))
    expect(await counts(bm)).toEqual(after)
    expect(await counts(bm)).toEqual(after)
    // And back: what was known of it there is long past.
    await cluster.moveSlot(slot, owner)
    await writer.setbit(keyOf(3), 7, 1)
    expect((await counts(bm))[3]).toBe((after[3] ?? 0) + 1)
    bm.close()
  })

  it('knows of each node whether it tells of changes before anything is read', async () => {
    const bm = open()
    expect(bm.cacheStats().mode).toBe('unknown')
    await bm.check()
    expect(bm.cacheStats().mode).toBe('tracking')
    bm.close()
  })

  it('is right when any connection of it is killed', async () => {
    await cluster.flush()
    const bm = open()
    for (let i = 0; i < DAYS.length; i++) {
      await counts(bm)
      const node = cluster.node(i % cluster.nodes.length)
      const { listeners, readers } = await trackedClients(node)
      for (const id of i % 2 ? listeners : readers) await node.client('KILL', 'ID', id)
      await writer.setbit(keyOf(i), 5, 1)
      expect(await counts(bm)).toEqual(DAYS.map((_, k) => (k <= i ? 1 : 0)))
    }
    bm.close()
  })
})
