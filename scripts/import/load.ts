import { BitcohortError, type Bitmapist, type Mark } from '../../lib/bitmapist'
import type { Columns } from './arguments'
import type { Input } from './input'
import { marksOf } from './marks'
import { readRows } from './rows'

/** Marks of one write: enough to group many bits a key, few enough to keep memory small. */
const MARKS_A_BATCH = 20_000
/** So many rejected rows are told one by one. */
export const REASONS_TOLD = 10

export interface Rejection {
  readonly file: string
  readonly line: number
  readonly reason: string
}

/** What an import has done so far. */
export interface Tally {
  /** Rows read, without headers and blank lines. */
  rows: number
  /** Rows that Redis holds. */
  marked: number
  rejected: number
  /** The first ones. */
  readonly rejections: Rejection[]
  /** Bytes read, as stored. */
  bytes: number
}

export interface LoadOptions {
  readonly bitmapist: Bitmapist
  readonly maxUserId: number
  readonly columns: Columns
  readonly tally: Tally
  /** Called after each piece. */
  readonly report: () => void
}

export function emptyTally(): Tally {
  return { rows: 0, marked: 0, rejected: 0, rejections: [], bytes: 0 }
}

/**
 * Imports one input. One batch is written while the next is read, and no third one is begun before the first is
 * in Redis: memory stays bounded, whatever the sizes and speeds.
 */
export async function load(input: Input, { tally, report, columns, ...options }: LoadOptions): Promise<void> {
  const writer = new Writer(options.bitmapist, tally)
  const onBytes = (count: number) => {
    tally.bytes += count
  }
  try {
    for await (const rows of readRows(input, columns, onBytes)) {
      for (const row of rows) {
        tally.rows++
        const result =
          'reason' in row ? row.reason : marksOrReason(() => marksOf(row.cells, columns, options.maxUserId))
        if (typeof result !== 'string') writer.add(result)
        else reject(tally, { file: input.name, line: row.line, reason: result })
      }
      if (writer.isFull) await writer.write()
      report()
    }
  } finally {
    // What was read before a file broke off counts as read: it is written too.
    await writer.finish()
    report()
  }
}

function marksOrReason(marks: () => readonly Mark[]): readonly Mark[] | string {
  try {
    return marks()
  } catch (error) {
    if (error instanceof BitcohortError) return error.message
    throw error
  }
}

function reject(tally: Tally, rejection: Rejection): void {
  tally.rejected++
  if (tally.rejections.length < REASONS_TOLD) tally.rejections.push(rejection)
}

class Writer {
  private marks: Mark[] = []
  private rows = 0
  private writing: Promise<void> = Promise.resolve()

  constructor(
    private readonly bitmapist: Bitmapist,
    private readonly tally: Tally,
  ) {}

  get isFull(): boolean {
    return this.marks.length >= MARKS_A_BATCH
  }

  add(marks: readonly Mark[]): void {
    this.marks.push(...marks)
    this.rows++
  }

  /** Hands the batch on once the one before is written. */
  async write(): Promise<void> {
    await this.writing
    const { marks, rows } = this
    this.marks = []
    this.rows = 0
    this.writing = this.bitmapist.mark(marks).then(() => {
      this.tally.marked += rows
    })
    // A failure is met by the next await, which may come later.
    this.writing.catch(() => {})
  }

  async finish(): Promise<void> {
    if (this.rows > 0) await this.write()
    await this.writing
  }
}
