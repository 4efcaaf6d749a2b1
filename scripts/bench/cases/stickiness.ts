import assert from 'node:assert/strict'
import { parseExpression } from '../../../lib/bitmapist'
import { Engine } from '../../../lib/bitmapist/evaluate'
import { range } from '../../../lib/bitmapist/face'
import { createSimdKernel } from '../../../lib/bitmapist/kernel/simd'
import { Plan } from '../../../lib/bitmapist/plan'
import { Server } from '../../../lib/bitmapist/store/server'
import { RedisSource } from '../../../lib/bitmapist/store/source'
import { Tracking } from '../../../lib/bitmapist/store/tracking'
import { Wires } from '../../../lib/bitmapist/store/wires'
import type { Activity } from '../data'
import type { Lab } from '../lab'
import type { Contender } from '../measure'
import { CACHE_BYTES, PREFIX } from '../ours'
import type { DuckDb } from '../peers/duckdb'
import { countEach, countVertical } from '../peers/vertical'

/**
 * How many users were active on exactly v of a month's days, v = 1 to 31. There is no report of it yet: ours is the
 * engine's walk, as a report would take it. The activity is stored.
 */
export async function stickiness(lab: Lab, activity: Activity, duckdb: DuckDb): Promise<void> {
  const { active, users } = activity
  const expected = countEach(active, users)
  assert.deepEqual(countVertical(active), expected, 'every way must count alike')
  const peer = await duckdb.stickiness(expected)
  const javascript = { name: 'JavaScript alone, in memory', run: () => countVertical(active) }
  const [cold, warm] = [openEngine(lab, false), openEngine(lab, true)]
  const ours = {
    cold: await walkRun(cold.engine, activity, expected),
    warm: await walkRun(warm.engine, activity, expected),
  }
  await lab.compare(`Stickiness of a month, ${users.toLocaleString('en')} users`, [
    { name: 'cold', ours: ours.cold, peer },
    { name: 'warm', ours: ours.warm, peer },
    { name: 'warm', ours: ours.warm, peer: javascript },
  ])
  for (const { close } of [cold, warm]) close()
}

function openEngine(lab: Lab, keeps: boolean): { readonly engine: Engine; readonly close: () => void } {
  const redis = lab.connect()
  const server = new Server(redis, `${PREFIX}probe`)
  const wires = new Wires(server)
  const keeping = keeps ? { cacheBytes: CACHE_BYTES, tracker: new Tracking(server, () => new Date()) } : null
  const engine = new Engine(new RedisSource(server, wires), createSimdKernel, keeping)
  const close = () => {
    engine.close()
    wires.close()
    redis.disconnect()
  }
  return { engine, close }
}

async function walkRun(
  engine: Engine,
  { first, count }: Pick<Activity, 'first' | 'count'>,
  expected: readonly number[],
): Promise<Contender> {
  const expression = parseExpression('active')
  const run = async () => {
    const plan = new Plan(PREFIX, Number.POSITIVE_INFINITY)
    const days = range(first, count).map((day) => plan.compile(expression, day).node)
    const counts = new Float64Array(count + 1)
    for await (const block of engine.blocks(plan, days)) block.countVertical(days, counts)
    return [...counts.subarray(1)]
  }
  assert.deepEqual(await run(), expected, 'every way must count alike')
  return { name: 'ours', run, watched: true }
}
