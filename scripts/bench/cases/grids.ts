import assert from 'node:assert/strict'
import { parsePeriod } from '../../../lib/bitmapist'
import { type Activity, keysOf, makeActivity, type Shape, store } from '../data'
import type { Lab, Pairing, Section } from '../lab'
import type { Contender } from '../measure'
import { gridRun, openOurs, PREFIX, squareRequest } from '../ours'
import { bitopGrid, type Triangle } from '../peers/bitop'
import { DuckDb } from '../peers/duckdb'
import type { Start } from '../peers/duckdb-sql'
import { countGrid } from '../peers/javascript'
import { readOnce } from '../peers/memory'
import type { Postgres } from '../peers/postgres'

const MILLION = 1_000_000
const STARTS: readonly Start[] = ['signup', 'active']

/** 52 × 52 weeks. */
export const weeks: Section = {
  name: 'weeks',
  run: (lab) => runGrids(lab, { first: parsePeriod('2024-W01'), count: 52 }),
}

/** 31 × 31 days. */
export const days: Section = {
  name: 'days',
  run: (lab) => runGrids(lab, { first: parsePeriod('2025-01-01'), count: 31 }),
}

type State = 'cold' | 'warm'
interface Peer extends Contender {
  readonly kind: 'bitop' | 'duckdb' | 'plain' | 'postgres' | 'javascript' | 'memory'
}

/** The ratios that are wanted, of weeks with ids in the order of sign-up: by millions of users, start, state and peer. */
const MUSTS: Readonly<Record<string, number>> = {
  '1 signup warm duckdb': 50,
  '1 active warm duckdb': 80,
  '1 signup cold duckdb': 4,
  '1 active cold duckdb': 12,
  '10 signup warm bitop': 20,
  '10 active warm bitop': 12,
  '10 signup cold bitop': 4,
  '10 active cold bitop': 4,
  '10 signup warm memory': 3,
  '10 active warm memory': 8,
}

async function runGrids(lab: Lab, span: Pick<Shape, 'first' | 'count'>): Promise<void> {
  for (const millions of lab.quick ? [1] : [1, 10])
    for (const order of ['sign-up', 'random'] as const) {
      if (lab.quick && order === 'random' && span.first.unit === 'day') continue
      await lab.clear()
      await runGrid(lab, makeActivity({ ...span, users: millions * MILLION, order, seed: 20240101 }))
    }
}

async function runGrid(lab: Lab, activity: Activity): Promise<void> {
  for (const event of STARTS) await store(lab.other, keysOf(PREFIX, event, activity), activity[event])
  const duckdb = await DuckDb.open(activity, (text) => lab.note(`${titleOf(activity)}: ${text}`))
  const postgres = await postgresWith(lab, activity)
  const { cold, warm, close } = openOurs(lab, activity)
  for (const start of STARTS) {
    const expected = countGrid(activity[start], activity.active)
    const peers = [
      await bitopPeer(lab, { activity, start, expected }),
      ...(await duckdbPeers(duckdb, start, expected)),
      ...(postgres ? [{ kind: 'postgres', ...(await postgres.grid(start, expected)) } as const] : []),
      ...peersInMemory(activity, start),
    ]
    const request = squareRequest({ start, ...activity })
    const ours = {
      cold: await gridRun(cold, request, expected),
      warm: await gridRun(warm, request, expected),
    }
    await lab.compare(
      `${titleOf(activity)}, ${start === 'signup' ? 'sign-up' : 'active'} × active`,
      (['cold', 'warm'] as const).flatMap((state) =>
        peers.flatMap((peer) => pairingsOf({ activity, start, state, ours: ours[state], peer })),
      ),
    )
  }
  close()
  duckdb.close()
}

interface Place {
  readonly activity: Activity
  readonly start: Start
  readonly expected: Triangle
}

async function bitopPeer(lab: Lab, { activity, start, expected }: Place): Promise<Peer> {
  const [rows, columns] = [keysOf(PREFIX, start, activity), keysOf(PREFIX, 'active', activity)]
  const run = () => bitopGrid({ redis: lab.other, prefix: PREFIX, rows, columns })
  assert.deepEqual(await run(), expected, 'every way must count alike')
  return { kind: 'bitop', name: 'BITOP + BITCOUNT, pipelined', run }
}

/** What is wanted is wanted against the fastest. */
async function duckdbPeers(duckdb: DuckDb, start: Start, expected: Triangle): Promise<readonly Peer[]> {
  const contenders = await duckdb.grid(start, expected)
  return contenders.map((peer, i) => ({ ...peer, kind: i === 0 ? 'duckdb' : 'plain' }))
}

/** Ten million users would take it minutes. */
async function postgresWith(lab: Lab, activity: Activity): Promise<Postgres | null> {
  if (lab.quick) lab.note('PostgreSQL: left out of a quick run')
  if (lab.quick || activity.users > MILLION || activity.order === 'random') return null
  const postgres = await lab.postgres()
  await postgres?.load(activity)
  return postgres
}

function peersInMemory(activity: Activity, start: Start): readonly Peer[] {
  const { signup, active } = activity
  const read = start === 'active' ? active : [...signup, ...active]
  return [
    {
      kind: 'javascript',
      name: 'JavaScript alone, in memory',
      run: () => countGrid(activity[start], active),
    },
    { kind: 'memory', name: 'a plain read of the same bytes', run: () => readOnce(read) },
  ]
}

interface Match {
  readonly activity: Activity
  readonly start: Start
  readonly state: State
  readonly ours: Contender
  readonly peer: Peer
}

function pairingsOf({ activity, start, state, ours, peer }: Match): readonly Pairing[] {
  const { users, order, first } = activity
  const isInMemory = peer.kind === 'javascript' || peer.kind === 'memory'
  if (isInMemory && state === 'cold') return []
  const isWanted = first.unit === 'week' && order === 'sign-up'
  const must = isWanted ? MUSTS[`${users / MILLION} ${start} ${state} ${peer.kind}`] : undefined
  return [
    { name: state, ours, peer, measure: peer.kind === 'memory' ? 'cost' : 'speedup', must: must ?? null },
  ]
}

function titleOf({ count, first, users, order }: Activity): string {
  const ids = order === 'sign-up' ? 'ids in the order of sign-up' : 'random ids'
  return `${count} × ${count} ${first.unit}s, ${users.toLocaleString('en')} users, ${ids}`
}
