import { addressOf, type Chunk, EMPTY_CHUNK, lengthOf } from './kernel/chunk'
import type { Machine } from './machine'
import type { Node, SignedNode } from './plan'
import { isDue } from './turn'

/** One stretch of the id space of every bitmap of a walk; valid until the walk goes on. */
export class Block {
  /**
   * @param keptUnits where all memory of all blocks stays until the walk's end: how many blocks there are at most; 0 where
   * it may be used for another block
   */
  constructor(
    private readonly machine: Machine,
    readonly keptUnits: number,
  ) {}

  /** The user id of the block's first bit. */
  get firstId(): number {
    return this.machine.unit * this.machine.unitBytes * 8
  }

  /** Users of a bitmap in this block. */
  count(node: Node): number {
    return this.bitsOf(this.machine.chunkOf(node))
  }

  /** Whether a bitmap has users in this block. */
  has(node: Node): boolean {
    return this.machine.chunkOf(node) !== EMPTY_CHUNK
  }

  /** A bitmap's part in the kernel's memory. */
  chunk(node: Node): Chunk {
    return this.machine.chunkOf(node)
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
    const { machine } = this
    let left = machine.chunkOf(row)
    let users = this.bitsOf(left)
    columns.forEach(({ node, complement }, k) => {
      const column = machine.chunkOf(node)
      const cutting = (how === 'drop') === complement
      if (cutting && column === EMPTY_CHUNK) {
        left = EMPTY_CHUNK
        users = 0
      } else if (left !== EMPTY_CHUNK && column !== EMPTY_CHUNK) {
        left = machine.combineAside(cutting ? 'and' : 'minus', left, column)
        users = this.bitsOf(left)
      }
      each(k, users)
    })
  }

  /**
   * Adds to `counts[v]` how many users are in exactly v of the bitmaps, v ≥ 1.
   * @param nodes 31 at most @param counts one longer than `nodes`
   */
  countVertical(nodes: readonly Node[], counts: Float64Array): void {
    this.machine.heap.kernel.countVertical(
      nodes.map((node) => this.machine.chunkOf(node)),
      counts,
    )
  }

  /** The bytes of a bitmap in this block (empty where it has no users); a view, gone when the walk goes on. */
  bytes(node: Node): Uint8Array {
    const chunk = this.machine.chunkOf(node)
    const address = addressOf(chunk)
    return this.machine.heap.kernel.bytes.subarray(address, address + lengthOf(chunk))
  }

  /** Whether it is time for other requests to get a turn. */
  isDue(): boolean {
    return isDue()
  }

  private bitsOf(chunk: Chunk): number {
    return chunk === EMPTY_CHUNK ? 0 : this.machine.heap.kernel.count(addressOf(chunk), lengthOf(chunk))
  }
}
