import type { Kernel } from './kernel/kernel'
import type { Node, Plan, SignedNode } from './plan'
import { blockSize, layOut, type Operation, type Program } from './program'
import { type Piece, readRounds } from './rounds'
import type { BitSource } from './store/source'

/** Bytes of kernel work after which other requests get a turn: a few milliseconds. */
const SLICE_BYTES = 48 * 1024 * 1024
/** Kernels kept for the next report; each holds up to about 30 MB. */
const IDLE_KERNELS = 2

/** How a walk goes. */
export interface Walk {
  /** Stops reads and computing with its reason. */
  readonly signal?: AbortSignal | undefined
  /** The walk begins with the block that holds this user id; 0 unless given. */
  readonly from?: number
}

/** Runs plans over bitmaps. Reports that run at once have a kernel, and so memory, each. */
export class Engine {
  private readonly idle: Kernel[] = []

  constructor(
    readonly source: BitSource,
    private readonly createKernel: () => Kernel,
  ) {}

  /**
   * Walks the id space in ascending order, one block at a time, while the next block's pieces are read.
   * Blocks in which no bitmap has bytes are not walked: without any user there is none.
   * @param outputs the nodes that the caller will look at
   */
  async *blocks(
    plan: Plan,
    outputs: readonly Node[],
    { signal, from = 0 }: Walk = {},
  ): AsyncGenerator<Block> {
    const program = layOut(plan.steps, outputs)
    // One slot more: a row's running set.
    const size = blockSize(program.slots + 1)
    const first = Math.floor(from / (8 * size)) * size
    const kernel = this.idle.pop() ?? this.createKernel()
    try {
      const base = kernel.reserve((program.slots + 1) * size)
      const reader = await this.source.openReader()
      const rounds = readRounds(reader, program.leaves, { first, size, signal })
      for await (const { pieces, offset } of rounds) {
        const block = new Block(kernel, program, { base, size, offset })
        block.load(pieces)
        for (const operation of program.operations) {
          block.run(operation)
          if (block.isDue()) await nextTurn()
        }
        yield block
      }
    } finally {
      if (this.idle.length < IDLE_KERNELS) this.idle.push(kernel)
    }
  }
}

/** Lets other work of the process go on. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

interface Place {
  readonly base: number
  readonly size: number
  readonly offset: number
}

/** One block of every bitmap of a program, in the kernel's memory; valid until the walk goes on. */
export class Block {
  /** Bytes: the longest piece, up to a multiple of 16. */
  length = 0
  /** Where each bitmap that has users in this block lies; the others are absent. */
  private readonly pointers = new Map<Node, number>()
  private work = 0

  constructor(
    private readonly kernel: Kernel,
    private readonly program: Program,
    private readonly place: Place,
  ) {}

  /** The user id of the block's first bit. */
  get firstId(): number {
    return this.place.offset * 8
  }

  load(pieces: readonly Piece[]): void {
    const longest = pieces.reduce((most, { at, bytes }) => Math.max(most, at + bytes.byteLength), 0)
    this.length = Math.ceil(longest / 16) * 16
    for (const { leaf, at, bytes } of pieces) {
      const pointer = this.pointerOf(leaf.slot)
      const end = pointer + at + bytes.byteLength
      this.kernel.bytes.fill(0, pointer, pointer + at)
      this.kernel.bytes.set(bytes, pointer + at)
      this.kernel.bytes.fill(0, end, pointer + this.length)
      if (!this.kernel.isZero(pointer, this.length)) this.pointers.set(leaf.node, pointer)
    }
  }

  run({ op, node, slot, inputs }: Operation): void {
    const pointers = inputs.map((input) => this.pointers.get(input))
    if (op === 'and' ? pointers.includes(undefined) : op === 'minus' && pointers[0] === undefined) return
    const [first, ...rest] = pointers.filter((pointer) => pointer !== undefined)
    if (first === undefined) return
    const result = this.fold(op, this.pointerOf(slot), first, rest)
    if (op === 'or' || !this.kernel.isZero(result, this.length)) this.pointers.set(node, result)
  }

  private fold(op: Operation['op'], target: number, first: number, rest: readonly number[]): number {
    if (rest.length === 0) {
      // A leaf keeps its slot and can be shared; a result's slot may be given to another.
      if (first < this.pointerOf(this.program.leaves.length)) return first
      this.kernel.bytes.copyWithin(target, first, first + this.length)
    }
    let left = first
    for (const right of rest) {
      this.kernel[op](target, left, right, this.length)
      left = target
    }
    this.work += this.length * (rest.length + 1)
    return target
  }

  private pointerOf(slot: number): number {
    return this.place.base + slot * this.place.size
  }

  /** Users of a bitmap in this block. */
  count(node: Node): number {
    const pointer = this.pointers.get(node)
    this.work += this.length
    return pointer === undefined ? 0 : this.kernel.count(pointer, this.length)
  }

  /** Whether a bitmap has users in this block. */
  has(node: Node): boolean {
    return this.pointers.has(node)
  }

  /** Adds to `counts[k]` the users that `row` shares with `columns[k]`. */
  countPairs(row: Node, columns: readonly Node[], counts: Float64Array): void {
    const pointer = this.pointers.get(row)
    if (pointer === undefined) return
    const present = columns.flatMap((column, k) => {
      const at = this.pointers.get(column)
      return at === undefined ? [] : [[k, at] as const]
    })
    const found = new Float64Array(present.length)
    this.kernel.countPairs(
      pointer,
      present.map(([, at]) => at),
      this.length,
      found,
    )
    present.forEach(([k], i) => {
      counts[k] = (counts[k] ?? 0) + (found[i] ?? 0)
    })
    this.work += this.length * present.length
  }

  /**
   * Narrows a row column by column: `keep` leaves those who are in each, `drop` those who are in none.
   * @param each is told the users that are left after each column
   */
  narrow(
    row: Node,
    columns: readonly SignedNode[],
    how: 'keep' | 'drop',
    each: (k: number, users: number) => void,
  ) {
    const target = this.pointerOf(this.program.slots)
    let left = this.pointers.get(row)
    columns.forEach(({ node, complement }, k) => {
      const column = this.pointers.get(node)
      const cutting = (how === 'drop') === complement
      if (left !== undefined && column !== undefined) {
        this.kernel[cutting ? 'and' : 'minus'](target, left, column, this.length)
        this.work += this.length
        left = this.kernel.isZero(target, this.length) ? undefined : target
      } else if (cutting) left = undefined
      each(k, left === undefined ? 0 : this.kernel.count(left, this.length))
      this.work += this.length
    })
  }

  /** The bytes of a bitmap in this block (empty where it has no users); a view, gone when the walk goes on. */
  bytes(node: Node): Uint8Array {
    const pointer = this.pointers.get(node)
    return pointer === undefined
      ? new Uint8Array()
      : this.kernel.bytes.subarray(pointer, pointer + this.length)
  }

  /** Whether enough has been computed since it last said so for other requests to get a turn. */
  isDue(): boolean {
    if (this.work < SLICE_BYTES) return false
    this.work = 0
    return true
  }
}
