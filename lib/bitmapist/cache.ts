import type { Heap } from './kernel/heap'
import { type Name, Names } from './names'
import type { Step } from './plan'
import { Table } from './table'
import { isDue, nextTurn } from './turn'

/** A bitmap that is kept. */
export interface Entry {
  readonly table: Table
  /** The instant that it is at least as new as, in milliseconds; Infinity where Redis tells of each change. */
  readonly asOf: number
}

interface Kept extends Entry {
  readonly bytes: number
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

/**
 * Bitmaps of keys, and of what reports made of them, in the kernel's memory: at most `limit` bytes, and those that were
 * used longest ago leave first. No I/O: it is told what changed.
 */
export class Cache {
  names = new Names()
  private readonly entries = new Map<Name, Kept>()
  private readonly loans = new Set<Loan>()
  private readonly count = { hits: 0, misses: 0, bytes: 0, invalidations: 0 }

  constructor(
    readonly heap: Heap,
    private readonly limit: number,
  ) {}

  get counts(): CacheCounts {
    return { ...this.count, entries: this.entries.size }
  }

  /** Names the bitmaps of a plan. */
  name(steps: readonly Step[]): Named {
    if (this.names.size > MAX_NAMES && this.loans.size === 0) {
      this.clear()
      this.names = new Names()
    }
    return { steps, of: this.names, names: this.names.of(steps) }
  }

  /** For one walk. @param oldest what is older is not found, in milliseconds; −Infinity for no limit */
  lend(named: Named, oldest: number): Loan {
    const { names } = named.of === this.names ? named : this.name(named.steps)
    const loan = new Loan(this, names, oldest)
    this.loans.add(loan)
    return loan
  }

  /** Ends a loan: memory that only it held is free again. */
  end(loan: Loan): void {
    this.loans.delete(loan)
    for (const entry of loan.found) {
      const kept = entry as Kept
      if (--kept.pins === 0 && kept.isDropped) kept.table.release()
    }
    for (const { table, name, isKept } of loan.fillings) {
      if (isKept) continue
      if (name !== null) this.giveUp(table)
      table.release()
    }
  }

  /** Keys changed: they, and what is made of them, are not found any more; walks that go on do not keep them. */
  drop(keys: readonly string[]): void {
    for (const key of keys) {
      const name = this.names.find(key)
      if (name === undefined) continue
      for (const each of this.names.dependents(name)) {
        this.remove(each)
        for (const loan of this.loans) loan.changed.add(each)
      }
    }
  }

  /** Nobody tells of changes any more. */
  clear(): void {
    for (const name of [...this.entries.keys()]) this.remove(name)
    for (const loan of this.loans) loan.isVoid = true
  }

  find(name: Name, oldest: number): Entry | null {
    const entry = this.entries.get(name)
    if (entry === undefined || entry.asOf < oldest) return null
    // A map's last one is the one that was used last.
    this.entries.delete(name)
    this.entries.set(name, entry)
    entry.pins++
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

  /** Makes room for a part of a bitmap to come. @returns whether there is any */
  grow(bytes: number): boolean {
    if (this.count.bytes + bytes > this.limit) this.evict(bytes)
    if (this.count.bytes + bytes > this.limit) return false
    this.count.bytes += bytes
    return true
  }

  /** Of a bitmap that will not be kept. */
  giveUp({ byteLength }: Table): void {
    this.count.bytes -= byteLength
  }

  /** From now on it is found. Its chunks have their room already. */
  keep(name: Name, { table, asOf }: Entry): boolean {
    table.trim()
    const own = ENTRY_BYTES + table.chunks.byteLength
    if (!this.grow(own)) return false
    this.remove(name)
    this.entries.set(name, { table, asOf, bytes: table.byteLength + own, pins: 0, isDropped: false })
    return true
  }

  private evict(bytes: number): void {
    for (const [name, { pins }] of this.entries) {
      if (this.count.bytes + bytes <= this.limit) return
      if (pins === 0) this.remove(name)
    }
  }

  private remove(name: Name): void {
    const entry = this.entries.get(name)
    if (entry === undefined) return
    this.entries.delete(name)
    this.count.bytes -= entry.bytes
    entry.isDropped = true
    if (entry.pins === 0) entry.table.release()
  }
}

/** A bitmap that a walk may leave in the cache. */
export interface Filling {
  readonly table: Table
  /** Null where it will not be kept: there was no room. */
  name: Name | null
  /** Whether it is the cache's now. */
  isKept: boolean
}

/** What one walk has of the cache, and brings to it. */
export class Loan {
  readonly found: Entry[] = []
  readonly fillings: Filling[] = []
  /** Names of which a change became known since the walk began. */
  readonly changed = new Set<Name>()
  /** Whether changes may have been missed since the walk began. */
  isVoid = false
  private readonly of: Names

  constructor(
    private readonly cache: Cache,
    private readonly names: Int32Array,
    private readonly oldest: number,
  ) {
    this.of = cache.names
  }

  /** A bitmap of the plan, kept until the walk's end. */
  find(node: number): Entry | null {
    const entry = this.cache.find(this.names[node] ?? -1, this.oldest)
    if (entry) this.found.push(entry)
    return entry
  }

  /** Counts what a walk found, and what it has to read or compute. */
  note(found: number, missed: number): void {
    this.cache.note(found, missed)
  }

  /** A bitmap of the plan that is to be kept once the walk has filled it. */
  fill(node: number): Filling {
    const name = this.names[node] ?? null
    const filling: Filling = { table: new Table(this.cache.heap), name, isKept: false }
    this.fillings.push(filling)
    return filling
  }

  /**
   * Room for a chunk of a filling. Where there is none, the walk's other fillings are given up, the last one first.
   * @returns whether the filling is still to be kept
   */
  grow(filling: Filling, bytes: number): boolean {
    while (filling.name !== null && !this.cache.grow(bytes)) {
      const last = this.fillings.findLast(({ name }) => name !== null) ?? filling
      last.name = null
      this.cache.giveUp(last.table)
    }
    return filling.name !== null
  }

  /** Keeps what is filled, but not what changed meanwhile. @param asOf see `Entry` */
  async keep(asOf: number): Promise<void> {
    for (const filling of this.fillings) {
      if (isDue()) await nextTurn()
      // In each turn, for changes may come between them.
      if (this.isVoid || this.of !== this.cache.names) return
      const { name, table } = filling
      if (name === null || this.changed.has(name)) continue
      filling.isKept = this.cache.keep(name, { table, asOf })
    }
  }
}
