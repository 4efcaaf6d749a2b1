import { Ghosts } from './ghosts'
import { type KeyMeaning, ownKey } from './key'
import { type Held, Lease } from './lease'
import type { Memory } from './memory'
import type { Meta } from './meta'
import { pause, QUICK_MS } from './pace'
import { type Begun, type Complete, isUnwritable, type Records, type State } from './records'
import { countKeys, readPages } from './scan'
import {
  add,
  covers,
  endsOf,
  equal,
  type Found,
  type Growing,
  isNothing,
  meaningsOf,
  nothing,
  type Progress,
} from './snapshot'
import { call } from './store/call'
import type { Server } from './store/server'

/** Pages after which a scan says how far it is, where they tell nothing new. */
const PAGES_A_NOTE = 16
/** How often the scan of another process is looked at. */
const POLL_MS = 50

/** How a scan goes. */
export interface Manner {
  /** Whether it must begin now, whatever has been begun before. */
  readonly isFresh?: boolean
  /** Whether somebody waits for it: then it waits for another process'. */
  readonly isAwaited: boolean
}

/** What a survey works with. */
export interface SurveyParts {
  readonly server: Server
  readonly prefix: string
  readonly clock: () => Date
  readonly meta: Meta
  readonly records: Records
  readonly memory: Memory
}

/** What one way through all keys has found. */
interface Sweep {
  readonly found: Found
  readonly complete: Complete
}

/** The lease went to another process, which goes on. */
class LeaseLost extends Error {}

/**
 * Finds what there is by going through all keys, and writes it down for all processes; where that cannot be, it stays
 * in memory. A long scan is one process' at a time: where that ends another goes on from where it was. Quick ones may
 * go on at once, for what they write down does not depend on each other.
 */
export class Survey {
  private readonly lease: Lease
  private readonly ghosts: Ghosts
  /** How far the scan is that is under way. */
  progress: Progress | null = null
  /** What it has found. */
  partial: Found = nothing()

  constructor(private readonly parts: SurveyParts) {
    const { server, prefix, records } = parts
    this.lease = new Lease(server, ownKey(prefix, 'scan:lease'), { key: records.scan, field: 'leases' })
    this.ghosts = new Ghosts(parts)
  }

  /**
   * Goes through all keys once; not where another process does and nobody waits for this one.
   * @param state what the records say
   * @returns the scan where there was nothing to write down; null where the records have to be looked at
   */
  async run(manner: Manner, state: State): Promise<Complete | null> {
    this.parts.memory.begin()
    try {
      if (state.isKept && state.complete !== null && state.complete.tookMs <= QUICK_MS)
        return await this.quick(state)
      if (state.isKept) await this.leased(manner, state.complete)
      else await this.inMemory(state)
    } catch (error) {
      if (!isUnwritable(error)) throw error
      await this.inMemory(state)
    } finally {
      this.progress = null
      this.partial = nothing()
    }
    return null
  }

  /** Looks again at keys that were deleted. @param found what the records have */
  async recheck(gone: readonly KeyMeaning[], found: Found): Promise<void> {
    await this.ghosts.lay(gone, found)
  }

  private async inMemory({ complete }: State): Promise<void> {
    const { server, memory } = this.parts
    const { found, complete: done } = await this.sweep(this.start(complete ? 0 : await countKeys(server)))
    memory.end(found, done)
  }

  private async quick(state: State): Promise<Complete | null> {
    const sweep = await this.sweep(this.start(0))
    const { found, complete } = sweep
    if (equal(found, state.found) && complete.tookMs <= QUICK_MS) {
      this.parts.memory.idle = complete
      return complete
    }
    try {
      await this.complete(sweep, state, state.found)
    } catch (error) {
      if (!isUnwritable(error)) throw error
      this.parts.memory.end(found, complete)
    }
    return null
  }

  /** @param before the last complete scan when this one was asked for */
  private async leased({ isFresh = false, isAwaited }: Manner, before: Complete | null): Promise<void> {
    const { records } = this.parts
    const isDone = ({ complete }: State) => !isFresh && !isSame(complete, before)
    for (;;) {
      const held = await this.lease.take(this.parts.clock())
      if (held === null && !isAwaited) return
      if (held === null) await pause(POLL_MS)
      try {
        const state = await records.look()
        this.progress = state.running
        if (isDone(state)) return
        if (held) return await this.goOn(held, isFresh ? null : state.running, state)
      } catch (error) {
        if (!(error instanceof LeaseLost)) throw error
      } finally {
        // It ends by itself where the server cannot be told.
        await held?.release().catch(() => undefined)
      }
    }
  }

  /** Goes on with a scan, or begins one; announces what it finds as it finds it, and says how far it is. */
  private async goOn(held: Held, begun: Begun | null, state: State): Promise<void> {
    const { server, records, clock } = this.parts
    const announced = grown(state.found)
    let pages = 0
    const start = begun ?? this.start(await countKeys(server))
    await server.run([records.noteBegun(start)])
    const sweep = await this.sweep(start, async (meanings, sofar) => {
      const news = newsOf(meanings, announced)
      if (isNothing(news) && ++pages % PAGES_A_NOTE !== 0) return
      if (held.isLost) throw new LeaseLost()
      await server.run([...records.announce(endsOf(news), clock()), records.noteBegun(sofar)])
    })
    if (!(await held.stands())) throw new LeaseLost()
    await this.complete(sweep, { ...state, found: begun ? nothing() : state.found }, announced)
  }

  private start(total: number): Begun {
    return { begun: this.parts.clock(), spentMs: 0, seen: 0, total, cursors: new Map() }
  }

  /** @param each where others may go on from: is told what a page says, and how far the scan is */
  private async sweep(
    start: Begun,
    each?: (meanings: readonly KeyMeaning[], sofar: Begun) => Promise<void>,
  ): Promise<Sweep> {
    const { server, prefix, clock } = this.parts
    const started = clock().getTime()
    const spentMs = () => start.spentMs + clock().getTime() - started
    const found = nothing()
    this.partial = found
    this.progress = { seen: start.seen, total: start.total }
    for await (const { keys, seen, cursors } of readPages(server, prefix, each ? start : null)) {
      const meanings = meaningsOf(prefix, keys)
      for (const meaning of meanings) add(meaning, found)
      const total = start.total || seen
      this.progress = { seen: Math.min(seen, total), total }
      await each?.(meanings, { ...start, ...this.progress, spentMs: spentMs(), cursors })
    }
    return { found, complete: { asOf: start.begun, tookMs: spentMs() } }
  }

  /**
   * Writes down a scan that is through, and takes out of the records what it did not find.
   * @param before what was there when it began
   */
  private async complete({ found, complete }: Sweep, before: State, announced: Found): Promise<void> {
    const { server, records, memory, clock } = this.parts
    const news = newsOf(endsOf(found), grown(announced))
    const replies = await server.run([
      ...records.announce(endsOf(news), clock()),
      ...records.noteComplete(complete),
      call('get', records.version),
    ])
    // Flushed meanwhile: what is there now has not been gone through.
    if (Number(replies.at(-1)) < Number(before.version)) {
      await server.run([records.forgetComplete()])
      return
    }
    memory.end(nothing(), null)
    await this.ghosts.lay(
      endsOf(before.found).filter((meaning) => !covers(found, meaning)),
      before.found,
    )
  }
}

function isSame(one: Complete | null, other: Complete | null): boolean {
  return one?.asOf.getTime() === other?.asOf.getTime() && one?.tookMs === other?.tookMs
}

/** A finding that may grow. */
function grown(found: Found): Growing {
  return { events: new Map(found.events), attributes: new Set(found.attributes) }
}

/** What a finding does not have yet; it has it from now on. */
function newsOf(meanings: readonly KeyMeaning[], known: Growing): Found {
  const news = nothing()
  for (const meaning of meanings) {
    if (covers(known, meaning)) continue
    add(meaning, known)
    add(meaning, news)
  }
  return news
}
