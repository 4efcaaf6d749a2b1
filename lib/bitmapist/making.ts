import type { Leaf } from './intake'
import type { Chunk } from './kernel/chunk'
import type { Heap } from './kernel/heap'
import type { Filling, Loan, Worth } from './loan'
import type { Input } from './machine'
import type { Node } from './plan'
import { Table } from './table'

interface Makes {
  readonly node: Node
  /** Empty of a result. */
  readonly key: string
  /** Null where it will not be kept. */
  readonly filling: Filling | null
}

/** What all that a walk makes shares. */
export interface Shared {
  readonly heap: Heap
  readonly loan: Loan | null
  /** Bytes of a unit. */
  readonly unit: number
}

/** A bitmap that a walk reads or makes, and may leave in the cache. */
export class Making implements Leaf, Input {
  readonly node: Node
  readonly key: string
  readonly table: Table
  private readonly filling: Filling | null

  constructor(
    { node, key, filling }: Makes,
    private readonly shared: Shared,
  ) {
    this.node = node
    this.key = key
    this.filling = filling
    this.table = filling?.table ?? new Table(shared.heap)
  }

  get unit(): number {
    return this.shared.unit
  }

  get isKept(): boolean {
    return this.filling !== null && this.filling.name !== null
  }

  put(unit: number, chunk: Chunk): void {
    this.table.set(unit, chunk)
  }

  grow(bytes: number): void {
    if (this.filling) this.shared.loan?.grow(this.filling, bytes)
  }

  /** Gives the memory of what is not kept back. @param end before which unit; all where the walk has ended */
  release(end?: number): void {
    if (!this.isKept) this.table.release(end)
  }
}

interface Wanted {
  readonly node: Node
  /** Empty of a result. */
  readonly key: string
  /** Null where it cannot be kept. */
  readonly worth: Worth | null
}

/** A bitmap that is to be read or made. */
export function makingOf({ node, key, worth }: Wanted, shared: Shared): Making {
  const filling = worth === null ? null : (shared.loan?.fill(node, worth) ?? null)
  return new Making({ node, key, filling }, shared)
}
