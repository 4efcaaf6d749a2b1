import { Block } from './block'
import type { Entry, Filling, Loan } from './cache'
import type { Leaf } from './intake'
import { CHUNK_MAX, type Chunk, EMPTY_CHUNK, lengthOf } from './kernel/chunk'
import type { Heap } from './kernel/heap'
import { type Input, Machine } from './machine'
import type { Node, Plan } from './plan'
import { layOut, type Program, type Stride, strideOf } from './program'
import { readRounds } from './rounds'
import type { BitSource, PieceReader } from './store/source'
import type { Trust } from './store/tracker'
import { Table } from './table'
import { isDue, nextTurn } from './turn'
import type { Walk } from './walk'

/** What a walk is made of: what is there already, what is read, and what is computed of them. */
export interface Prepared {
  readonly program: Program
  /** By the program's sources: null where it is to be read. */
  readonly entries: readonly (Entry | null)[]
  readonly stride: Stride
}

/** Looks up what is kept of a plan, from its outputs on: what made a bitmap that is kept is not looked at. */
export function prepare({ steps }: Plan, outputs: readonly Node[], loan: Loan | null): Prepared {
  const results = new Map<Node, Entry>()
  const program = layOut(steps, outputs, (node) => {
    const entry = loan?.find(node)
    if (entry) results.set(node, entry)
    return Boolean(entry)
  })
  const { sources, operations, slots } = program
  const entries: (Entry | null)[] = []
  let read = 0
  for (const { node, key } of sources) {
    const entry = (key === null ? results.get(node) : loan?.find(node)) ?? null
    if (entry === null) read++
    entries.push(entry)
  }
  loan?.note(sources.length - read, read + operations.length)
  const lengths = new Array<number>(read).fill(Number.POSITIVE_INFINITY)
  const stride = strideOf({ lengths, slots: slots + 1, longest: Number.POSITIVE_INFINITY })
  return { program, entries, stride }
}

/**
 * Looks how long the bitmaps are of a walk that reads very many, and so would read them in parts too small to be kept:
 * most often they are short.
 */
export async function measure(prepared: Prepared, source: BitSource): Promise<Prepared> {
  const { program, entries, stride } = prepared
  if (stride.unit === CHUNK_MAX) return prepared
  const keys = program.sources.flatMap(({ key }, i) => (key === null || entries[i] ? [] : [key]))
  const lengths = await source.readLengths(keys)
  const kept = entries.map((entry) => (entry ? entry.table.length * CHUNK_MAX : 0))
  const longest = [...lengths, ...kept].reduce((most, length) => Math.max(most, length), 0)
  return { ...prepared, stride: strideOf({ lengths, slots: program.slots + 1, longest }) }
}

interface Parts extends Prepared {
  readonly plan: Plan
  readonly outputs: readonly Node[]
  readonly walk: Walk
  readonly loan: Loan | null
  readonly trust: Trust | null
}

interface Made {
  readonly node: Node
  /** Empty of a result. */
  readonly key: string
  /** Null where it will not be kept. */
  readonly filling: Filling | null
}

/** What all that a walk makes shares. */
interface Shared {
  readonly heap: Heap
  readonly loan: Loan | null
  /** Bytes of a unit. */
  readonly unit: number
}

/** A bitmap that a walk reads or makes, and may leave in the cache. */
class Making implements Leaf, Input {
  readonly node: Node
  readonly key: string
  readonly table: Table
  private readonly filling: Filling | null

  constructor(
    { node, key, filling }: Made,
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

/** One walk under way. */
export class Run {
  private readonly machine: Machine
  /** Bitmaps that are read. */
  private readonly read: readonly Making[]
  /** Results that are to be kept. */
  private readonly results: readonly Making[]
  private readonly shared: Shared
  private isWhole = false

  constructor(
    private readonly heap: Heap,
    private readonly parts: Parts,
  ) {
    const { program, entries, stride, walk, loan } = parts
    this.shared = { heap, loan, unit: stride.unit }
    const covered = this.covered()
    const read: Making[] = []
    const inputs = program.sources.map(({ node, key }, i): Input => {
      const entry = entries[i]
      if (entry) return { table: entry.table, unit: CHUNK_MAX }
      const making = this.make(node, key ?? '', covered[node] === 1)
      read.push(making)
      return making
    })
    this.read = read
    this.results = this.keptResults(covered)
    this.machine = new Machine(heap, program, inputs, stride.unit)
    for (const entry of entries) if (entry) walk.age?.note(entry.asOf)
  }

  /** The blocks in which anybody is. */
  async *blocks(reader: PieceReader): AsyncGenerator<Block> {
    const { heap, machine } = this
    const { stride, walk } = this.parts
    const { signal, from: first = 0 } = walk
    const from = Math.floor(first / (8 * stride.unit))
    const block = new Block(machine)
    let unit = from
    for await (const end of readRounds(this.read, { reader, heap, stride, from, signal })) {
      for (; unit < end; unit++) if (await this.step(unit)) yield block
      for (const making of this.read) making.release(end)
    }
    const end = machine.end
    for (; unit < end; unit++) if (await this.step(unit)) yield block
    this.isWhole = from === 0
  }

  /** Leaves what was read and made to the cache, once it is known that nothing of it changed meanwhile. */
  async keep(trust: Trust, loan: Loan): Promise<void> {
    if (this.isWhole && loan.fillings.length > 0 && (await trust.seal())) await loan.keep(trust.asOf)
  }

  /** Gives the memory back, but for what is the cache's: that it gives back itself. */
  close(): void {
    this.machine.close()
    for (const making of this.read) making.release()
  }

  /** @returns whether anybody is in the unit */
  private async step(unit: number): Promise<boolean> {
    const { machine } = this
    if (isDue()) await nextTurn()
    this.parts.walk.signal?.throwIfAborted()
    if (!machine.load(unit)) return false
    await machine.run()
    for (const result of this.results) {
      const chunk = machine.chunkOf(result.node)
      if (chunk === EMPTY_CHUNK || !result.isKept) continue
      result.grow(lengthOf(chunk))
      if (result.isKept) result.put(unit, this.heap.copy(chunk))
      if (isDue()) await nextTurn()
    }
    return true
  }

  private make(node: Node, key: string, isCovered: boolean): Making {
    const { loan } = this.shared
    const filling = isCovered && loan ? loan.fill(node) : null
    return new Making({ node, key, filling }, this.shared)
  }

  /** By node: whether what changes in it becomes known, so that it can be kept. */
  private covered(): Uint8Array {
    const { plan, loan, trust, stride, walk } = this.parts
    const covered = new Uint8Array(plan.steps.length)
    // What is read in smaller steps, or not from the beginning on, is not kept.
    if (!loan || !trust || stride.unit < CHUNK_MAX || (walk.from ?? 0) > 0) return covered
    const isAllThere = this.parts.program.operations.length === 0 && !this.parts.entries.includes(null)
    if (isAllThere) return covered
    for (const [node, step] of plan.steps.entries()) {
      const isCovered =
        step.op === 'leaf' ? trust.covers(step.key) : step.inputs.every((input) => covered[input] === 1)
      covered[node] = isCovered ? 1 : 0
    }
    return covered
  }

  /** Of the outputs those that are computed and can be kept. */
  private keptResults(covered: Uint8Array): readonly Making[] {
    const { program, outputs, loan } = this.parts
    if (!loan || program.operations.length === 0) return []
    const computed = new Set(program.operations.map(({ node }) => node))
    const kept = [...new Set(outputs)].filter((node) => computed.has(node) && covered[node] === 1)
    return kept.map((node) => this.make(node, '', true))
  }
}
