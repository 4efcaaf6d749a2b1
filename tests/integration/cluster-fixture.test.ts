import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'

let cluster: PrivateCluster

beforeAll(async () => {
  cluster = await startCluster()
})
beforeEach(() => cluster.flush())
afterAll(() => cluster.stop())

/** CRC16 of "foo" mod 16384 is 12182 (the cluster tutorial's own example): a slot of the last third. */
const FOO_SLOT = 12_182

describe('startCluster', () => {
  it('shares the slots out over three nodes, which all know it', async () => {
    const runs = [
      [0, 5460],
      [5461, 10_921],
      [10_922, 16_383],
    ]
    for (const index of [0, 1, 2]) {
      const slots = await cluster.node(index).cluster('SLOTS')
      expect(slots.map(([first, last]) => [first, last]).sort(([a], [b]) => Number(a) - Number(b))).toEqual(
        runs,
      )
    }
    expect(await Promise.all([0, 5461, 16_383].map((slot) => cluster.ownerOf(slot)))).toEqual([0, 1, 2])
  })

  it('lands keys on all three nodes', async () => {
    const client = cluster.client()
    for (let key = 0; key < 60; key++) await client.setbit(`key:${key}`, key, 1)
    const sizes = await Promise.all([0, 1, 2].map((index) => cluster.node(index).dbsize()))
    expect(sizes.reduce((sum, size) => sum + size)).toBe(60)
    expect(Math.min(...sizes)).toBeGreaterThan(0)
    expect(await client.getbit('key:59', 59)).toBe(1)
  })

  it('takes a pipeline to one slot', async () => {
    const client = cluster.client()
    const replies = await client
      .pipeline()
      .setbit('{one}a', 3, 1)
      .setbit('{one}b', 4, 1)
      .bitcount('{one}a')
      .get('{one}c')
      .exec()
    expect(replies).toEqual([
      [null, 0],
      [null, 0],
      [null, 1],
      [null, null],
    ])
  })

  it('empties every node', async () => {
    const client = cluster.client()
    for (let key = 0; key < 30; key++) await client.set(`key:${key}`, key)
    await cluster.flush()
    for (const index of [0, 1, 2]) expect(await cluster.node(index).dbsize()).toBe(0)
  })

  it('has as many primaries as asked for', async () => {
    const single = await startCluster({ primaries: 1 })
    const client = single.client()
    await client.set('foo', 'bar')
    expect(single.nodes).toHaveLength(1)
    expect(await single.node(0).get('foo')).toBe('bar')
    await single.stop()
  })
})

describe('PrivateCluster.moveSlot', () => {
  it('keeps the data, and tells who asks the old node', async () => {
    const client = cluster.client()
    await client.setbit('foo', 7, 1)
    await client.setbit('{foo}2', 8, 1)
    expect(await cluster.slotOf('foo')).toBe(FOO_SLOT)
    await cluster.moveSlot(FOO_SLOT, 0)
    expect(await cluster.ownerOf(FOO_SLOT)).toBe(0)
    expect(await cluster.node(0).bitcount('foo')).toBe(1)
    const moved = `MOVED ${FOO_SLOT} 127.0.0.1:${cluster.nodes[0]?.port}`
    for (const index of [1, 2]) await expect(cluster.node(index).bitcount('foo')).rejects.toThrow(moved)
    expect(await client.getbit('{foo}2', 8)).toBe(1)
    await cluster.moveSlot(FOO_SLOT, 2)
    expect(await client.getbit('foo', 7)).toBe(1)
  })
})

describe('PrivateCluster.beginMove', () => {
  it('stops half way, where the old node asks for what it has not', async () => {
    const client = cluster.client()
    for (let key = 0; key < 10; key++) await client.setbit(`{foo}${key}`, key, 1)
    const move = await cluster.beginMove(FOO_SLOT, 1)
    const old = cluster.node(2)
    const ask = `ASK ${FOO_SLOT} 127.0.0.1:${cluster.nodes[1]?.port}`
    expect(await old.getbit('{foo}0', 0)).toBe(1)
    await expect(old.getbit('{foo}absent', 0)).rejects.toThrow(ask)
    expect(await move.moveKeys(4)).toBe(4)
    const [left] = await old.cluster('GETKEYSINSLOT', FOO_SLOT, 1)
    await expect(old.exists(String(left), '{foo}absent')).rejects.toThrow('TRYAGAIN')
    expect(await move.moveKeys()).toBe(6)
    await expect(old.getbit('{foo}0', 0)).rejects.toThrow(ask)
    // The client follows ASK.
    expect(await client.getbit('{foo}5', 5)).toBe(1)
    expect(await cluster.ownerOf(FOO_SLOT)).toBe(2)
    await move.finish()
    expect(await cluster.ownerOf(FOO_SLOT)).toBe(1)
    expect(await client.getbit('{foo}9', 9)).toBe(1)
    await cluster.moveSlot(FOO_SLOT, 2)
  })
})
