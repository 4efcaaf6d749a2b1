import assert from 'node:assert/strict'
import { parseExpression, parsePeriod } from '../../../lib/bitmapist'
import { offset } from '../../../lib/bitmapist/face'
import { eachUser } from '../bitmap'
import { keysOf, makeActivity, store } from '../data'
import type { Lab, Section } from '../lab'
import { openOurs, PREFIX } from '../ours'
import { DuckDb } from '../peers/duckdb'
import { stickiness } from './stickiness'

const DAYS = 31

/** A month's daily active users, and how many were active on just so many of its days. */
export const month: Section = {
  name: 'month',
  async run(lab) {
    for (const users of lab.quick ? [1_000_000] : [1_000_000, 10_000_000]) {
      await lab.clear()
      await runMonth(lab, users)
    }
  },
}

async function runMonth(lab: Lab, users: number): Promise<void> {
  const span = { first: parsePeriod('2025-01-01'), count: DAYS }
  const activity = makeActivity({ ...span, users, order: 'sign-up', seed: 20240106 })
  const keys = keysOf(PREFIX, 'active', span)
  await store(lab.other, keys, activity.active)
  const expected = activity.active.map((bitmap) => {
    let count = 0
    eachUser(bitmap, () => count++)
    return count
  })
  const bitcount = async () => {
    const pipeline = lab.other.pipeline()
    for (const key of keys) pipeline.bitcount(key)
    return ((await pipeline.exec()) ?? []).map(([, count]) => Number(count))
  }
  assert.deepEqual(await bitcount(), expected)
  const duckdb = await DuckDb.open(activity, (text) => lab.note(text))
  const peers = [{ name: 'BITCOUNT, pipelined', run: bitcount }, await duckdb.counts(expected)]
  const { cold, warm, close } = openOurs(lab, span)
  const request = {
    expression: parseExpression('active'),
    from: span.first,
    to: offset(span.first, DAYS - 1),
  }
  const pairings = []
  for (const [name, bm] of Object.entries({ cold, warm })) {
    const run = () => bm.series(request)
    assert.deepEqual(
      (await run()).points.map(({ count }) => count),
      expected,
    )
    const ours = { name: 'ours', run, watched: true }
    pairings.push(...peers.map((peer) => ({ name, ours, peer })))
  }
  await lab.compare(`Daily active users of a month, ${users.toLocaleString('en')} users`, pairings)
  close()
  await stickiness(lab, activity, duckdb)
  duckdb.close()
}
