import { Block } from './block'
import type { Entry } from './cache'
import { CHUNK_MAX, EMPTY_CHUNK, lengthOf } from './kernel/chunk'
import type { Heap } from './kernel/heap'
import type { Loan } from './loan'
import { type Input, Machine } from './machine'
import { type Making, makingOf, type Shared } from './making'
import type { Node, Plan } from './plan'
import { layOut, type Operation, type Program, type Stride, strideOf } from './program'
import { readRounds } from './rounds'
import type { BitSource, PieceReader } from './store/source'
import type { Trust } from './store/tracker'
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
export async function prepare(
  { steps }: Plan,
  outputs: readonly Node[],
  loan: Loan | null,
): Promise<Prepared> {
  const results = new Map<Node, Entry>()
  const program = await layOut(steps, outputs, (node) => {
    const entry = loan?.find(node)
    if (entry) results.set(node, entry)
    return Boolean(entry)
  })
  const { sources, operations, slots } = program
  const entries: (Entry | null)[] = []
  let read = 0
  for (const [i, { node, key }] of sources.entries()) {
    if (isTimeToLook(i) && isDue()) await nextTurn()
    const entry = (key === null ? results.get(node) : loan?.find(node)) ?? null
    if (entry === null) read++
    entries.push(entry)
  }
  loan?.note(sources.length - read, read + operations.length)
  if (isDue()) await nextTurn()
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
  const keys: string[] = []
  let longest = 0
  for (const [i, { key }] of program.sources.entries()) {
    const entry = entries[i]
    if (entry) longest = Math.max(longest, entry.table.length * CHUNK_MAX)
    else if (key !== null) keys.push(key)
  }
  const lengths = await source.readLengths(keys)
  for (const length of lengths) longest = Math.max(longest, length)
  if (isDue()) await nextTurn()
  return { ...prepared, stride: strideOf({ lengths, slots: program.slots + 1, longest }) }
}

interface Parts extends Prepared {
  readonly plan: Plan
  readonly outputs: readonly Node[]
  readonly walk: Walk
  readonly loan: Loan | null
  readonly trust: Trust | null
}

/** What a run works with. */
interface Made {
  readonly machine: Machine
  /** Bitmaps that are read. */
  readonly read: readonly Making[]
  /** Results that are to be kept. */
  readonly results: readonly Making[]
}

/** One walk under way. */
export class Run {
  private readonly machine: Machine
  private readonly read: readonly Making[]
  private readonly results: readonly Making[]
  private isWhole = false

  private constructor(
    private readonly heap: Heap,
    private readonly parts: Parts,
    { machine, read, results }: Made,
  ) {
    this.machine = machine
    this.read = read
    this.results = results
  }

  /** Begins a walk; of a large one others get their turns meanwhile. */
  static async begin(heap: Heap, parts: Parts): Promise<Run> {
    const { program, entries, stride, walk, loan } = parts
    const shared = { heap, loan, unit: stride.unit }
    const covered = await coveredOf(parts)
    const behind = await behindOf(parts, covered)
    const read: Making[] = []
    const inputs: Input[] = []
    for (const [i, { node, key }] of program.sources.entries()) {
      const entry = entries[i]
      if (entry) {
        inputs.push({ table: entry.table, unit: CHUNK_MAX })
        walk.age?.note(entry.asOf)
        if (behind[i] === 1) loan?.noteInput(node)
        continue
      }
      if (isTimeToLook(i) && isDue()) await nextTurn()
      const worth = covered[node] === 1 ? (behind[i] === 1 ? 'input' : 'leaf') : null
      const making = makingOf({ node, key: key ?? '', worth }, shared)
      read.push(making)
      inputs.push(making)
    }
    const results = await keptResults(parts, covered, shared)
    return new Run(heap, parts, { machine: new Machine(heap, program, inputs, stride.unit), read, results })
  }

  /** The blocks in which anybody is. */
  async *blocks(reader: PieceReader): AsyncGenerator<Block> {
    const { heap, machine } = this
    const { stride, walk, program } = this.parts
    const { signal, from: first = 0 } = walk
    const from = Math.floor(first / (8 * stride.unit))
    const isKept = this.read.length === 0 && program.operations.length === 0
    const block = new Block(machine, isKept ? machine.end : 0)
    let unit = from
    for await (const end of readRounds(this.read, { reader, heap, stride, from, signal })) {
      for (; unit < end; unit++) if (await this.step(unit)) yield block
      await this.release(end)
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
  async close(): Promise<void> {
    this.machine.close()
    await this.release()
  }

  /** @param end see `Making.release` */
  private async release(end?: number): Promise<void> {
    for (const [i, making] of this.read.entries()) {
      if (isTimeToLook(i) && isDue()) await nextTurn()
      making.release(end)
    }
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
}

/** Items between two looks at the clock. */
const ITEMS_A_LOOK = 512

function isTimeToLook(i: number): boolean {
  return i % ITEMS_A_LOOK === 0
}

/** By node: whether what changes in it becomes known, so that it can be kept. */
async function coveredOf({ plan, program, entries, loan, trust, stride, walk }: Parts): Promise<Uint8Array> {
  const { steps } = plan
  const covered = new Uint8Array(steps.length)
  // What is read in smaller steps, or not from the beginning on, is not kept.
  if (!loan || !trust || stride.unit < CHUNK_MAX || (walk.from ?? 0) > 0) return covered
  const isAllThere = program.operations.length === 0 && !entries.includes(null)
  if (isAllThere) return covered
  for (let node = 0; node < steps.length; node++) {
    if (isTimeToLook(node) && isDue()) await nextTurn()
    const step = steps[node]
    if (step === undefined) continue
    const isCovered =
      step.op === 'leaf' ? trust.covers(step.key) : step.inputs.every((input) => covered[input] === 1)
    covered[node] = isCovered ? 1 : 0
  }
  return covered
}

/** By source: whether it is a key's, of which only results are made that can be kept. */
async function behindOf({ program, outputs, loan }: Parts, covered: Uint8Array): Promise<Uint8Array> {
  const { sources, operations, registers, registerOf } = program
  const behind = new Uint8Array(sources.length)
  if (!loan || operations.length === 0) return behind
  /** By register: whether it is asked for, and whether something is made of it that cannot be kept. */
  const isOutput = new Uint8Array(registers)
  const isNeeded = new Uint8Array(registers)
  for (const node of outputs) isOutput[registerOf[node] ?? -1] = 1
  isNeeded.set(isOutput)
  for (let i = operations.length - 1; i >= 0; i--) {
    if (isTimeToLook(i) && isDue()) await nextTurn()
    const { node, register, inputs } = operations[i] as Operation
    if (isNeeded[register] === 0 || (isOutput[register] === 1 && covered[node] === 1)) continue
    for (const input of inputs) isNeeded[input] = 1
  }
  for (const [i, { key }] of sources.entries()) behind[i] = key !== null && isNeeded[i] === 0 ? 1 : 0
  return behind
}

/** Of the outputs those that are computed and can be kept. */
async function keptResults({ program, outputs, loan }: Parts, covered: Uint8Array, shared: Shared) {
  const results: Making[] = []
  if (!loan || program.operations.length === 0) return results
  const computed = new Set<Node>()
  for (const { node } of program.operations) computed.add(node)
  let i = 0
  for (const node of new Set(outputs)) {
    if (isTimeToLook(i++) && isDue()) await nextTurn()
    if (computed.has(node) && covered[node] === 1)
      results.push(makingOf({ node, key: '', worth: 'result' }, shared))
  }
  return results
}
