import type { Block } from './block'
import { CHUNK_MAX } from './kernel/chunk'
import type { Heap } from './kernel/heap'
import type { GridTables } from './kernel/kernel'
import type { Node } from './plan'
import { isDue, nextTurn } from './turn'

/** Bytes of columns that rows meet before others get a turn: one or two milliseconds. */
const CALL_BYTES = 64 * 1024 * 1024

/** The sets of a grid, and which of them meet. */
export interface GridShape {
  readonly rows: readonly Node[]
  readonly columns: readonly Node[]
  /** Of each row the columns that count, from and before. */
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

/** Sums over blocks: of each row, and of what it shares with each of its columns. Its memory is given back by `close`. */
export class Grid {
  private readonly tables: GridTables
  private readonly sizes: readonly [
    rows: number,
    columns: number,
    ranges: number,
    sizes: number,
    counts: number,
  ]

  constructor(
    private readonly heap: Heap,
    private readonly shape: GridShape,
  ) {
    const { rows, columns, ranges } = shape
    const stride = ranges.reduce((most, [from, to]) => Math.max(most, to - from), 0)
    const n = rows.length
    this.sizes = [4 * n, 4 * columns.length, 8 * n, 8 * n, 8 * n * stride]
    const [ofRows, ofColumns, ofRanges, sums, counts] = this.sizes.map((size) => heap.allocateTable(size))
    this.tables = {
      rows: ofRows ?? 0,
      columns: ofColumns ?? 0,
      ranges: ofRanges ?? 0,
      sizes: sums ?? 0,
      counts: counts ?? 0,
      stride,
    }
    this.words(this.tables.ranges, 2 * n).set(ranges.flat())
    this.doubles(this.tables.sizes, n).fill(0)
    this.doubles(this.tables.counts, n * stride).fill(0)
  }

  /** Adds a block's users. */
  async add(block: Block): Promise<void> {
    const { rows, columns } = this.shape
    if (!this.name(this.tables.rows, rows, block)) return
    this.name(this.tables.columns, columns, block)
    const step = Math.max(1, Math.floor(CALL_BYTES / (CHUNK_MAX * Math.max(1, this.tables.stride))))
    for (let first = 0; first < rows.length; first += step) {
      this.heap.kernel.countGrid(this.tables, first, Math.min(rows.length, first + step))
      if (isDue()) await nextTurn()
    }
  }

  /**
   * Users of each row, and, `width` numbers a row, those whom it shares with each column of its range.
   * @param width at least as many as any range has columns
   */
  sums(width: number): { readonly sizes: Float64Array; readonly cells: Float64Array } {
    const { sizes, counts, stride } = this.tables
    const n = this.shape.rows.length
    const all = this.doubles(counts, n * stride)
    const cells = new Float64Array(n * width)
    for (let r = 0; r < n; r++)
      for (let k = 0; k < stride; k++) cells[r * width + k] = all[r * stride + k] ?? 0
    return { sizes: this.doubles(sizes, n).slice(), cells }
  }

  close(): void {
    const { rows, columns, ranges, sizes, counts } = this.tables
    const addresses = [rows, columns, ranges, sizes, counts]
    for (const [i, address] of addresses.entries()) this.heap.releaseTable(address, this.sizes[i] ?? 0)
  }

  /** Names the chunks of nodes in a table. @returns whether any is not empty */
  private name(address: number, nodes: readonly Node[], block: Block): boolean {
    const words = this.words(address, nodes.length)
    let any = false
    for (let i = 0; i < nodes.length; i++) {
      const chunk = block.chunk(nodes[i] as Node)
      words[i] = chunk
      if (chunk !== 0) any = true
    }
    return any
  }

  // Views are made anew each time: they end when the memory grows.
  private words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.heap.kernel.bytes.buffer, address, length)
  }

  private doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.heap.kernel.bytes.buffer, address, length)
  }
}
