import { Demand } from './demand'
import type { Heap } from './kernel/heap'
import { type Filling, Loan, type Worth } from './loan'
import { type Name, Names } from './names'
import type { Step } from './plan'
import type { Table } from './table'

/** A bitmap that is kept. */
export interface Entry {
  readonly table: Table
  /** The instant that it is at least as new as, in milliseconds; Infinity where Redis tells of each change. */
  readonly asOf: number
}

/** As the cache has it. */
export interface Kept extends Entry {
  readonly name: Name
  readonly bytes: number
  /** The cache's time at which it was looked at last. */
  used: number
  /** Walks that go through it: its memory stays until they end. */
  pins: number
  isDropped: boolean
}

/** What a cache has done and holds. */
export interface CacheCounts {
  /** Bitmaps that reports found kept, and those that they had to read or compute. */
  readonly hits: number
  readonly misses: number
  readonly bytes: number
  /** Bitmaps of keys (absent ones too), and of what reports made of them. */
  readonly entries: number
  /** Keys that Redis told of. */
  readonly invalidations: number
}

/** A plan whose bitmaps have names. */
export interface Named {
  readonly steps: readonly Step[]
  readonly of: Names
  /** By node. */
  readonly names: Int32Array
}

/** Bytes of an entry beside its chunks: an estimate. */
const ENTRY_BYTES = 256
/** Names after which all begin anew. */
const MAX_NAMES = 200_000
/** Of the limit: how much may lie beyond it because it gave way while a walk went through it. */
const BEYOND = 1 / 4

/**
 * Bitmaps of keys, and of what reports made of them, in the kernel's memory. No I/O: it is told what changed.
 *
 * First those leave that were only looked at to make others that are kept, then those that were used longest ago. A
 * result that comes back after it had no room replaces only what nobody used since it was asked for last: of reports
 * that go round in a cache too small for them all, some are served. An input replaces others by this rule alone.
 *
 * `limit` bytes count what is kept, and what walks that go on are to leave here. Beyond it lie, until the walks end that
 * go through them: what changed; and what gave way to a walk's results, at most a quarter of the limit and one bitmap.
 * And, until its round is walked, what a walk read and does not keep after all: what it made in the round and one bitmap.
 */
export class Cache {
  names = new Names()
  // A map's last one is the one that was used last.
  private readonly inputs = new Map<Name, Kept>()
  private readonly outputs = new Map<Name, Kept>()
  private readonly demand = new Demand()
  private readonly loans = new Set<Loan>()
  private readonly count = { hits: 0, misses: 0, bytes: 0, invalidations: 0 }
  /** Goes on by one with each walk. */
  private time = 0
  /** Bytes of what is not kept any more, but gone through. */
  private beyond = 0

  constructor(
    readonly heap: Heap,
    private readonly limit: number,
  ) {}

  get counts(): CacheCounts {
    return { ...this.count, entries: this.inputs.size + this.outputs.size }
  }

  /** Names the bitmaps of a plan. */
  name(steps: readonly Step[]): Named {
    if (this.names.size > MAX_NAMES && this.loans.size === 0) {
      this.clear()
      this.demand.clear()
      this.names = new Names()
    }
    return { steps, of: this.names, names: this.names.of(steps) }
  }

  /** For one walk. @param oldest what is older is not found, in milliseconds; −Infinity for no limit */
  lend(named: Named, oldest: number): Loan {
    const { names } = named.of === this.names ? named : this.name(named.steps)
    const loan = new Loan(this, names, oldest)
    this.loans.add(loan)
    this.time++
    return loan
  }

  /** Ends a loan: memory that only it held is free again. */
  end(loan: Loan): void {
    this.loans.delete(loan)
    for (const entry of loan.found) {
      if (--entry.pins > 0 || !entry.isDropped) continue
      this.beyond -= entry.bytes
      entry.table.release()
    }
    for (const { table, name, isKept } of loan.fillings) {
      if (name !== null && !isKept) this.giveUp(table)
      if (!isKept) table.release()
    }
  }

  /** Keys changed: they, and what is made of them, are not found any more; walks that go on do not keep them. */
  drop(keys: readonly string[]): void {
    for (const key of keys) {
      const name = this.names.find(key)
      for (const each of name === undefined ? [] : this.names.dependents(name)) {
        this.remove(this.get(each))
        for (const loan of this.loans) loan.changed.add(each)
      }
    }
  }

  /** Nobody tells of changes any more. */
  clear(): void {
    for (const entry of [...this.inputs.values(), ...this.outputs.values()]) this.remove(entry)
    for (const loan of this.loans) loan.isVoid = true
  }

  find(name: Name, oldest: number): Kept | null {
    const entry = this.get(name)
    if (entry === undefined || entry.asOf < oldest) return null
    entry.pins++
    entry.used = this.time
    this.place(entry, this.outputs)
    return entry
  }

  /** Of what a walk found, it only makes what will be kept. */
  noteInput(name: Name): Kept | null {
    const entry = this.get(name)
    if (entry === undefined) return null
    this.place(entry, this.inputs)
    return entry
  }

  note(found: number, missed: number): void {
    this.count.hits += found
    this.count.misses += missed
  }

  /** Counts keys that Redis told of. */
  noteTold(keys: number): void {
    this.count.invalidations += keys
  }

  /** Something is asked for that is not kept. @returns how long unused is what may leave for it: see `evict` */
  ask(name: Name, worth: Worth): number {
    return this.demand.ask(name, { worth, time: this.time })
  }

  /** Makes room for a part of a bitmap to come; inputs leave for it. @returns whether there is any */
  grow(bytes: number): boolean {
    if (!this.hasRoom(bytes)) this.shrink(this.inputs, bytes, Number.POSITIVE_INFINITY)
    if (!this.hasRoom(bytes)) return false
    this.count.bytes += bytes
    return true
  }

  /** Of what is no input, that leaves which was used longest ago, and before a time. @returns whether there is room */
  evict(bytes: number, before: number): boolean {
    this.shrink(this.outputs, bytes, before)
    return this.hasRoom(bytes)
  }

  /**
   * An input that a walk goes through is not kept any more, for the sake of that walk's results.
   * @returns whether it gave room: not where another walk goes through it, or too much lies beyond the limit
   */
  giveWay(entry: Kept): boolean {
    if (this.inputs.get(entry.name) !== entry || entry.pins > 1) return false
    if (this.beyond >= this.limit * BEYOND) return false
    this.leave(entry)
    return true
  }

  /** Of a bitmap that will not be kept. */
  giveUp({ byteLength }: Table): void {
    this.count.bytes -= byteLength
  }

  /** Bytes that a bitmap takes beside its chunks. Nothing will be set any more. */
  restOf(table: Table): number {
    table.trim()
    return ENTRY_BYTES + table.chunks.byteLength
  }

  /** From now on it is found. It has its room already, for its chunks and the rest. */
  keep(name: Name, { table, worth }: Filling, asOf: number): void {
    this.remove(this.get(name))
    const bytes = table.byteLength + this.restOf(table)
    const entry = { name, table, asOf, bytes, used: this.time, pins: 0, isDropped: false }
    this.place(entry, worth === 'input' ? this.inputs : this.outputs)
    this.demand.forget(name)
  }

  private get(name: Name): Kept | undefined {
    return this.outputs.get(name) ?? this.inputs.get(name)
  }

  /** As what was used last. */
  private place(entry: Kept, among: Map<Name, Kept>): void {
    this.inputs.delete(entry.name)
    this.outputs.delete(entry.name)
    among.set(entry.name, entry)
  }

  private hasRoom(bytes: number): boolean {
    return this.count.bytes + bytes <= this.limit
  }

  private shrink(some: ReadonlyMap<Name, Kept>, bytes: number, before: number): void {
    for (const entry of some.values()) {
      if (this.hasRoom(bytes) || entry.used >= before) return
      if (entry.pins === 0) this.leave(entry)
    }
  }

  /** For lack of room. */
  private leave(entry: Kept): void {
    this.demand.note(entry.name, entry.used)
    this.remove(entry)
  }

  private remove(entry: Kept | undefined): void {
    if (entry === undefined) return
    this.inputs.delete(entry.name)
    this.outputs.delete(entry.name)
    this.count.bytes -= entry.bytes
    entry.isDropped = true
    if (entry.pins === 0) entry.table.release()
    else this.beyond += entry.bytes
  }
}
