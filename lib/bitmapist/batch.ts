import { BitcohortError } from './errors'
import type { Mark, MarkOptions } from './mark'
import type { UserId } from './user-id'

/** What one event's mark takes besides its user. */
export interface EventOptions extends MarkOptions {
  /** Now unless given. */
  readonly time?: Date
}

/** Writes marks in their order. */
export type Write<Id extends UserId> = (marks: readonly Mark<Id>[], options: MarkOptions) => Promise<void>

/** Marks of one write by `markAll`: more at once is no faster. */
export const MARKS_A_WRITE = 50_000

/**
 * Marks that are kept until `flush` writes them all at once.
 * @example
 * const batch = bm.batch()
 * for (const id of ids) batch.markEvent('active', id)
 * await batch.flush()
 * @see bitmapist4, transaction
 */
export class Batch<Id extends UserId = number> {
  private marks: Mark<Id>[] = []
  private last: Promise<unknown> = Promise.resolve()

  /** @param options of its marks where they do not say */
  constructor(
    private readonly write: Write<Id>,
    private readonly options: MarkOptions = {},
  ) {}

  /** How many marks wait to be written. */
  get size(): number {
    return this.marks.length
  }

  /** Keeps a mark of an event; its time is now unless given. */
  markEvent(name: string, user: Id, options: EventOptions = {}): void {
    this.marks.push({ event: name, user, ...options })
  }

  /** Keeps that a mark is to be taken back. */
  unmarkEvent(name: string, user: Id, options: EventOptions = {}): void {
    this.marks.push({ op: 'unmark', event: name, user, ...options })
  }

  /** Keeps that a user is to have an attribute. */
  markAttribute(name: string, user: Id): void {
    this.marks.push({ attribute: name, user })
  }

  /** Keeps that a user is to have an attribute no more. */
  unmarkAttribute(name: string, user: Id): void {
    this.marks.push({ op: 'unmark', attribute: name, user })
  }

  /** Forgets the marks that wait. @see bitmapist4, rollback_transaction */
  clear(): void {
    this.marks = []
  }

  /**
   * Writes the marks in their order, and returns when Redis has them all. Marks that come meanwhile wait for the next
   * flush. Where it fails all of them stay, and may be flushed again: marks are idempotent.
   * @returns how many were written; 0 where none waited
   * @throws BAD_MARKS with the index and reason of each bad one: nothing is written then; BAD_SETTINGS
   * @see bitmapist4, commit_transaction
   */
  flush(): Promise<number> {
    // One after the other: two at once would write the same marks, in no order.
    const flushed = this.last.then(() => this.send())
    this.last = flushed.catch(() => undefined)
    return flushed
  }

  private async send(): Promise<number> {
    const sent = this.marks
    const { length } = sent
    if (length === 0) return 0
    await this.write(sent.slice(), this.options)
    // `clear` may have come meanwhile.
    if (this.marks === sent) this.marks = sent.slice(length)
    return length
  }
}

/**
 * Writes marks as they come from a source, in their order: at most two writes' marks are in memory, and while both
 * wait for Redis the source is not read. Where the source fails, what it gave since its last full write is not written.
 * @returns how many there were
 * @throws BAD_MARKS with the indexes in the source of one write's bad marks: those of the writes before it are written,
 * and none from the first of its own on; BAD_SETTINGS; what the source throws
 */
export async function writeAll<Id extends UserId>(
  source: AsyncIterable<Mark<Id>> | Iterable<Mark<Id>>,
  write: (marks: readonly Mark<Id>[]) => Promise<void>,
): Promise<number> {
  let total = 0
  let waiting: Mark<Id>[] = []
  let writing = Promise.resolve()
  let hasFailed = false
  const begin = async () => {
    const [marks, first] = [waiting, total - waiting.length]
    waiting = []
    await writing
    writing = write(marks).catch((error: unknown) => Promise.reject(movedBy(first, error)))
    // It is awaited when the next write is due: until then its failure must not end the process.
    writing.catch(() => {
      hasFailed = true
    })
  }
  try {
    for await (const mark of source) {
      if (hasFailed) break
      total++
      if (waiting.push(mark) === MARKS_A_WRITE) await begin()
    }
    if (waiting.length > 0) await begin()
    await writing
    return total
  } finally {
    // Where the source has failed, nothing is under way any more when the caller learns of it.
    await writing.catch(() => undefined)
  }
}

/** A refusal of one write's marks, with their places in the whole source. */
function movedBy(first: number, error: unknown): unknown {
  if (!(error instanceof BitcohortError) || error.details === undefined || first === 0) return error
  const details = error.details.map(({ index, message }) => ({ index: index + first, message }))
  const indexes = details.slice(0, 10).map(({ index }) => index)
  const what = `"marks" expected valid marks, got bad ones at ${indexes.join(', ')} of the source, in the batch from ${first} on`
  return new BitcohortError(error.code, what, { field: 'marks', details, cause: error })
}
