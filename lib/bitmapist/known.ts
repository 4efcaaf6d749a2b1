import { type Block, type Engine, nextTurn } from './evaluate'
import { adoptedKey, attributeKey, eventKey, knownKey, ownKey } from './key'
import { type Held, Lease } from './lease'
import { ageOf, pause, QUICK_MS } from './pace'
import { period } from './period'
import { type Node, Plan } from './plan'
import { type Adopted, isUnwritable, type Records } from './records'
import type { View } from './registry'
import type { Found, KnownSet, Snapshot } from './snapshot'
import { type Call, call } from './store/call'
import type { Server } from './store/server'

/** Keys that are read together. */
const KEYS_A_WALK = 1000
/** How often the adoption of another process is looked at. */
const POLL_MS = 20

/** The keys that hold everybody: of all months and attributes. */
function* markedKeys(prefix: string, { events, attributes }: Found): Generator<string> {
  for (const name of attributes) yield attributeKey(prefix, name)
  for (const [name, { month }] of events)
    for (let index = month?.first ?? 0; month && index <= month.last; index++)
      yield eventKey(prefix, name, period('month', index))
}

interface Parts {
  readonly server: Server
  readonly prefix: string
  readonly clock: () => Date
  readonly engine: Engine
  readonly records: Records
}

/**
 * Everyone known: whoever was ever marked, or had an attribute, even where all of that was taken back since. It is two
 * bitmaps: `known`, in which our writers set the bit of everybody whom they mark, and `known:adopted`, for those whom
 * others marked, found by reading all months and attributes. Where a process cannot write the latter, everyone is the
 * union of all months and attributes, and whoever's marks were all taken back is not in it.
 */
export class Everyone {
  private readonly lease: Lease
  private running: Promise<unknown> = Promise.resolve()
  private next: Adoption | null = null
  /** Whether the last adoption could not be written. */
  private isRefused = false

  constructor(private readonly parts: Parts) {
    const { server, prefix, records } = parts
    this.lease = new Lease(server, ownKey(prefix, 'known:lease'), { key: records.scan, field: 'leases' })
  }

  /**
   * The set, to be read; called only where an answer needs it. Where looking through everything takes a moment that is
   * done first, so that users of other writers are in it; else now and then, behind the answers.
   * @throws WRONG_TYPE
   */
  async settle({ snapshot, adopted }: View): Promise<KnownSet> {
    const { prefix, server, clock } = this.parts
    const marked = () => ({ keys: [...markedKeys(prefix, snapshot)], asOf: snapshot.asOf })
    if (!(await server.capabilities()).records) return marked()
    const stored = (asOf: Date) => ({ keys: [knownKey(prefix), adoptedKey(prefix)], asOf })
    const isQuick = adopted === null || adopted.tookMs <= QUICK_MS
    if (adopted && !isQuick && !this.isRefused) {
      // After the scan that is due then too, or keys that it finds would not be read. Nobody waits for it: the next one
      // that somebody waits for tells what failed.
      if (ageOf(adopted, clock()) === 'old' && snapshot.asOf > adopted.begun)
        this.adopt(snapshot, false).catch(() => undefined)
      return stored(adopted.asOf)
    }
    try {
      const idle = adopted && (await this.lookThrough(snapshot))
      const done = idle ?? (await this.adopt(snapshot, true))
      return done ? stored(done.asOf) : marked()
    } catch (error) {
      if (!isUnwritable(error)) throw error
      return marked()
    }
  }
  /** Whether everybody is known already, by a look that changes nothing: where other writers are, mostly so. */
  private async lookThrough(snapshot: Snapshot): Promise<Adopted | null> {
    const begun = this.parts.clock()
    for await (const _ of this.unknown(snapshot)) return null
    const adopted = this.since(begun, snapshot)
    // What has come to take long is written down, so that not every answer waits for it.
    return adopted.tookMs <= QUICK_MS ? adopted : null
  }

  /** One at a time. Whoever comes while one runs is served by the next, for that one may have passed what is new. */
  private adopt(snapshot: Snapshot, isAwaited: boolean): Promise<Adopted | null> {
    if (this.next) {
      this.next.snapshot = snapshot
      this.next.isAwaited ||= isAwaited
      return this.next.done
    }
    const done = this.running.then(async () => {
      this.next = null
      try {
        const adopted = await this.tryAdopt(adoption)
        this.isRefused = false
        return adopted
      } catch (error) {
        this.isRefused = isUnwritable(error)
        throw error
      }
    })
    const adoption: Adoption = { snapshot, isAwaited, done }
    this.next = adoption
    this.running = done.catch(() => undefined)
    return done
  }

  /** @returns null where another process does it and nobody waits */
  private async tryAdopt({ snapshot, isAwaited }: Adoption): Promise<Adopted | null> {
    for (;;) {
      const held = await this.lease.take(this.parts.clock())
      if (held === null && !isAwaited) return null
      try {
        const adopted = held ? await this.walk(snapshot, held) : await this.awaitOther()
        if (adopted) return adopted
      } finally {
        // It ends by itself where the server cannot be told.
        await held?.release().catch(() => undefined)
      }
    }
  }

  /** What another process has adopted, where that takes so long that it is not done for each answer. */
  private async awaitOther(): Promise<Adopted | null> {
    await pause(POLL_MS)
    const { adopted } = await this.parts.records.look()
    const isGood = adopted && adopted.tookMs > QUICK_MS && ageOf(adopted, this.parts.clock()) === 'fresh'
    return isGood ? adopted : null
  }

  /** Adopts whoever is marked and not known. @returns null where the lease was lost, and another goes on */
  private async walk(snapshot: Snapshot, held: Held): Promise<Adopted | null> {
    const { server, clock, records } = this.parts
    const begun = clock()
    for await (const { block, fresh, whole } of this.unknown(snapshot)) {
      const write = this.writing(block, fresh, whole)
      if (!(await held.stands())) return null
      await server.run([write])
    }
    const adopted = this.since(begun, snapshot)
    if (!(await held.stands())) return null
    await server.run([records.noteAdopted(adopted)])
    return adopted
  }

  private since(begun: Date, { asOf }: Snapshot): Adopted {
    const tookMs = this.parts.clock().getTime() - begun.getTime()
    return { asOf: begun < asOf ? begun : asOf, begun, tookMs }
  }

  /** The blocks that have somebody who is marked and not known. */
  private async *unknown(snapshot: Snapshot): AsyncGenerator<Unknown> {
    const { prefix, engine } = this.parts
    for (const keys of groups([...markedKeys(prefix, snapshot)])) {
      const plan = new Plan(prefix)
      const adopted = plan.leaf(adoptedKey(prefix))
      const marked = plan.or(keys.map((key) => plan.leaf(key)))
      const fresh = plan.minus(plan.minus(marked, plan.leaf(knownKey(prefix))), adopted)
      const whole = plan.or([adopted, fresh])
      for await (const block of engine.blocks(plan, [fresh, whole], { isOnce: true })) {
        if (block.has(fresh)) yield { block, fresh, whole }
        if (block.isDue()) await nextTurn()
      }
    }
  }

  /** Writes the stretch of a block that has somebody new. */
  private writing(block: Block, fresh: Node, whole: Node): Call {
    const news = block.bytes(fresh)
    const first = news.findIndex((byte) => byte !== 0)
    const end = news.findLastIndex((byte) => byte !== 0) + 1
    const bytes = Buffer.from(block.bytes(whole).subarray(first, end))
    return call('setrange', adoptedKey(this.parts.prefix), block.firstId / 8 + first, bytes)
  }
}

/** A block, and the bitmaps of who is new in it and of everybody adopted with them. */
interface Unknown {
  readonly block: Block
  readonly fresh: Node
  readonly whole: Node
}

/** What an adoption reads, and for whom. */
interface Adoption {
  snapshot: Snapshot
  isAwaited: boolean
  readonly done: Promise<Adopted | null>
}

function* groups(keys: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < keys.length; from += KEYS_A_WALK) yield keys.slice(from, from + KEYS_A_WALK)
}
