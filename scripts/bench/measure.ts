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
  /** Median of all runs, scaled. */
  readonly ms: number
  /** Median of the first run of each turn, scaled: right after others. */
  readonly firstMs: number
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
  /** A turn is as many runs as it takes to pass this, one at least. */
  readonly turnMs: number
  /** Who has had so many turns, and taken `budgetMs`, gets no more; nor who has had two, and taken `mostMs`. */
  readonly turns: number
  readonly budgetMs: number
  readonly mostMs: number
}

/** What the runs of a turn took, in milliseconds. */
type Turn = readonly number[]

/** As many runs of anything in JavaScript are needed until it is compiled for good, ours and others'. */
const WARM_UP_RUNS = 100
const MOST_TURNS = 51
const LEAST_TURNS = 2
const WATCHED_RUNS = 5
/** Long enough for the timer of the event loop's watch to have ticked. */
const TICK_MS = 3

/**
 * Medians of the runs of interleaved turns. All are warmed up alike: what is compared is processes that have served for a
 * while.
 * @param sentBytes what Redis has sent so far
 */
export async function race(
  contenders: readonly Contender[],
  patience: Patience,
  sentBytes: () => Promise<number>,
): Promise<ReadonlyMap<Contender, Timing>> {
  for (const { run } of contenders) await warmUp(run, patience)
  const timings = new Map<Contender, Timing>()
  for (const [contender, turns] of await takeTurns(contenders, patience)) {
    const looked = contender.watched ? await watch(contender, sentBytes) : { readBytes: null, heldMs: null }
    timings.set(contender, { ...summaryOf(turns, contender.scale), ...looked })
  }
  return timings
}

/**
 * All take turns, so that a busy moment meets all; of one length in time, so that each has as long to find its bitmaps in
 * the processor's caches again after others.
 * @param now a clock, in milliseconds
 */
export async function takeTurns(
  contenders: readonly Contender[],
  patience: Patience,
  now = () => performance.now(),
): Promise<ReadonlyMap<Contender, readonly Turn[]>> {
  const all = new Map(contenders.map((contender): [Contender, Turn[]] => [contender, []]))
  for (let i = 0; i < MOST_TURNS; i++)
    for (const [{ run }, turns] of all) {
      if (hasEnough(turns, patience)) continue
      turns.push(await takeTurn(run, patience.turnMs, now))
    }
  return all
}

async function takeTurn(run: Contender['run'], turnMs: number, now: () => number): Promise<Turn> {
  const times: number[] = []
  for (let spentMs = 0; times.length === 0 || spentMs < turnMs; ) {
    const ms = await elapsedMs(run, now)
    times.push(ms)
    spentMs += ms
  }
  return times
}

/** @param scale see `Contender` */
export function summaryOf(turns: readonly Turn[], scale = 1): Pick<Timing, 'ms' | 'firstMs' | 'bestMs'> {
  const times = turns.flat()
  const firsts = turns.flatMap(([first]) => first ?? [])
  const bestMs = times.reduce((best, ms) => Math.min(best, ms), Number.POSITIVE_INFINITY)
  return { ms: median(times) * scale, firstMs: median(firsts) * scale, bestMs: bestMs * scale }
}

async function warmUp(run: Contender['run'], { warmUpMs }: Patience): Promise<void> {
  let spentMs = 0
  for (let i = 0; i < WARM_UP_RUNS && spentMs < warmUpMs; i++) spentMs += await elapsedMs(run)
}

function hasEnough(had: readonly Turn[], { turns, budgetMs, mostMs }: Patience): boolean {
  const spentMs = had.flat().reduce((sum, ms) => sum + ms, 0)
  return (had.length >= turns && spentMs > budgetMs) || (had.length >= LEAST_TURNS && spentMs > mostMs)
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

async function elapsedMs(run: () => unknown, now = () => performance.now()): Promise<number> {
  const begin = now()
  await run()
  return now() - begin
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
