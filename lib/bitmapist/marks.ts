import { Batch, type EventOptions, writeAll } from './batch'
import { Bitmaps } from './bitmaps'
import type { Mark, MarkOptions } from './mark'
import type { UserId } from './user-id'

/** The ways to write marks; all of them are idempotent, and resolve when Redis has the marks. */
export abstract class Marks<Id extends UserId> extends Bitmaps<Id> {
  abstract mark(marks: readonly Mark<Id>[], options?: MarkOptions): Promise<void>

  /** Marks that a user did an event. @throws BAD_EVENT, BAD_USER, BAD_TIME (in `details` of BAD_MARKS) */
  markEvent(name: string, user: Id, options: EventOptions = {}): Promise<void> {
    return this.mark([{ event: name, user, ...options }])
  }

  /**
   * Takes a mark back: the day and that day's hours; the week and the month only where none of their days still holds
   * the user. The Python library clears all of them always. Not atomic against other writers of the same user.
   */
  unmarkEvent(name: string, user: Id, options: EventOptions = {}): Promise<void> {
    return this.mark([{ op: 'unmark', event: name, user, ...options }])
  }

  /** Gives a user an attribute. */
  markAttribute(name: string, user: Id): Promise<void> {
    return this.mark([{ attribute: name, user }])
  }

  /** Takes an attribute from a user. */
  unmarkAttribute(name: string, user: Id): Promise<void> {
    return this.mark([{ op: 'unmark', attribute: name, user }])
  }

  /** `markAttribute`, by its Python name. @see bitmapist, mark_unique */
  markUnique(name: string, user: Id): Promise<void> {
    return this.markAttribute(name, user)
  }

  /** `unmarkAttribute`, by its Python name. @see bitmapist, unmark_unique */
  unmarkUnique(name: string, user: Id): Promise<void> {
    return this.unmarkAttribute(name, user)
  }

  /** An empty batch: marks are kept in it, without I/O, until it is flushed. @param options of its marks */
  batch(options?: MarkOptions): Batch<Id> {
    return new Batch((marks, given) => this.mark(marks, given), options)
  }

  /**
   * Writes marks as they come from a source of any length, in their order, 50,000 at a time, in bounded memory: while
   * two writes wait for Redis the source is not read.
   * @returns how many there were
   * @throws see `mark`; a refusal names the indexes in the source, and what came before its 50,000 is written
   */
  markAll(source: AsyncIterable<Mark<Id>> | Iterable<Mark<Id>>, options?: MarkOptions): Promise<number> {
    return writeAll(source, (marks) => this.mark(marks, options))
  }
}
