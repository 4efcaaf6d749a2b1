import assert from 'node:assert/strict'
import { parsePeriod } from '../../../lib/bitmapist'
import { or } from '../bitmap'
import { keysOf, makeActivity, store } from '../data'
import type { Lab, Section } from '../lab'
import { gridRun, openOurs, PREFIX, squareRequest } from '../ours'
import { bitopOnOrAfter } from '../peers/bitop'
import { DuckDb } from '../peers/duckdb'
import { countGrid } from '../peers/javascript'

const USERS = 1_000_000

/** `on-or-after`: who came back in a period or any later one. */
export const modes: Section = { name: 'modes', run }

async function run(lab: Lab): Promise<void> {
  const span = { first: parsePeriod('2024-W01'), count: 52 }
  const activity = makeActivity({ ...span, users: USERS, order: 'sign-up', seed: 20240103 })
  const { active } = activity
  const keys = keysOf(PREFIX, 'active', span)
  await store(lab.other, keys, active)
  const later = active.map((_, k) => active.slice(k).reduce(or))
  const expected = countGrid(active, later)
  const duckdb = await DuckDb.open(activity, (text) => lab.note(text))
  const bitop = () => bitopOnOrAfter({ redis: lab.other, prefix: PREFIX, rows: keys, columns: keys })
  assert.deepEqual(await bitop(), expected, 'every way must count alike')
  const peers = [
    { name: 'BITOP + BITCOUNT, pipelined', run: bitop },
    await duckdb.onOrAfter('active', expected),
  ]
  const { cold, warm, close } = openOurs(lab, span)
  const request = squareRequest({ start: 'active', mode: 'on-or-after', ...span })
  const on = await gridRun(warm, squareRequest({ start: 'active', ...span }), countGrid(active, active))
  const ours = { cold: await gridRun(cold, request, expected), warm: await gridRun(warm, request, expected) }
  await lab.compare('52 × 52 weeks, 1,000,000 users, active × active, on-or-after', [
    ...peers.map((peer) => ({ name: 'cold', ours: ours.cold, peer })),
    ...peers.map((peer) => ({ name: 'warm', ours: ours.warm, peer })),
    { name: 'warm', ours: ours.warm, peer: { ...on, name: 'ours, mode on, warm' }, measure: 'cost' },
  ])
  close()
  duckdb.close()
}
