import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Bitmapist, endOf, parseExpression, parsePeriod } from '../lib/bitmapist'
import { benchKernel } from '../lib/bitmapist/kernel/kernel.bench'
import { bitopGrid } from './bench/bitop'
import { lastWeek, makeWeeks, storeWeeks, type Weeks } from './bench/data'
import { findRedisServer } from './system/programs.mjs'
import { startRedisServer } from './system/redis.mjs'

/** One line of the result: ours against a peer, on the same data in the same run; medians, milliseconds. */
interface Line {
  readonly name: string
  readonly peer: string
  readonly oursMs: number
  readonly peerMs: number
  /** peerMs / oursMs */
  readonly ratio: number
}

const PREFIX = 'bench_'
const RUNS = 9
const WEEKS = 52

async function main(): Promise<void> {
  const program = findRedisServer()
  if (program === null) throw new Error('redis-server is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'bitcohort-bench-'))
  const socket = join(folder, 'redis.sock')
  const settings = ['--save', '', '--appendonly', 'no', '--unixsocket', socket]
  const server = await startRedisServer({ program, folder, settings })
  const redis = new Redis({ path: socket })
  try {
    const lines = [...kernelLines(), ...(await gridLines(redis, 1_000_000))]
    print(lines)
    await writeFile('bench-results.json', `${JSON.stringify({ machine: machine(), lines }, null, 2)}\n`)
  } finally {
    redis.disconnect()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function kernelLines(): Line[] {
  return benchKernel().map(({ name, simdMs, scalarMs, ratio }) => ({
    name: `kernel: ${name}`,
    peer: 'word-wise scalar loop',
    oursMs: simdMs,
    peerMs: scalarMs,
    ratio,
  }))
}

/** 52 × 52 weeks with nothing cached: every run reads all bitmaps from Redis. */
async function gridLines(redis: Redis, users: number): Promise<Line[]> {
  const weeks = makeWeeks({ users, first: parsePeriod('2024-W01'), count: WEEKS, seed: 20240101 })
  await storeWeeks(redis, PREFIX, weeks)
  const lines: Line[] = []
  for (const start of ['signup', 'active']) lines.push(await gridLine(redis, weeks, start))
  return lines
}

async function gridLine(redis: Redis, weeks: Weeks, start: string): Promise<Line> {
  const bm = new Bitmapist({ redis, prefix: PREFIX, clock: () => endOf(lastWeek(weeks)) })
  const request = {
    start: parseExpression(start),
    return: parseExpression('active'),
    first: weeks.first,
    rows: WEEKS,
    columns: WEEKS,
  }
  const ours = () => bm.retention(request)
  const peer = () => bitopGrid({ redis, prefix: PREFIX, start, first: weeks.first, count: WEEKS })
  const counts = (await ours()).rows.map((row, r) => row.cells.slice(0, WEEKS - r).map((cell) => cell.count))
  assert.deepEqual(counts, await peer(), 'both ways must count alike')
  const [oursMs, peerMs] = await medians([ours, peer])
  return {
    name: `${WEEKS} × ${WEEKS} weeks, ${weeks.users.toLocaleString('en')} users, ${start} × active, not cached`,
    peer: 'pipelined BITOP + BITCOUNT',
    oursMs,
    peerMs,
    ratio: peerMs / oursMs,
  }
}

/** Medians of interleaved runs, so that a busy moment meets both. */
async function medians(
  runs: readonly [() => Promise<unknown>, () => Promise<unknown>],
): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []]
  for (let i = 0; i < RUNS; i++)
    for (const which of [0, 1] as const) {
      const begin = performance.now()
      await runs[which]()
      times[which].push(performance.now() - begin)
    }
  return [median(times[0]), median(times[1])]
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`
}

function print(lines: readonly Line[]): void {
  for (const { name, peer, oursMs, peerMs, ratio } of lines)
    console.log(
      `${ratio.toFixed(1).padStart(6)}×  ${oursMs.toFixed(2)} ms against ${peerMs.toFixed(2)} ms  ${name}  (${peer})`,
    )
}

await main()
