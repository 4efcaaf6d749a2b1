import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Something that is timed against others. */
export interface Contender {
  readonly name: string
  readonly run: () => unknown
  /** Ours are: what they read from Redis and how long they hold the event loop is looked at, in runs of their own. */
  readonly watched?: boolean
  /** What its time is multiplied by, where a run is more or less than what is compared; 1 unless given. */
  readonly scale?: number
}

export interface Timing {
  /** Median, scaled. */
  readonly ms: number
  /** Of the shortest run, scaled. */
  readonly bestMs: number
  /** Bytes that Redis sent in one run, the least of all watched runs; null where not watched. */
  readonly readBytes: number | null
  /** The longest gap between two ticks of a timer of 1 ms in any watched run. */
  readonly heldMs: number | null
}

export interface Patience {
  /** Before it is timed each runs for so long, or `WARM_UP_RUNS` times. */
  readonly warmUpMs: number
  /** Who has taken so long and run `runs` times runs no more; who has taken three times as long does so twice. */
  readonly budgetMs: number
  readonly runs: number
}

interface Tally {
  readonly times: number[]
  spentMs: number
}

/** As many runs of anything in JavaScript are needed until it is compiled for good, ours and others'. */
const WARM_UP_RUNS = 100
const MOST_RUNS = 51
const LEAST_RUNS = 2
const WATCHED_RUNS = 5
/** Long enough for the timer of the event loop's watch to have ticked. */
const TICK_MS = 3

/**
 * Medians of interleaved runs, so that a busy moment meets all. All are warmed up alike: what is compared is processes
 * that have served for a while.
 * @param sentBytes what Redis has sent so far
 */
export async function race(
  contenders: readonly Contender[],
  patience: Patience,
  sentBytes: () => Promise<number>,
): Promise<ReadonlyMap<Contender, Timing>> {
  for (const { run } of contenders) await warmUp(run, patience)
  const tallies = new Map(
    contenders.map((contender): [Contender, Tally] => [contender, { times: [], spentMs: 0 }]),
  )
  for (let i = 0; i < MOST_RUNS; i++)
    for (const [{ run, scale = 1 }, tally] of tallies) {
      if (hasEnough(tally, patience)) continue
      const ms = await elapsedMs(run)
      tally.spentMs += ms
      tally.times.push(ms * scale)
    }
  const timings = new Map<Contender, Timing>()
  for (const [contender, { times }] of tallies) {
    const looked = contender.watched ? await watch(contender, sentBytes) : { readBytes: null, heldMs: null }
    timings.set(contender, { ms: median(times), bestMs: Math.min(...times), ...looked })
  }
  return timings
}

async function warmUp(run: Contender['run'], { warmUpMs }: Patience): Promise<void> {
  let spentMs = 0
  for (let i = 0; i < WARM_UP_RUNS && spentMs < warmUpMs; i++) spentMs += await elapsedMs(run)
}

function hasEnough({ times, spentMs }: Tally, { runs, budgetMs }: Patience): boolean {
  return (
    (times.length >= runs && spentMs > budgetMs) || (times.length >= LEAST_RUNS && spentMs > 3 * budgetMs)
  )
}

/** Not while it is timed: the watch itself takes time. */
async function watch(
  { run }: Contender,
  sentBytes: () => Promise<number>,
): Promise<Pick<Timing, 'readBytes' | 'heldMs'>> {
  // What peers have left behind is not ours to collect.
  collectGarbage()
  let [readBytes, heldMs] = [Number.POSITIVE_INFINITY, 0]
  for (let i = 0; i < WATCHED_RUNS; i++) {
    const before = await sentBytes()
    const histogram = monitorEventLoopDelay({ resolution: 1 })
    histogram.enable()
    await sleep(TICK_MS)
    await run()
    await sleep(TICK_MS)
    histogram.disable()
    heldMs = Math.max(heldMs, histogram.max / 1e6)
    readBytes = Math.min(readBytes, (await sentBytes()) - before)
  }
  return { readBytes, heldMs }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

async function elapsedMs(run: () => unknown): Promise<number> {
  const begin = performance.now()
  await run()
  return performance.now() - begin
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
