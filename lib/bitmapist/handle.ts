import { and, type Expression, minus, not, or, xor } from './expression'

/** What a handle asks of its library. */
export interface Questions {
  count(of: Expression): Promise<number>
  has(of: Expression, user: number): Promise<boolean>
  members(of: Expression): AsyncIterable<number>
}

/**
 * A set of users that can be asked and combined. Making and combining handles does no I/O; only `count`, `has`,
 * `hasEventsMarked` and iteration do, and each asks anew.
 */
export class Bitmap implements AsyncIterable<number> {
  constructor(
    private readonly questions: Questions,
    /** The set as an expression whose every event has its period. */
    readonly expression: Expression,
  ) {}

  /** How many users are in the set; 0 where nothing was marked. @throws WRONG_TYPE */
  count(): Promise<number> {
    return this.questions.count(this.expression)
  }

  /** Whether a user is in the set. @throws BAD_USER unless an integer within the limit */
  has(user: number): Promise<boolean> {
    return this.questions.has(this.expression, user)
  }

  /** Whether anybody is in the set. */
  async hasEventsMarked(): Promise<boolean> {
    for await (const _ of this) return true
    return false
  }

  /** The users' ids, ascending, in constant memory. */
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return this.questions.members(this.expression)[Symbol.asyncIterator]()
  }

  /** Users in this set and in all others. */
  and(...others: readonly Bitmap[]): Bitmap {
    return this.with(and(this.expression, ...others.map((other) => other.expression)))
  }

  /** Users in this set or in any other. */
  or(...others: readonly Bitmap[]): Bitmap {
    return this.with(or(this.expression, ...others.map((other) => other.expression)))
  }

  /** Users in an odd number of the sets. */
  xor(...others: readonly Bitmap[]): Bitmap {
    return this.with(xor(this.expression, ...others.map((other) => other.expression)))
  }

  /** Users in this set and in none of the others. */
  minus(...others: readonly Bitmap[]): Bitmap {
    return this.with(minus(this.expression, ...others.map((other) => other.expression)))
  }

  /** Everyone known who is not in this set. */
  not(): Bitmap {
    return this.with(not(this.expression))
  }

  private with(expression: Expression): Bitmap {
    return new Bitmap(this.questions, expression)
  }
}
