import { BitcohortError, expected } from '../errors'
import { nextTurn, type Walk } from '../evaluate'
import type { Expression } from '../expression'
import type { Period } from '../period'
import type { Node, Plan } from '../plan'
import type { UserId } from '../user-id'
import { type KnownUsers, planned, type ReportContext } from './context'

/** Ids of one chunk: a few milliseconds of work, after which others get a turn. */
const IDS_A_CHUNK = 16_384

/** Some users of a set, one after the other. */
export interface UserPage<Id extends UserId = number> {
  /** In the order of their bits: ascending where ids are bits as they are. */
  readonly users: readonly Id[]
  /** The bit of the page's last user, to be the next one's `after`; null where no more follow. */
  readonly next: number | null
}

interface Parts<Id extends UserId> {
  readonly context: ReportContext<Id>
  readonly plan: Plan
  /** The bitmap of the plan that holds the users. */
  readonly node: Node
  readonly known: KnownUsers
}

/**
 * A set of users, not read yet: each question walks its bitmaps anew, a block at a time, so that memory does not grow
 * with the users. They come in the order of their bits: integer ids ascending, mapped ids as they were first seen.
 */
export class UserSet<Id extends UserId = number> implements AsyncIterable<Id> {
  constructor(private readonly parts: Parts<Id>) {}

  /** Only where a `!` reads the set of everyone known: the instant of that set. */
  get knownAsOf(): string | undefined {
    return this.parts.known.asOf.knownAsOf
  }

  /** How many users are in the set. @throws WRONG_TYPE */
  async count(): Promise<number> {
    const { context, plan, node } = this.parts
    let users = 0
    for await (const block of context.engine.blocks(plan, [node], this.walk)) {
      users += block.count(node)
      if (block.isDue()) await nextTurn()
    }
    return users
  }

  /** Whether anybody is in the set; walks no further than the first block with somebody. @throws WRONG_TYPE */
  async some(): Promise<boolean> {
    const { context, plan, node } = this.parts
    for await (const block of context.engine.blocks(plan, [node], this.walk)) {
      if (block.has(node)) return true
      if (block.isDue()) await nextTurn()
    }
    return false
  }

  /**
   * The first users above a bit. Blocks before it are not read.
   * @param after null for the first page; need not be in the set
   * @param limit integer ≥ 1
   * @throws BAD_PARAMETER; WRONG_TYPE; NO_ID
   */
  async page({
    after,
    limit,
  }: {
    readonly after: number | null
    readonly limit: number
  }): Promise<UserPage<Id>> {
    checkInteger('after', after ?? 0, 0)
    checkInteger('limit', limit, 1)
    const bits: number[] = []
    for await (const chunk of this.bits(after === null ? 0 : after + 1)) {
      for (const bit of chunk.slice(0, limit + 1 - bits.length)) bits.push(bit)
      if (bits.length > limit) break
    }
    const shown = bits.slice(0, limit)
    const users = await this.parts.context.ids.names(shown)
    return { users, next: bits.length > limit ? (shown.at(-1) ?? null) : null }
  }

  /** All users, one by one. @throws WRONG_TYPE; NO_ID */
  async *[Symbol.asyncIterator](): AsyncGenerator<Id> {
    for await (const chunk of this.chunks())
      for (const id of chunk) {
        this.parts.context.signal?.throwIfAborted()
        yield id
      }
  }

  /** All users, some thousands at a time, which is several times faster. @throws WRONG_TYPE; NO_ID */
  async *chunks(): AsyncGenerator<readonly Id[]> {
    for await (const bits of this.bits(0)) yield await this.parts.context.ids.names(bits)
  }

  /** A list or a count has no place to say how old it is. */
  private get walk(): Walk {
    return { ...this.parts.context, isExact: true }
  }

  /** The bits from one on; no chunk is empty. */
  private async *bits(first: number): AsyncGenerator<readonly number[]> {
    const { context, plan, node } = this.parts
    let chunk: number[] = []
    for await (const block of context.engine.blocks(plan, [node], { ...this.walk, from: first })) {
      const bytes = block.bytes(node)
      for (let i = Math.max(0, first - block.firstId) >>> 3; i < bytes.length; i++) {
        const byte = bytes[i] ?? 0
        for (let bit = 0; (byte << bit) & 0xff; bit++) {
          const id = block.firstId + i * 8 + bit
          if (byte & (0x80 >> bit) && id >= first) chunk.push(id)
        }
        if (chunk.length < IDS_A_CHUNK) continue
        yield chunk
        chunk = []
        // A generator's steps are microtasks: without this nothing else would run until the block ends.
        await nextTurn()
      }
    }
    if (chunk.length > 0) yield chunk
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
export async function usersOf<Id extends UserId>(
  expression: Expression,
  of: Period | null,
  context: ReportContext<Id>,
): Promise<UserSet<Id>> {
  const {
    plan,
    known,
    made: node,
  } = await planned(context, ({ plan, known }) => known.plain(plan.compile(expression, of)))
  return new UserSet({ context, plan, known, node })
}
