import type { Block } from './block'
import type { Crew } from './crew'
import { CHUNK_MAX } from './kernel/chunk'
import type { Heap } from './kernel/heap'
import type { Node } from './plan'
import { isDue, nextTurn } from './turn'

/** Bytes of columns that rows meet before others get a turn: one or two milliseconds. */
const CALL_BYTES = 64 * 1024 * 1024
/** Bytes of columns that rows likely meet, from which on a grid is shared with the crew: to wake it up takes its time. */
const SHARED_BYTES = 64 * 1024 * 1024

/** The sets of a grid, and which of them meet. */
export interface GridShape {
  readonly rows: readonly Node[]
  readonly columns: readonly Node[]
  /** Of each row the columns that count, from and before. */
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

/** A grid's table in the kernel's memory, and who has room in it. */
interface Table {
  /** Doubles: of each thread the bits of each row, and of all cells. */
  readonly sums: number
  /** 32-bit words: see `GridTables`. */
  readonly ranges: number
  /** 32-bit words: of each unit the chunks of all rows, and of all columns. */
  readonly chunks: number
  readonly byteLength: number
  readonly threads: number
}

/**
 * Sums over blocks: of each row, and of what it shares with each of its columns. Where all blocks stay in memory until
 * the walk's end, and are many, a crew counts beside this thread.
 */
export class Grid {
  /** Columns that any row meets at most. */
  private readonly stride: number
  private table: Table | null = null
  /** The crew, while it counts. */
  private crew: Crew | null = null
  /** Units that are listed for it. */
  private listed = 0

  constructor(
    private readonly heap: Heap,
    private readonly shape: GridShape,
    /** Threads that may help. */
    private readonly helpers: Crew | null,
  ) {
    this.stride = shape.ranges.reduce((most, [from, to]) => Math.max(most, to - from), 0)
  }

  /** Adds a block's users, if not at once then by the time that the grid is settled. */
  async add(block: Block): Promise<void> {
    const table = this.table ?? this.open(block)
    if (!this.list(table, block)) return
    if (this.crew === null) await this.count(table, 0)
    else {
      this.crew.list(this.partsAUnit)
      this.listed++
    }
  }

  /**
   * Makes sure that all blocks are added; to be awaited while they are in memory.
   * @throws the signal's reason
   */
  async settle(signal?: AbortSignal): Promise<void> {
    const { crew, table } = this
    if (crew === null || table === null) return
    while (crew.help()) {
      signal?.throwIfAborted()
      if (isDue()) await nextTurn()
    }
    this.crew = null
    if (await crew.end()) return
    this.doubles(table.sums, table.threads * this.sumsLength).fill(0)
    for (let unit = 0; unit < this.listed; unit++) {
      signal?.throwIfAborted()
      await this.count(table, unit)
    }
  }

  /**
   * Users of each row, and, `width` numbers a row, those whom it shares with each column of its range.
   * @param width at least as many as any range has columns
   */
  sums(width: number): { readonly sizes: Float64Array; readonly cells: Float64Array } {
    const { stride, table, sumsLength } = this
    const n = this.shape.rows.length
    const sizes = new Float64Array(n)
    const cells = new Float64Array(n * width)
    for (let thread = 0; table !== null && thread < table.threads; thread++) {
      const all = this.doubles(table.sums + 8 * thread * sumsLength, sumsLength)
      for (let r = 0; r < n; r++) {
        sizes[r] = (sizes[r] ?? 0) + (all[r] ?? 0)
        for (let k = 0; k < stride; k++)
          cells[r * width + k] = (cells[r * width + k] ?? 0) + (all[n + r * stride + k] ?? 0)
      }
    }
    return { sizes, cells }
  }

  /** Gives the memory back. */
  async close(): Promise<void> {
    const { crew, table } = this
    this.crew = null
    this.table = null
    await crew?.end()
    if (table !== null) this.heap.releaseTable(table.sums, table.byteLength)
  }

  /** Rows that are counted in one go. */
  private get rowsAPart(): number {
    return Math.max(1, Math.floor(CALL_BYTES / (CHUNK_MAX * Math.max(1, this.stride))))
  }

  private get partsAUnit(): number {
    return Math.ceil(this.shape.rows.length / this.rowsAPart)
  }

  /** Doubles of one thread's sums. */
  private get sumsLength(): number {
    return this.shape.rows.length * (1 + this.stride)
  }

  /** @param block the first one */
  private open(block: Block): Table {
    const { heap, shape, sumsLength } = this
    const { rows, columns, ranges } = shape
    const threads = 1 + (this.isLarge(block) ? (this.helpers?.free ?? 0) : 0)
    const [sumsBytes, rangesBytes] = [8 * threads * sumsLength, 8 * rows.length]
    const chunksBytes = 4 * (rows.length + columns.length) * (threads > 1 ? block.keptUnits : 1)
    const byteLength = sumsBytes + rangesBytes + chunksBytes
    const sums = heap.allocateTable(byteLength)
    const table = {
      sums,
      ranges: sums + sumsBytes,
      chunks: sums + sumsBytes + rangesBytes,
      byteLength,
      threads,
    }
    this.doubles(sums, threads * sumsLength).fill(0)
    const words = this.words(table.ranges, 2 * rows.length)
    ranges.forEach(([from, to], r) => {
      words[2 * r] = from
      words[2 * r + 1] = to
    })
    this.table = table
    if (this.helpers !== null && threads > 1) this.share(this.helpers, table)
    return table
  }

  /** Where as many rows are somewhere else as in the first block. */
  private isLarge(block: Block): boolean {
    let bytes = 0
    for (const row of this.shape.rows) if (block.has(row)) bytes += block.keptUnits * this.stride * CHUNK_MAX
    return bytes >= SHARED_BYTES
  }

  private share(crew: Crew, { sums, ranges, chunks }: Table): void {
    const { rowsAPart, partsAUnit, stride, sumsLength, shape } = this
    const [rows, columns] = [shape.rows.length, shape.columns.length]
    crew.begin({ partsAUnit, rowsAPart, rows, columns, chunks, ranges, sums, sumsLength, stride })
    this.crew = crew
  }

  /** Lists the chunks of a block's unit: the next one's, or the only one's. @returns whether a row has any */
  private list(table: Table, block: Block): boolean {
    const { rows, columns } = this.shape
    const words = this.words(this.chunksOf(table, this.listed), rows.length + columns.length)
    let any = false
    for (let i = 0; i < rows.length; i++) {
      const chunk = block.chunk(rows[i] as Node)
      words[i] = chunk
      if (chunk !== 0) any = true
    }
    if (any) for (let i = 0; i < columns.length; i++) words[rows.length + i] = block.chunk(columns[i] as Node)
    return any
  }

  /** Counts a unit here. */
  private async count(table: Table, unit: number): Promise<void> {
    const { stride, rowsAPart } = this
    const n = this.shape.rows.length
    const rows = this.chunksOf(table, unit)
    const { sums, ranges } = table
    const grid = { rows, columns: rows + 4 * n, ranges, sizes: sums, counts: sums + 8 * n, stride }
    for (let first = 0; first < n; first += rowsAPart) {
      this.heap.kernel.countGrid(grid, first, Math.min(n, first + rowsAPart))
      if (isDue()) await nextTurn()
    }
  }

  private chunksOf({ chunks }: Table, unit: number): number {
    return chunks + 4 * unit * (this.shape.rows.length + this.shape.columns.length)
  }

  // Views are made anew each time: they end when the memory grows.
  private words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.heap.kernel.bytes.buffer, address, length)
  }

  private doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.heap.kernel.bytes.buffer, address, length)
  }
}
