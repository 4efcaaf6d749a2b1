import { BitcohortError, expected } from './errors'
import { adoptedKey, type KeyMeaning, knownKey } from './key'
import { Memory } from './memory'
import { ageOf, within } from './pace'
import { type Adopted, type Complete, isUnwritable, type State } from './records'
import { type Found, isNothing, type Listing, merged, type Snapshot } from './snapshot'
import { call } from './store/call'
import type { Trust } from './store/tracker'
import { type Manner, Survey, type SurveyParts } from './survey'

/** How long a list waits for a scan before it shows what there is so far. */
const GRACE_MS = 250
/** How long an answer waits for a scan that was quick before. */
const PATIENCE_MS = 1000
/** The data may be flushed under a scan: so often is one begun for one answer. */
const TRIES = 5

/** What answers rest on. */
export interface View {
  readonly snapshot: Snapshot
  /** Everyone known, as far as the keys of other writers go; null before that was looked at. */
  readonly adopted: Adopted | null
}

/** What the records say and what this process knows besides. */
interface Seen {
  readonly state: State
  readonly found: Found
  readonly complete: Complete | null
}

/**
 * Which events and attributes there are, and from when to when: what every writer of ours announces, and what a scan
 * finds that others wrote. Reading costs a round trip, unless Redis would have told of any change.
 *
 * Where a scan takes a moment (250 ms), it is made anew for each answer that comes later than 20 times that moment.
 * Where it takes longer, answers rest on what was found and announced, and a scan follows behind them, every two
 * minutes at most; only the first one is waited for.
 */
export class Registry {
  private readonly memory = new Memory()
  private readonly survey: Survey
  private running: Promise<Complete | null> | null = null

  constructor(private readonly parts: Omit<SurveyParts, 'memory'>) {
    this.survey = new Survey({ ...parts, memory: this.memory })
  }

  /**
   * What there is; `asOf` says since when other writers' keys may be missing.
   * @param trust spares the round trip where Redis tells of changes: all until it was asked for have become known by it
   * @throws BAD_SETTINGS
   */
  async read(trust?: Promise<Trust | null>): Promise<View> {
    let seen = await this.look(trust)
    for (let tries = 0; tries < TRIES; tries++) {
      const age = seen.complete && ageOf(past(seen.complete), this.parts.clock())
      if (seen.complete && (age !== 'stale' || tries > 0)) {
        // Nobody waits for it: the next one that somebody waits for tells what failed.
        if (age === 'old') this.scan({ isAwaited: false }, seen.state).catch(() => undefined)
        await this.prove(seen.found)
        const snapshot = { asOf: seen.complete.asOf, ...seen.found }
        return { snapshot, adopted: seen.state.adopted }
      }
      const idle = await this.rescanned(seen)
      seen = idle ? { ...seen, complete: idle } : await this.look()
    }
    const what = expected('scan', 'data that stays while it is looked at', `${TRIES} flushes`)
    throw new BitcohortError('REDIS_UNAVAILABLE', what)
  }

  /**
   * A scan that somebody waits for. Where it fails or hangs, a node of a cluster being gone, the one before it stands:
   * what needs no key of that node can be answered, and says as of when.
   */
  private async rescanned({ state, complete }: Seen): Promise<Complete | null> {
    const scan = this.scan({ isAwaited: true }, state)
    if (complete === null) return scan
    try {
      const done = await within(
        PATIENCE_MS,
        scan.then((found) => ({ found })),
      )
      return done ? done.found : complete
    } catch (error) {
      if (error instanceof BitcohortError) throw error
      return complete
    }
  }

  /** What is known so far, at once: before the first scan has ended that is not all. @throws BAD_SETTINGS */
  async list(): Promise<Listing> {
    const reading = this.read()
    const view = await within(GRACE_MS, reading)
    if (view) return { found: view.snapshot, asOf: view.snapshot.asOf, scan: null }
    // Whoever asks next is told.
    reading.catch(() => undefined)
    const { found, complete, state } = await this.look()
    const sofar = merged(found, this.survey.partial)
    await this.prove(sofar)
    const { seen, total } = this.survey.progress ?? state.running ?? { seen: 0, total: 0 }
    return { found: sofar, asOf: complete?.asOf ?? null, scan: complete ? null : { seen, total } }
  }

  /** Looks at all keys anew, and returns what there is then. @throws BAD_SETTINGS */
  async rescan(): Promise<Listing> {
    // It may have passed what the caller has just written.
    await this.running?.catch(() => undefined)
    await this.scan({ isFresh: true, isAwaited: true }, (await this.look()).state)
    const { found, complete } = await this.look()
    await this.prove(found)
    return { found, asOf: complete?.asOf ?? null, scan: null }
  }

  /** Keeps keys that this process wrote and could not announce. */
  note(written: readonly KeyMeaning[]): void {
    this.memory.note(written)
  }

  /**
   * Tells of keys that were deleted: events and attributes that have others keep those, and all processes forget what
   * they have noted of them. Users stay known, but where everything was deleted.
   */
  async forget(gone: readonly KeyMeaning[] | 'all'): Promise<void> {
    const { found, isKept } = await this.parts.records.look()
    if (!isKept || this.memory.complete) this.memory.clear()
    if (!isKept) return
    try {
      if (gone === 'all') await this.forgetAll()
      else
        await this.survey.recheck(
          gone.filter((meaning) => !isInside(meaning, found)),
          found,
        )
    } catch (error) {
      if (!isUnwritable(error)) throw error
    }
  }

  private async forgetAll(): Promise<void> {
    const { server, prefix, records, meta, clock } = this.parts
    const gone = [records.first, records.last, records.attributes, knownKey(prefix), adoptedKey(prefix)]
    await server.run([
      ...gone.map((key) => call('del', key)),
      records.forgetAdopted(),
      ...records.renew(clock()),
    ])
    await meta.touch()
    // What was written meanwhile by somebody who thought it announced.
    await this.rescan()
  }

  /**
   * One scan at a time: whoever comes while one runs waits for that.
   * @returns the scan where it found just what the records said to whom it began for
   */
  private async scan(manner: Manner, state: State): Promise<Complete | null> {
    if (this.running) {
      await this.running
      return null
    }
    this.running = this.survey.run(manner, state).finally(() => {
      this.running = null
    })
    return this.running
  }

  private async look(trust?: Promise<Trust | null>): Promise<Seen> {
    const { memory } = this
    const state = await this.parts.records.look(trust)
    const recorded = state.complete && latest(state.complete, memory.idle)
    return {
      state,
      found: merged(state.found, memory.found),
      complete: latest(recorded, memory.complete),
    }
  }

  /** That what is there was written with this process' way to keep ids. @throws BAD_SETTINGS */
  private async prove(found: Found): Promise<void> {
    const { meta } = this.parts
    if (meta.isUnproven && !isNothing(found)) await meta.refuseRaw()
  }
}

function past({ asOf, tookMs }: Complete) {
  return { begun: asOf, tookMs }
}

function latest(recorded: Complete | null, own: Complete | null): Complete | null {
  return own === null || (recorded && recorded.asOf > own.asOf) ? recorded : own
}

/** Whether the same periods stay without a key: it is neither the first nor the last one. */
function isInside(meaning: KeyMeaning, { events, attributes }: Found): boolean {
  if (meaning.kind === 'attribute') return !attributes.has(meaning.name)
  const { unit, index } = meaning.period
  const extent = events.get(meaning.event)?.[unit]
  return extent === undefined || (extent.first < index && index < extent.last)
}
