import type { Cluster } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, day, offset, parseExpression } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { clientRows } from '../fixtures/clients'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'

const FIRST = day(2025, 1, 6)
const EVENT = parseExpression('active')
const DAYS = Array.from({ length: 12 }, (_, i) => offset(FIRST, i))
const keyOf = (i: number) => eventKey('trackist_', 'active', offset(FIRST, i))
/** Two pieces and a bit of a third. */
const BITMAP = Buffer.alloc(600_000, 0b0101_0101)
const USERS = 600_000 * 4

let cluster: PrivateCluster
let writer: Cluster

beforeAll(async () => {
  cluster = await startCluster()
  writer = cluster.client()
  await fill()
})
afterAll(() => cluster.stop())

async function fill() {
  for (let i = 0; i < DAYS.length; i++) await writer.set(keyOf(i), BITMAP)
}

function open(cacheBytes: number): Bitmapist {
  const clock = () => new Date('2025-01-20T12:00:00Z')
  return new Bitmapist({ redis: cluster.client(), cacheBytes, clock })
}

/** Of all days at once: their keys lie on all nodes. */
async function counts(bm: Bitmapist): Promise<readonly (number | null)[]> {
  const request = { expression: EVENT, from: FIRST, to: offset(FIRST, DAYS.length - 1) }
  return (await bm.series(request)).points.map(({ count }) => count)
}

/** Connections that only read, on a node; ioredis opens others there. */
async function readers(node: number): Promise<number> {
  const rows = await clientRows(cluster.node(node))
  return rows.filter(
    ({ resp, sub, cmd = '' }) => resp === '2' && sub === '0' && /getrange|exists|ping/.test(cmd),
  ).length
}

describe.each([0, 2 ** 26])(
  'reading from a cluster over connections of its own, %i bytes kept',
  (cacheBytes) => {
    it('reads each piece once while some of the keys are on their way to another node', async () => {
      const bm = open(cacheBytes)
      const all = DAYS.map(() => USERS)
      expect(await counts(bm)).toEqual(all)
      for (let round = 0; round < 3; round++) {
        const slot = await cluster.slotOf(keyOf(round))
        const to = ((await cluster.ownerOf(slot)) + 1) % cluster.nodes.length
        const move = await cluster.beginMove(slot, to)
        const asked = [counts(bm), counts(bm)]
        expect(await counts(bm)).toEqual(all)
        await move.moveKeys()
        asked.push(counts(bm), counts(bm))
        expect(await counts(bm)).toEqual(all)
        await move.finish()
        expect(await Promise.all(asked)).toEqual(asked.map(() => all))
        expect(await counts(bm)).toEqual(all)
      }
      bm.close()
    })

    it('opens one again to a node that went and came back', async () => {
      const bm = open(cacheBytes)
      await counts(bm)
      const opened = await readers(0)
      expect(opened).toBeGreaterThan(0)
      await cluster.kill(0)
      await cluster.restart(0)
      const isFilled = () =>
        fill().then(
          () => true,
          () => false,
        )
      await expect.poll(isFilled, { timeout: 20_000 }).toBe(true)
      const all = DAYS.map(() => USERS)
      await expect.poll(() => counts(bm).catch(() => null), { timeout: 20_000 }).toEqual(all)
      const read = async () => {
        expect(await counts(bm)).toEqual(all)
        return readers(0)
      }
      await expect.poll(read, { timeout: 20_000, interval: 200 }).toBe(opened)
      bm.close()
      await expect.poll(() => readers(0)).toBeLessThan(opened)
    })
  },
)
