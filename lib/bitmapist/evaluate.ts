import { Admission, type WalkStats } from './admission'
import type { Block } from './block'
import { Cache, type CacheCounts } from './cache'
import { Crew } from './crew'
import { Grid, type GridShape } from './grid'
import { Heap } from './kernel/heap'
import type { Kernel } from './kernel/kernel'
import type { Node, Plan } from './plan'
import { measure, prepare, Run } from './run'
import type { BitSource } from './store/source'
import type { Tracker, Trust } from './store/tracker'
import { isDue, nextTurn } from './turn'
import type { Walk } from './walk'

export type { WalkStats } from './admission'
export type { Block } from './block'
export type { GridShape } from './grid'
export type { Trust } from './store/tracker'
export { isDue, nextTurn } from './turn'
export { Age, type Walk } from './walk'

/** What an engine keeps, and how it knows that it may. */
export interface CacheStats extends CacheCounts {
  /**
   * `tracking`: exact, for Redis tells of each change; `ttl`: bitmaps of closed periods, for a minute; `unknown` until Redis
   * was asked which of the two, by a report or by `check`.
   */
  readonly mode: Tracker['mode'] | 'off'
}

interface Keeping {
  /** Bytes of the bitmaps that are kept. */
  readonly cacheBytes: number
  /** Learns what changes. */
  readonly tracker: Tracker
}

const NOTHING_KEPT: CacheStats = { mode: 'off', hits: 0, misses: 0, bytes: 0, entries: 0, invalidations: 0 }

/** Runs plans over bitmaps: what is kept of them, and what they need to work, is in one kernel's memory. */
export class Engine {
  private readonly admission = new Admission()
  private heap: Heap | null = null
  private crew: Crew | null = null
  private cache: Cache | null = null

  constructor(
    readonly source: BitSource,
    private readonly createKernel: () => Kernel,
    private readonly keeping: Keeping | null = null,
  ) {
    if (keeping === null) return
    const cache = new Cache(this.memory, keeping.cacheBytes)
    this.cache = cache
    keeping.tracker.onChange({
      changed(keys) {
        cache.noteTold(keys.length)
        cache.drop(keys)
      },
      lost: () => cache.clear(),
    })
  }

  /** What the cache does. */
  cacheStats(): CacheStats {
    if (this.cache === null || this.keeping === null) return NOTHING_KEPT
    return { mode: this.keeping.tracker.mode, ...this.cache.counts }
  }

  /** What walks are doing. */
  get walkStats(): WalkStats {
    return this.admission.stats
  }

  /** Finds out whether the server tells of changes. */
  async probe(): Promise<void> {
    await this.keeping?.tracker.probe()
  }

  /** Bytes of bitmaps that are kept or at work. */
  get usedBytes(): number {
    return this.heap?.used ?? 0
  }

  /** This process wrote marks. Where the server does not tell of it, nothing that was kept is relied on any more. */
  noteWrite(): void {
    if (this.keeping?.tracker.mode === 'ttl') this.cache?.clear()
  }

  /**
   * Asks, for a walk that follows, what of that which is kept may be relied on: all changes until this call will have
   * become known. Of a cluster only the walk itself can ask, which knows its keys.
   * @returns undefined where nothing is kept
   */
  trust(isClosed: (key: string) => boolean): Promise<Trust | null> | undefined {
    const trust = this.keeping?.tracker.check(() => [], isClosed)
    // The report may end before it walks.
    trust?.catch(() => undefined)
    return trust
  }

  /** Sums of rows and columns over the blocks of a walk; to be closed. */
  grid(shape: GridShape): Grid {
    const { memory } = this
    const { shared } = memory.kernel
    if (shared !== null) this.crew ??= new Crew(shared)
    return new Grid(memory, shape, this.crew)
  }

  /**
   * Walks the id space in ascending order, one block at a time, while the next blocks' pieces are read.
   * Blocks in which no bitmap has bytes are not walked: without any user there is none.
   *
   * Each bitmap is as of an instant after the walk began: one that is kept as of the moment at which Redis had told of
   * all changes before; one that is read piece by piece is, while somebody writes it, of several such instants, and is
   * not kept then.
   * @param outputs the nodes that the caller will look at
   */
  async *blocks(plan: Plan, outputs: readonly Node[], walk: Walk = {}): AsyncGenerator<Block> {
    const { signal } = walk
    signal?.throwIfAborted()
    const { cache } = this
    await cache?.names.learn(plan.steps)
    const named = cache?.name(plan.steps) ?? null
    const trust = await this.trustIn(plan, walk)
    const loan = trust && cache && named ? cache.lend(named, oldestOf(trust, walk)) : null
    let leave = () => {}
    let run: Run | null = null
    try {
      const found = await prepare(plan, outputs, loan)
      if (isDue()) await nextTurn()
      const prepared = loan ? await measure(found, this.source) : found
      leave = await this.admission.enter(prepared.stride.bytes, signal)
      run = await Run.begin(this.memory, { plan, outputs, walk, loan, trust, ...prepared })
      yield* run.blocks(await this.source.openReader(trust?.runner))
      await walk.settle?.(signal)
      if (trust && loan) await run.keep(trust, loan)
    } finally {
      await run?.close()
      if (isDue()) await nextTurn()
      if (loan) this.cache?.end(loan)
      leave()
    }
  }

  /** Closes what was opened. */
  close(): void {
    this.keeping?.tracker.close()
    this.cache?.clear()
    this.crew?.close()
  }

  private trustIn({ steps }: Plan, { isClosed, isOnce, trust }: Walk): Promise<Trust | null> | null {
    if (this.keeping === null || isOnce) return null
    if (trust) return trust
    const keys = () => steps.flatMap((step) => (step.op === 'leaf' ? [step.key] : []))
    return this.keeping.tracker.check(keys, isClosed ?? (() => false))
  }

  private get memory(): Heap {
    this.heap ??= new Heap(this.createKernel())
    return this.heap
  }
}

/** What was kept before it is of no use to a walk. */
function oldestOf({ oldest, asOf }: Trust, { isExact }: Walk): number {
  return isExact && asOf !== Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : oldest
}
