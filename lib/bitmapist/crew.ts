import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { MOST_THREADS, type SharedKernel } from './kernel/kernel'
import { nextTurn } from './turn'

/** What the threads share, in the memory's first page: as kernel/assembly/shared.ts names it. */
const AT = 49_152
const BELL = 0
const BEGUN = 1
const OVER = 2
const OPEN = 3
const BUSY = 4
const LISTED = 5
const TAKEN = 6
const GRID = 7
const WORDS = 16

/** A helper's whole program. */
const HELPER = `
const { module, memory, thread } = require('node:worker_threads').workerData
new WebAssembly.Instance(module, { env: { memory } }).exports.serve(thread)
`

/** A grid that several threads count: addresses are of the kernel's memory. */
export interface SharedGrid {
  /** Its parts are so many rows of a unit each, unit by unit. */
  readonly partsAUnit: number
  readonly rowsAPart: number
  readonly rows: number
  readonly columns: number
  /** 32-bit words: of each unit the chunks of all rows, and of all columns. */
  readonly chunks: number
  /** As in `GridTables`. */
  readonly ranges: number
  /** Doubles to be added to: of each thread, from the one that asks on, the bits of each row, and of all cells. */
  readonly sums: number
  /** Doubles of one thread's sums. */
  readonly sumsLength: number
  readonly stride: number
}

/**
 * Threads that count a grid beside the one that asks, one grid at a time. They begin when they are first wanted, keep no
 * process alive, and take no time while there is nothing to count.
 */
export class Crew {
  private readonly state: Int32Array
  private readonly helpers: Worker[] = []
  private isClosed = false
  /** Whether a helper ended: nobody knows what it has counted. */
  private isLost = false

  /** @param size threads beside this one: as many as there are processors for unless given */
  constructor(
    private readonly kernel: SharedKernel,
    private readonly size = Math.min(MOST_THREADS, availableParallelism()) - 1,
  ) {
    this.state = new Int32Array(kernel.memory.buffer, AT, WORDS)
  }

  /** Threads that would help with a grid now: 0 while they count another one, or begin. */
  get free(): number {
    if (this.isClosed || this.isLost || this.size < 1) return 0
    if (this.helpers.length === 0 && !this.start()) return 0
    const isIdle = Atomics.load(this.state, OPEN) === 0 && Atomics.load(this.state, BUSY) === 0
    return isIdle && Atomics.load(this.state, BEGUN) === this.size ? this.size : 0
  }

  /** Begins a grid, of which nothing may be counted yet. Only where threads are free. */
  begin(grid: SharedGrid): void {
    const { partsAUnit, rowsAPart, rows, columns, chunks, ranges, sums, sumsLength, stride } = grid
    const words = [partsAUnit, rowsAPart, rows, columns, chunks, ranges, sums, 8 * sumsLength, stride]
    this.state.set(words, GRID)
    Atomics.store(this.state, LISTED, 0)
    Atomics.store(this.state, TAKEN, 0)
    Atomics.store(this.state, OPEN, 1)
  }

  /** So many parts more may be counted: their chunks are listed. */
  list(parts: number): void {
    Atomics.add(this.state, LISTED, parts)
    this.ring()
  }

  /** Counts a part that nobody has taken, here. @returns whether there was one */
  help(): boolean {
    return this.kernel.countPart(0)
  }

  /**
   * Ends the grid; parts that nobody has taken are not counted any more. Then no thread touches its tables.
   * @returns whether all that was taken is counted
   */
  async end(): Promise<boolean> {
    const { state } = this
    Atomics.store(state, TAKEN, Atomics.load(state, LISTED))
    Atomics.store(state, OPEN, 0)
    // A part takes less than a millisecond.
    while (Atomics.load(state, BUSY) !== 0 && !this.isLost) await nextTurn()
    if (!this.isLost) return true
    await Promise.all(this.helpers.map((helper) => helper.terminate()))
    return false
  }

  /** Ends the threads. */
  close(): void {
    this.isClosed = true
    Atomics.store(this.state, OVER, 1)
    this.ring()
  }

  /** To wake a thread up takes longer than a small part: who looks for parts sees that the bell rang, and looks again. */
  private ring(): void {
    Atomics.add(this.state, BELL, 1)
    if (Atomics.load(this.state, BUSY) < this.size) Atomics.notify(this.state, BELL)
  }

  /** @returns whether threads may be had */
  private start(): boolean {
    try {
      for (let thread = 1; thread <= this.size; thread++) this.helpers.push(this.helper(thread))
    } catch {
      // A process may be allowed none, or have no memory for them.
      this.isLost = true
    }
    return !this.isLost
  }

  private helper(thread: number): Worker {
    const { module, memory } = this.kernel
    const workerData = { module, memory, thread }
    const helper = new Worker(HELPER, { eval: true, workerData, execArgv: [], name: 'bitmaps' })
    for (const event of ['error', 'exit'])
      helper.on(event, () => {
        this.isLost = true
      })
    helper.unref()
    return helper
  }
}
