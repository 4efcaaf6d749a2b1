import type { Age, Engine, Trust, Walk } from '../evaluate'
import type { Ids } from '../ids'
import { parseKey } from '../key'
import { periodAt, stateOf } from '../period'
import { type Node, Plan, type SignedNode } from '../plan'
import type { KnownSet, Snapshot } from '../snapshot'
import type { UserId } from '../user-id'
import type { Zone } from '../zone'
import type { Outlines } from './outline'

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
  /** The set of everyone known: asked for only where an answer needs it. */
  readonly everyone: () => Promise<KnownSet>
  /** Distinct keys that a report may read; Infinity for no limit. */
  readonly maxKeys: number
  readonly signal?: AbortSignal | undefined
  /** Is told how old the bitmaps are that the report reads. */
  readonly age?: Age | undefined
  /** Whether what may be old is read anew. */
  readonly isExact?: boolean
  /** Whether nobody marks a key any more. */
  readonly isClosed?: ((key: string) => boolean) | undefined
  /** What of that which is kept may be relied on, asked for when the report began; see `walkOf`. */
  readonly early?: Promise<Trust | null> | undefined
  /** Outlines of tables that were asked for before. */
  readonly outlines?: Outlines | undefined
}

/**
 * A report's first walk: it relies on what was asked for when the report began. Not where it needed everyone known, for
 * settling them may have written since.
 */
export function walkOf(context: ReportContext, known: KnownUsers): Walk {
  return known.isNeeded ? context : { ...context, trust: context.early }
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

  /** @param everyone null where that is not known yet: nobody then */
  constructor(
    private readonly plan: Plan,
    private readonly everyone: KnownSet | null,
  ) {}

  /** Whether the set was needed. */
  get isNeeded(): boolean {
    return this.node !== null
  }

  /** The instant of the set, where it was needed. */
  get asOf(): { readonly knownAsOf?: string } {
    return this.everyone && this.isNeeded ? { knownAsOf: instantLabel(this.everyone.asOf) } : {}
  }

  plain({ node, complement }: SignedNode): Node {
    if (!complement) return node
    this.node ??= this.plan.or((this.everyone?.keys ?? []).map((key) => this.plan.leaf(key)))
    return this.plan.minus(this.node, node)
  }
}

/** What a report is planned with. */
export interface Planning {
  readonly plan: Plan
  readonly known: KnownUsers
}

/**
 * Plans a report. Where it turns out to need everyone known, it is planned anew once they are settled: most reports
 * do not, and settling may take a while.
 * @param make pure but for the plan
 */
export async function planned<Made>(
  context: ReportContext,
  make: (planning: Planning) => Made | Promise<Made>,
): Promise<Planning & { readonly made: Made }> {
  const planAs = async (everyone: KnownSet | null) => {
    const plan = newPlan(context)
    const known = new KnownUsers(plan, everyone)
    return { plan, known, made: await make({ plan, known }) }
  }
  const first = await planAs(null)
  return first.known.isNeeded ? planAs(await context.everyone()) : first
}
