import { BitcohortError } from './errors'
import { and, type Expression, isSame, leavesOf, minus, not, or, replaceLeaves, xor } from './expression'
import type { KeyMeaning } from './key'
import { printExpression } from './parse'
import { endOf, offset, type Period, startOf } from './period'
import type { UserSet } from './reports/user-set'
import type { UserId } from './user-id'
import type { Zone } from './zone'

/** What handles ask of the library that made them: a `Bitmapist`. */
export interface Library<Id extends UserId> {
  readonly prefix: string
  readonly zone: Zone
  readonly clock: () => Date
  usersOf(of: Expression, period: Period | null): Promise<UserSet<Id>>
  has(of: Expression, user: Id, period: Period | null): Promise<boolean>
  deleteKeys(of: readonly KeyMeaning[]): Promise<number>
}

/**
 * A set of users that can be asked and combined, of any size. Making and combining handles does no I/O; only `count`,
 * `has`, `hasEventsMarked`, iteration and `delete` do, and each asks anew: nothing is kept in Redis for a combination.
 * @see bitmapist, BitOperation; bitmapist4, BaseEvents
 */
export class Bitmap<Id extends UserId = number> implements AsyncIterable<Id> {
  constructor(
    /** What made it: handles of one library can be combined. */
    readonly library: Library<Id>,
    /** The set as an expression whose every event has its period. */
    readonly expression: Expression,
  ) {}

  /** How many users are in the set; 0 where nothing was marked. @throws WRONG_TYPE @see bitmapist, get_count, len */
  async count(): Promise<number> {
    return (await this.users()).count()
  }

  /** Whether a user is in the set. @throws BAD_USER @see bitmapist, `in` */
  has(user: Id): Promise<boolean> {
    return this.library.has(this.expression, user, null)
  }

  /**
   * Whether anybody is in the set; reads no further than the first block with somebody. The Python library asks whether
   * there is a key, which is there too when everybody in it was unmarked.
   */
  async hasEventsMarked(): Promise<boolean> {
    return (await this.users()).some()
  }

  /** The users, in constant memory: integer ids ascending, mapped ids as they were first seen. @see get_uuids */
  async *[Symbol.asyncIterator](): AsyncGenerator<Id> {
    yield* await this.users()
  }

  /** Users in this set and in all others. @throws BAD_SYSTEM @see bitmapist, `&` */
  and(...others: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.with(and(this.expression, ...expressionsOf(this.library, others)))
  }

  /** Users in this set or in any other. @throws BAD_SYSTEM @see bitmapist, `|` */
  or(...others: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.with(or(this.expression, ...expressionsOf(this.library, others)))
  }

  /** Users in an odd number of the sets. @throws BAD_SYSTEM @see bitmapist, `^` */
  xor(...others: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.with(xor(this.expression, ...expressionsOf(this.library, others)))
  }

  /** Users in this set and in none of the others. @throws BAD_SYSTEM */
  minus(...others: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.with(minus(this.expression, ...expressionsOf(this.library, others)))
  }

  /** Everyone known who is not in this set. The Python library's `~` is everybody up to the end of the last byte. */
  not(): Bitmap<Id> {
    return this.with(not(this.expression))
  }

  /**
   * The same set `count` periods later, earlier where negative: each event by its own unit, attributes as they are.
   * Hours and days that the zone does not have are not counted. `delta(0)` is the set itself.
   * @param count integer
   * @throws BAD_PERIOD outside the years 1 to 9999
   * @see bitmapist4, BitOperation.delta
   */
  delta(count: number): Bitmap<Id> {
    return this.with(
      replaceLeaves(this.expression, (leaf) =>
        leaf.kind === 'event' && leaf.at ? { ...leaf, at: offset(leaf.at, count, this.library.zone) } : leaf,
      ),
    )
  }

  /** `delta(-1)`. */
  prev(): Bitmap<Id> {
    return this.delta(-1)
  }

  /** `delta(1)`. */
  next(): Bitmap<Id> {
    return this.delta(1)
  }

  /** The instant at which the earliest of its events' periods begins; null where it has attributes only. */
  periodStart(): Date | null {
    const starts = this.periods().map((of) => startOf(of, this.library.zone).getTime())
    return starts.length === 0 ? null : new Date(starts.reduce((least, start) => Math.min(least, start)))
  }

  /**
   * The last instant inside the latest of its events' periods, to the millisecond; null where it has attributes only.
   * bitmapist4 takes the earliest, with which a combination would be over while one of its periods runs.
   */
  periodEnd(): Date | null {
    const ends = this.periods().map((of) => endOf(of, this.library.zone).getTime() - 1)
    return ends.length === 0 ? null : new Date(ends.reduce((most, end) => Math.max(most, end)))
  }

  /** Whether all of its periods are over; never of a set with an attribute. @see bitmapist4, event_finished */
  eventFinished(): boolean {
    const end = this.periodEnd()
    const isDated = leavesOf(this.expression).every((leaf) => leaf.kind === 'event')
    return isDated && end !== null && end < this.library.clock()
  }

  /** Whether another handle is of the same library and has the same canonical expression. @see bitmapist, `==` */
  equals(other: Bitmap<UserId>): boolean {
    return this.library === other.library && isSame(this.expression, other.expression)
  }

  /**
   * Removes what is stored for the set, which for a combination is nothing: false, without I/O. The Python library
   * removes the combination's temporary key here.
   */
  async delete(): Promise<boolean> {
    return false
  }

  /** The canonical text of its expression. */
  toString(): string {
    return printExpression(this.expression)
  }

  private users(): Promise<UserSet<Id>> {
    return this.library.usersOf(this.expression, null)
  }

  private with(expression: Expression): Bitmap<Id> {
    return new Bitmap(this.library, expression)
  }

  private periods(): readonly Period[] {
    return leavesOf(this.expression).flatMap((leaf) => (leaf.kind === 'event' && leaf.at ? [leaf.at] : []))
  }
}

/** The expressions of handles that one library made. @throws BAD_SYSTEM */
export function expressionsOf<Id extends UserId>(
  library: Library<Id>,
  sets: readonly Bitmap<Id>[],
): readonly Expression[] {
  return sets.map((set) => {
    if (set.library === library) return set.expression
    const [ours, theirs] = [library, set.library].map(({ prefix }) => JSON.stringify(prefix))
    const got = `one of ${ours === theirs ? 'another library of ' : ''}${theirs}`
    throw new BitcohortError('BAD_SYSTEM', `"set" expected a handle of the library of ${ours}, got ${got}`, {
      field: 'set',
    })
  })
}
