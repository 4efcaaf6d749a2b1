import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../lib/bitmapist/evaluate'
import { createSimdKernel } from '../../lib/bitmapist/kernel/simd'
import { Plan } from '../../lib/bitmapist/plan'
import { Server } from '../../lib/bitmapist/store/server'
import { RedisSource } from '../../lib/bitmapist/store/source'
import { Tracking } from '../../lib/bitmapist/store/tracking'
import { Wires } from '../../lib/bitmapist/store/wires'
import { type Random, seededRandom } from '../../scripts/sample/random'
import { clientRows } from '../fixtures/clients'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const KEYS = Array.from({ length: 8 }, (_, i) => `k${i}`)
const KIB = 1024
const MIB = 1024 * KIB
const ROUNDS = 150

let redis: PrivateRedis
let writer: Redis
const closed: (() => void)[] = []

beforeAll(async () => {
  redis = await startRedis()
  writer = redis.client()
})
afterEach(() => close())
afterAll(() => redis.stop())

function close() {
  for (const each of closed.splice(0)) each()
}

function open(cacheBytes: number) {
  const client = redis.client()
  const server = new Server(client, 'probe')
  const wires = new Wires(server)
  const tracker = cacheBytes > 0 ? new Tracking(server, () => new Date(0), wires) : null
  const keeping = tracker ? { cacheBytes, tracker } : null
  const engine = new Engine(new RedisSource(server, wires), createSimdKernel, keeping)
  closed.push(() => {
    engine.close()
    wires.close()
    client.disconnect()
  })
  return engine
}

/** Counts the union of all keys; some walks are aborted, or left after some blocks. */
async function walk(engine: Engine, draw: Random): Promise<void> {
  const plan = new Plan('')
  const node = plan.or(KEYS.map((key) => plan.leaf(key)))
  const controller = new AbortController()
  const way = Math.floor(draw() * 4)
  const timer = way === 1 ? setTimeout(() => controller.abort(new Error('left')), draw() * 30) : undefined
  const most = way === 2 ? Math.floor(draw() * 4) : Number.POSITIVE_INFINITY
  let blocks = 0
  try {
    for await (const block of engine.blocks(plan, [node], { signal: controller.signal })) {
      block.count(node)
      if (blocks++ >= most) break
      if (draw() < 0.1) await sleep(draw() * 3)
    }
  } catch (error) {
    // WRONG_TYPE, and what the walk was aborted with.
    if (!/left|bitmap/.test(String(error))) throw error
  } finally {
    clearTimeout(timer)
  }
}

async function disturb(draw: Random): Promise<void> {
  const key = KEYS[Math.floor(draw() * KEYS.length)] ?? ''
  const what = draw()
  if (what < 0.35) await writer.set(key, Buffer.alloc(Math.floor(draw() * 3 * MIB), 1 + draw() * 255))
  else if (what < 0.5)
    await writer.setrange(key, Math.floor(draw() * 4 * MIB), Buffer.alloc(KIB, 3)).catch(() => {})
  else if (what < 0.6) await writer.del(key)
  else if (what < 0.7) await writer.multi().del(key).lpush(key, 'x').exec()
  else if (what < 0.9) {
    const rows = (await clientRows(writer)).filter(({ resp }) => resp === '2')
    const victim = rows[Math.floor(draw() * rows.length)]
    if (victim?.id) await writer.client('KILL', 'ID', victim.id)
  } else await sleep(draw() * 20)
}

describe('the memory of walks', () => {
  it.each([0, 3 * MIB, 64 * MIB])(
    'is all given back, %i bytes kept at most',
    async (cacheBytes) => {
      const draw = seededRandom(7 + cacheBytes)
      let engine = open(cacheBytes)
      for (const key of KEYS) await writer.set(key, Buffer.alloc(MIB, 5))
      for (let round = 0; round < ROUNDS; round++) {
        // For a connection that was killed is not opened again at once.
        if (round % 3 === 0) engine = open(cacheBytes)
        const walks = Array.from({ length: 1 + Math.floor(draw() * 3) }, () => walk(engine, draw))
        for (let i = Math.floor(draw() * 4); i > 0; i--) {
          await sleep(draw() * 5)
          await disturb(draw)
        }
        await Promise.all(walks)
        await expect
          .poll(() => engine.usedBytes - engine.cacheStats().bytes, { message: `round ${round}` })
          .toBeLessThanOrEqual(0)
        if (round % 3 < 2) continue
        close()
        await expect.poll(() => engine.usedBytes).toBe(0)
        expect(engine.cacheStats().bytes).toBe(0)
      }
    },
    120_000,
  )
})
