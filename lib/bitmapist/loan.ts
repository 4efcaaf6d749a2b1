import type { Cache, Entry, Kept } from './cache'
import type { Name } from './names'
import type { Node } from './plan'
import { Table } from './table'
import { isDue, nextTurn } from './turn'

/**
 * What a kept bitmap saves, the least first. A key's bitmap of which only results are made that are kept themselves
 * (`input`): nothing, as long as they are. One that is asked for itself (`leaf`): its reading. A result: the reading of
 * all that it is made of, and the computing.
 */
export type Worth = 'input' | 'leaf' | 'result'

/** A bitmap that a walk may leave in the cache. */
export interface Filling {
  readonly table: Table
  readonly worth: Worth
  /** When bitmaps were used last that may leave for it, before: see `Cache.evict`. */
  readonly before: number
  /** Null where it will not be kept: there was no room. */
  name: Name | null
  /** Whether it is the cache's now. */
  isKept: boolean
}

/** What one walk has of the cache, and brings to it. */
export class Loan {
  readonly found: Kept[] = []
  readonly fillings: Filling[] = []
  /** Names of which a change became known since the walk began. */
  readonly changed = new Set<Name>()
  /** Whether changes may have been missed since the walk began. */
  isVoid = false
  /** Fillings that are still to be kept. */
  private readonly open: Readonly<Record<Worth, Filling[]>> = { input: [], leaf: [], result: [] }
  /** What was found, and may give way to results. */
  private readonly inputs: Kept[] = []
  private readonly of: Cache['names']

  constructor(
    private readonly cache: Cache,
    private readonly names: Int32Array,
    private readonly oldest: number,
  ) {
    this.of = cache.names
  }

  /** A bitmap of the plan, kept until the walk's end. */
  find(node: Node): Entry | null {
    const entry = this.cache.find(this.names[node] ?? -1, this.oldest)
    if (entry) this.found.push(entry)
    return entry
  }

  /** Of a key's bitmap that was found the walk makes only what is to be kept itself. */
  noteInput(node: Node): void {
    const entry = this.cache.noteInput(this.names[node] ?? -1)
    if (entry) this.inputs.push(entry)
  }

  /** Counts what a walk found, and what it has to read or compute. */
  note(found: number, missed: number): void {
    this.cache.note(found, missed)
  }

  /** A bitmap of the plan that is to be kept once the walk has filled it. */
  fill(node: Node, worth: Worth): Filling {
    const name = this.names[node] ?? -1
    const before = this.cache.ask(name, worth)
    const filling: Filling = { table: new Table(this.cache.heap), worth, before, name, isKept: false }
    this.fillings.push(filling)
    this.open[worth].push(filling)
    return filling
  }

  /**
   * Room for a chunk of a filling. Where there is none, first the inputs of this walk give way, then what was used
   * longest ago, then the walk's own fillings of least worth, the last one first.
   * @returns whether the filling is still to be kept
   */
  grow(filling: Filling, bytes: number): boolean {
    while (filling.name !== null && !this.cache.grow(bytes)) {
      if (filling.worth !== 'input' && this.giveWay(filling)) continue
      if (!this.cache.evict(bytes, filling.before)) this.giveUp(filling)
    }
    return filling.name !== null
  }

  /** Keeps what is filled, but not what changed meanwhile. @param asOf see `Entry` */
  async keep(asOf: number): Promise<void> {
    for (const filling of this.fillings) {
      if (isDue()) await nextTurn()
      // In each turn, for changes may come between them.
      if (this.isVoid || this.of !== this.cache.names) return
      const { name } = filling
      if (name === null || this.changed.has(name)) continue
      if (!this.grow(filling, this.cache.restOf(filling.table))) continue
      filling.isKept = true
      this.cache.keep(name, filling, asOf)
    }
  }

  /** One input less. @param filling see `letGo` @returns whether there was any */
  private giveWay(filling: Filling): boolean {
    if (this.letGo('input', filling)) return true
    for (let entry = this.inputs.pop(); entry; entry = this.inputs.pop())
      if (this.cache.giveWay(entry)) return true
    return false
  }

  private giveUp(filling: Filling): void {
    this.letGo('input', filling) || this.letGo('leaf', filling) || this.letGo('result', filling)
  }

  /**
   * Forgets fillings that are still to be kept, the last one first, until one gives room: thousands may have nothing yet.
   * @param filling for which the room is: it may be among them
   */
  private letGo(worth: Worth, filling: Filling): boolean {
    const open = this.open[worth]
    for (let last = open.pop(); last; last = open.pop()) {
      if (last.isKept) continue
      const { byteLength } = last.table
      this.forget(last)
      if (byteLength > 0 || last === filling) return true
    }
    return false
  }

  private forget(filling: Filling): void {
    filling.name = null
    this.cache.giveUp(filling.table)
    // A leaf is still looked at: the walk gives its memory back as it goes on.
    if (filling.worth === 'result') filling.table.release()
  }
}
