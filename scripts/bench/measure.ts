import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/** Something that is timed against others. */
export interface Contender {
  readonly name: string
  readonly run: () => unknown
  /** Ours are: what they read from Redis and how long they hold the event loop is looked at too. */
  readonly watched?: boolean
  /** What its time is multiplied by, where a run is more or less than what is compared; 1 unless given. */
  readonly scale?: number
}

export interface Timing {
  /** Median, scaled. */
  readonly ms: number
  /** Of the shortest run, scaled. */
  readonly bestMs: number
  /** Bytes that Redis sent in one run, the least of all runs; null where not watched. */
  readonly readBytes: number | null
  /** The longest gap between two ticks of a timer of 1 ms in any run. */
  readonly heldMs: number | null
}

export interface Patience {
  /** Runs of each at most. */
  readonly runs: number
  /** Who has taken so long runs no more, from the second run on. */
  readonly budgetMs: number
}

interface Tally {
  readonly times: number[]
  spentMs: number
  readBytes: number
  heldMs: number
}

const LEAST_RUNS = 2
/** Long enough for the timer of the event loop's watch to have ticked. */
const TICK_MS = 3

/**
 * Medians of interleaved runs, so that a busy moment meets all. Each must have run once before: none is warmed up here.
 * @param sentBytes what Redis has sent so far
 */
export async function race(
  contenders: readonly Contender[],
  { runs, budgetMs }: Patience,
  sentBytes: () => Promise<number>,
): Promise<ReadonlyMap<Contender, Timing>> {
  const tallies = new Map<Contender, Tally>()
  for (const contender of contenders)
    tallies.set(contender, { times: [], spentMs: 0, readBytes: Number.POSITIVE_INFINITY, heldMs: 0 })
  for (let i = 0; i < runs; i++)
    for (const [contender, tally] of tallies) {
      if (i >= LEAST_RUNS && tally.spentMs > budgetMs) continue
      const ms = contender.watched ? await watch(contender, tally, sentBytes) : await elapsedMs(contender.run)
      tally.spentMs += ms
      tally.times.push(ms * (contender.scale ?? 1))
    }
  return new Map([...tallies].map(([contender, tally]) => [contender, timingOf(contender, tally)]))
}

async function watch({ run }: Contender, tally: Tally, sentBytes: () => Promise<number>): Promise<number> {
  const before = await sentBytes()
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  await sleep(TICK_MS)
  const ms = await elapsedMs(run)
  await sleep(TICK_MS)
  histogram.disable()
  tally.heldMs = Math.max(tally.heldMs, histogram.max / 1e6)
  tally.readBytes = Math.min(tally.readBytes, (await sentBytes()) - before)
  return ms
}

async function elapsedMs(run: () => unknown): Promise<number> {
  const begin = performance.now()
  await run()
  return performance.now() - begin
}

function timingOf({ watched = false }: Contender, { times, readBytes, heldMs }: Tally): Timing {
  const looked = watched ? { readBytes, heldMs } : { readBytes: null, heldMs: null }
  return { ms: median(times), bestMs: Math.min(...times), ...looked }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
