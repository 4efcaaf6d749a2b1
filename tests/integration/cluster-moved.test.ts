import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openClient } from '../../lib/server/redis'
import { parseRedisUrl } from '../../lib/server/redis-url'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'

const KEY = 'trackist_active_2025-1'

let cluster: PrivateCluster

beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster?.stop())

describe('openClient', () => {
  it('waits while two nodes of a cluster say of each other that they have a slot', async () => {
    const urls = cluster.nodes.map(({ url }) => url).join(',')
    const client = openClient(parseRedisUrl(urls, { cluster: true }))
    client.on('error', () => {})
    const slot = await cluster.slotOf(KEY)
    const from = await cluster.ownerOf(slot)
    const to = (from + 1) % cluster.nodes.length
    const id = await cluster.node(to).cluster('MYID')
    // The old owner has let go of the slot, and the new one does not know it yet.
    await cluster.node(from).cluster('SETSLOT', slot, 'NODE', id)
    const answer = client.setbit(KEY, 7, 1)
    await sleep(250)
    for (let node = 0; node < cluster.nodes.length; node++)
      await cluster.node(node).cluster('SETSLOT', slot, 'NODE', id)
    expect(await answer).toBe(0)
    expect(await cluster.node(to).getbit(KEY, 7)).toBe(1)
    client.disconnect()
  })
})
