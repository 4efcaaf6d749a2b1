import type { Bitmapist, IdMode, Mark, UserId } from '../../lib/bitmapist'
import type { Checkpoint } from './checkpoint'
import type { Place, ReadRow, Sink } from './load'
import type { Tally } from './tally'

/** Marks of one write: the more, the oftener a bit of a week or month is one that others have set already. */
const MARKS_A_BATCH = 50_000

export interface WriterOptions {
  readonly bitmapist: Bitmapist<IdMode>
  readonly tally: Tally
  /** How long the file of rejected rows is. */
  readonly rejectedBytes: () => number
  /** Told of each batch that Redis holds, once it does. */
  readonly onWritten: (checkpoint: Checkpoint) => Promise<void>
}

/**
 * Marks rows in batches. One is written while the next is read, and no third one is begun before the first is in
 * Redis: memory stays bounded, whatever the sizes and speeds.
 */
export class Writer implements Sink {
  /** Rows that Redis holds, of this run. */
  written = 0
  private marks: Mark<UserId>[] = []
  private rows = 0
  private writing: Promise<void> = Promise.resolve()

  constructor(private readonly options: WriterOptions) {}

  get isFull(): boolean {
    return this.marks.length >= MARKS_A_BATCH
  }

  add({ marks }: ReadRow): void {
    for (const mark of marks) this.marks.push(mark)
    this.rows++
  }

  report(): string {
    return ''
  }

  /** Hands the batch on once the one before is written. */
  async flush(here: Place): Promise<void> {
    const { bitmapist, rejectedBytes, onWritten } = this.options
    await this.writing
    const { marks, rows } = this
    this.marks = []
    this.rows = 0
    const checkpoint = {
      ...here,
      tally: structuredClone(this.options.tally),
      rejectedBytes: rejectedBytes(),
    }
    this.writing = bitmapist.mark(marks).then(() => {
      this.written += rows
      return onWritten(checkpoint)
    })
    // A failure is met by the next await, which may come later.
    this.writing.catch(() => {})
  }

  /** Writes what is left. */
  async finish(here: Place): Promise<void> {
    if (this.rows > 0) await this.flush(here)
    await this.writing
  }
}
