import { addressOf, CHUNK_MAX, type Chunk, EMPTY_CHUNK, lengthOf, orderFor } from './kernel/chunk'
import type { Heap } from './kernel/heap'
import type { SetOperation } from './kernel/kernel'
import type { Operation, Program } from './program'
import type { Table } from './table'
import { isDue, nextTurn } from './turn'

/** Operations between two looks at the clock. */
const OPERATIONS_A_LOOK = 32

/** Where a register's bitmap comes from. */
export interface Input {
  readonly table: Table
  /** Bytes of a place in the table: less than `CHUNK_MAX` where many bitmaps are read at once. */
  readonly unit: number
}

/** A program at work on one unit of the id space after the other: it names the chunk of each register. */
export class Machine {
  /** Which unit is at hand. */
  unit = 0
  /** By register. */
  private readonly chunks: Uint32Array
  /** By register: whether the chunk lies in an input's memory. */
  private readonly isLent: Uint8Array
  /** Chunks as long as what was computed into them yet; the last one is no register's. */
  private readonly slots: Chunk[]

  /**
   * @param inputs one a source of the program
   * @param unitBytes bytes of a unit
   */
  constructor(
    readonly heap: Heap,
    private readonly program: Program,
    private readonly inputs: readonly Input[],
    readonly unitBytes: number,
  ) {
    this.chunks = new Uint32Array(program.registers)
    this.isLent = new Uint8Array(program.registers).fill(1, 0, inputs.length)
    this.slots = new Array<Chunk>(program.slots + 1).fill(EMPTY_CHUNK)
  }

  /** The chunk of a node's bitmap. */
  chunkOf(node: number): Chunk {
    const register = this.program.registerOf[node] ?? -1
    return register < 0 ? EMPTY_CHUNK : (this.chunks[register] ?? EMPTY_CHUNK)
  }

  /** Combines two chunks in working memory that no register uses; one of them may be what was made there before. */
  combineAside(op: SetOperation, a: Chunk, b: Chunk): Chunk {
    // As long as any, from the beginning on: what lies there may be read.
    const target = this.room(this.program.slots, CHUNK_MAX)
    return this.heap.kernel.combine(op, target, a, b)
  }

  /** The unit after the last one in which an input has somebody, as far as they are read. */
  get end(): number {
    let bytes = 0
    for (const { table, unit } of this.inputs) bytes = Math.max(bytes, table.length * unit)
    return Math.ceil(bytes / this.unitBytes)
  }

  /** Takes the inputs' chunks of a unit. @returns whether anybody is there */
  load(unit: number): boolean {
    const { chunks, inputs, unitBytes } = this
    this.unit = unit
    let any = false
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i] as Input
      const all = input.table.chunks
      const chunk =
        input.unit === unitBytes ? (all[unit] ?? EMPTY_CHUNK) : partOf(all, unit * unitBytes, unitBytes)
      chunks[i] = chunk
      if (chunk !== EMPTY_CHUNK) any = true
    }
    return any
  }

  /** Computes the results of the unit. */
  async run(): Promise<void> {
    const { operations } = this.program
    for (let i = 0; i < operations.length; i++) {
      this.compute(operations[i] as Operation)
      if (i % OPERATIONS_A_LOOK === OPERATIONS_A_LOOK - 1 && isDue()) await nextTurn()
    }
  }

  /** Gives the working memory back. */
  close(): void {
    for (const slot of this.slots) if (slot !== EMPTY_CHUNK) this.heap.release(slot)
  }

  /** The address of a slot that has room for some bytes; what lay there is lost where it had not. */
  private room(slot: number, byteLength: number): number {
    const chunk = this.slots[slot] ?? EMPTY_CHUNK
    if (lengthOf(chunk) >= byteLength) return addressOf(chunk)
    if (chunk !== EMPTY_CHUNK) this.heap.release(chunk)
    const longer = this.heap.allocate(orderFor(byteLength))
    this.slots[slot] = longer
    return addressOf(longer)
  }

  private compute({ op, inputs, register, slot }: Operation): void {
    const { chunks, isLent } = this
    const { kernel } = this.heap
    let longest = 0
    for (let i = 0; i < inputs.length; i++)
      longest = Math.max(longest, lengthOf(chunks[inputs[i] ?? 0] ?? EMPTY_CHUNK))
    if (longest === 0) {
      chunks[register] = EMPTY_CHUNK
      return
    }
    const target = this.room(slot, longest)
    let lender = inputs[0] ?? 0
    let result = chunks[lender] ?? EMPTY_CHUNK
    let isOwn = false
    for (let i = 1; i < inputs.length; i++) {
      const input = inputs[i] ?? 0
      const chunk = chunks[input] ?? EMPTY_CHUNK
      if (op === 'and' && (result === EMPTY_CHUNK || chunk === EMPTY_CHUNK)) {
        result = EMPTY_CHUNK
        break
      }
      if (chunk === EMPTY_CHUNK) continue
      if (result !== EMPTY_CHUNK) {
        result = kernel.combine(op, target, result, chunk)
        isOwn = true
      } else if (op !== 'minus') {
        result = chunk
        lender = input
        isOwn = false
      }
    }
    const isLentOn = !isOwn && isLent[lender] === 1
    // An input's memory stays; a result's slot may be given to another.
    if (result !== EMPTY_CHUNK && !isOwn && !isLentOn) {
      const from = addressOf(result)
      kernel.copy(target, from, lengthOf(result))
      result = target + (result - from)
    }
    chunks[register] = result
    isLent[register] = isLentOn ? 1 : 0
  }
}

/** A unit of a bitmap whose chunks are longer ones. */
function partOf(chunks: Uint32Array, offset: number, unitBytes: number): Chunk {
  const chunk = chunks[Math.floor(offset / CHUNK_MAX)] ?? EMPTY_CHUNK
  const inside = offset % CHUNK_MAX
  const length = Math.min(lengthOf(chunk) - inside, unitBytes)
  return length <= 0 ? EMPTY_CHUNK : addressOf(chunk) + inside + orderFor(length)
}
