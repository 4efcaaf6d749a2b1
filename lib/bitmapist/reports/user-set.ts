import { BitcohortError, expected } from '../errors'
import { nextTurn } from '../evaluate'
import { checkSize, type Expression } from '../expression'
import type { Period } from '../period'
import type { Node, Plan } from '../plan'
import { KnownUsers, newPlan, type ReportContext } from './context'

/** Ids handed out before other work of the process gets a turn: a few milliseconds. */
const IDS_A_TURN = 16_384

export interface UserPage {
  /** Ascending. */
  readonly users: readonly number[]
  /** The page's last id, to be the next one's `after`; null where no more follow. */
  readonly next: number | null
}

interface Parts {
  readonly context: ReportContext
  readonly plan: Plan
  /** The bitmap of the plan that holds the users. */
  readonly node: Node
  readonly known: KnownUsers
}

/**
 * A set of users, not read yet: each question walks its bitmaps anew, a block at a time, so that memory does not grow
 * with the users. Ids are ascending.
 */
export class UserSet implements AsyncIterable<number> {
  constructor(private readonly parts: Parts) {}

  /** Only where a `!` reads the set of everyone known: the instant of that set. */
  get knownAsOf(): string | undefined {
    return this.parts.known.asOf.knownAsOf
  }

  /** How many users are in the set. @throws WRONG_TYPE */
  async count(): Promise<number> {
    const { context, plan, node } = this.parts
    let users = 0
    for await (const block of context.engine.blocks(plan, [node], context)) {
      users += block.count(node)
      if (block.isDue()) await nextTurn()
    }
    return users
  }

  /**
   * The first ids above one. Blocks before it are not read.
   * @param after null for the first page; need not be in the set
   * @param limit integer ≥ 1
   * @throws BAD_PARAMETER; WRONG_TYPE
   */
  async page({ after, limit }: { readonly after: number | null; readonly limit: number }): Promise<UserPage> {
    checkInteger('after', after ?? 0, 0)
    checkInteger('limit', limit, 1)
    const users: number[] = []
    for await (const id of this.from(after === null ? 0 : after + 1)) {
      if (users.length === limit) return { users, next: users.at(-1) ?? null }
      users.push(id)
    }
    return { users, next: null }
  }

  /** All ids. @throws WRONG_TYPE */
  [Symbol.asyncIterator](): AsyncGenerator<number> {
    return this.from(0)
  }

  private async *from(first: number): AsyncGenerator<number> {
    const { context, plan, node } = this.parts
    let handedOut = 0
    for await (const block of context.engine.blocks(plan, [node], { signal: context.signal, from: first })) {
      const bytes = block.bytes(node)
      for (let i = Math.max(0, first - block.firstId) >>> 3; i < bytes.length; i++) {
        const byte = bytes[i] ?? 0
        for (let bit = 0; (byte << bit) & 0xff; bit++) {
          const id = block.firstId + i * 8 + bit
          if (!(byte & (0x80 >> bit)) || id < first) continue
          yield id
          // A generator's steps are microtasks: without this nothing else would run until the block ends.
          if (++handedOut % IDS_A_TURN === 0) await nextTurn()
        }
      }
    }
  }
}

function checkInteger(field: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new BitcohortError('BAD_PARAMETER', expected(field, `integer >= ${least}`, value), { field })
}

/**
 * The users who match an expression in a period.
 * @param of null where every event of it has an `@`
 * @throws BAD_EXPRESSION, UNKNOWN_SEGMENT, TOO_LARGE
 */
export function usersOf(expression: Expression, of: Period | null, context: ReportContext): UserSet {
  const plan = newPlan(context)
  const known = new KnownUsers(plan, context)
  return new UserSet({
    context,
    plan,
    known,
    node: known.plain(plan.compile(checkSize(expression), of)),
  })
}
