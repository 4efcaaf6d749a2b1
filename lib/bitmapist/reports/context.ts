import type { Age, Engine } from '../evaluate'
import type { Ids } from '../ids'
import { attributeKey, eventKey, parseKey } from '../key'
import { period, periodAt, stateOf } from '../period'
import { type Node, Plan, type SignedNode } from '../plan'
import type { Snapshot } from '../registry'
import { spanKey } from '../store/span'
import type { UserId } from '../user-id'
import type { Zone } from '../zone'

/** What every report is computed with. */
export interface ReportContext<Id extends UserId = UserId> {
  readonly engine: Engine
  readonly prefix: string
  /** The instant of the report: it decides which periods have ended. */
  readonly now: Date
  /** Whose clock decides the periods. */
  readonly zone: Zone
  readonly snapshot: Snapshot
  readonly ids: Ids<Id>
  /** The highest bit that was given to an id; null where ids are bits as they are. */
  readonly highest: number | null
  /** Distinct keys that a report may read; Infinity for no limit. */
  readonly maxKeys: number
  readonly signal?: AbortSignal | undefined
  /** Is told how old the bitmaps are that the report reads. */
  readonly age?: Age | undefined
  /** Whether nobody marks a key any more. */
  readonly isClosed?: ((key: string) => boolean) | undefined
}

/** An instant as reports print it: ISO 8601 to the second. */
export function instantLabel(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`
}

/**
 * Whether a report shows all marks until its instant. Where Redis tells of no changes, bitmaps of closed periods may be a
 * minute old; all marks until `exactAsOf` are in it then.
 */
export function exactnessOf({ age }: ReportContext): {
  readonly exact: boolean
  readonly exactAsOf?: string
} {
  const asOf = age?.asOf ?? null
  return asOf === null ? { exact: true } : { exact: false, exactAsOf: instantLabel(asOf) }
}

/** Tells keys of events' periods that have ended: nobody should mark them any more. */
export function closedKeys({ prefix, now, zone }: Pick<ReportContext, 'prefix' | 'now' | 'zone'>) {
  return (key: string): boolean => {
    const meaning = parseKey(prefix, key)
    if (meaning?.kind !== 'event') return false
    return stateOf(meaning.period, periodAt(meaning.period.unit, now, zone)) === 'closed'
  }
}

/** An empty plan, which refuses more keys than a report may read. */
export function newPlan({ prefix, maxKeys }: ReportContext): Plan {
  return new Plan(prefix, maxKeys)
}

/** Turns signed sets into plain ones; remembers whether that took the set of everyone known. */
export class KnownUsers {
  private node: Node | null = null

  constructor(
    private readonly plan: Plan,
    private readonly context: ReportContext,
  ) {}

  /** The instant of the set, where it was needed. */
  get asOf(): { readonly knownAsOf?: string } {
    return this.node === null ? {} : { knownAsOf: instantLabel(this.context.snapshot.asOf) }
  }

  plain({ node, complement }: SignedNode): Node {
    if (!complement) return node
    this.node ??= this.plan.or(Array.from(knownKeys(this.context), (key) => this.plan.leaf(key)))
    return this.plan.minus(this.node, node)
  }
}

/**
 * The keys of everyone known: of all attributes and all months; of everybody who has a number where ids are mapped.
 */
export function* knownKeys({ prefix, snapshot, highest }: ReportContext): Generator<string> {
  if (highest !== null) {
    yield spanKey(highest)
    return
  }
  for (const name of snapshot.attributes) yield attributeKey(prefix, name)
  for (const [name, { month }] of snapshot.events)
    for (let index = month?.first ?? 0; month && index <= month.last; index++)
      yield eventKey(prefix, name, period('month', index))
}
