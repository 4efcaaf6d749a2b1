import { and, type Expression, minus, not, or, xor } from './expression'
import type { UserId } from './user-id'

/** What a handle asks of its library. */
export interface Questions<Id extends UserId> {
  count(of: Expression): Promise<number>
  has(of: Expression, user: Id): Promise<boolean>
  members(of: Expression): AsyncIterable<Id>
}

/**
 * A set of users that can be asked and combined. Making and combining handles does no I/O; only `count`, `has`,
 * `hasEventsMarked` and iteration do, and each asks anew.
 */
export class Bitmap<Id extends UserId = number> implements AsyncIterable<Id> {
  constructor(
    private readonly questions: Questions<Id>,
    /** The set as an expression whose every event has its period. */
    readonly expression: Expression,
  ) {}

  /** How many users are in the set; 0 where nothing was marked. @throws WRONG_TYPE */
  count(): Promise<number> {
    return this.questions.count(this.expression)
  }

  /** Whether a user is in the set. @throws BAD_USER unless an integer within the limit */
  has(user: Id): Promise<boolean> {
    return this.questions.has(this.expression, user)
  }

  /** Whether anybody is in the set. */
  async hasEventsMarked(): Promise<boolean> {
    for await (const _ of this) return true
    return false
  }

  /** The users' ids, ascending, in constant memory. */
  [Symbol.asyncIterator](): AsyncIterator<Id> {
    return this.questions.members(this.expression)[Symbol.asyncIterator]()
  }

  /** Users in this set and in all others. */
  and(...others: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.with(and(this.expression, ...others.map((other) => other.expression)))
  }

  /** Users in this set or in any other. */
  or(...others: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.with(or(this.expression, ...others.map((other) => other.expression)))
  }

  /** Users in an odd number of the sets. */
  xor(...others: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.with(xor(this.expression, ...others.map((other) => other.expression)))
  }

  /** Users in this set and in none of the others. */
  minus(...others: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.with(minus(this.expression, ...others.map((other) => other.expression)))
  }

  /** Everyone known who is not in this set. */
  not(): Bitmap<Id> {
    return this.with(not(this.expression))
  }

  private with(expression: Expression): Bitmap<Id> {
    return new Bitmap(this.questions, expression)
  }
}
