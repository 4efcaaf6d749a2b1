import { BitcohortError, expected } from '../errors'
import type { Engine } from '../evaluate'
import { period, range } from '../period'
import type { Node, Plan, SignedNode } from '../plan'
import type { Snapshot } from '../registry'
import type { Zone } from '../zone'

/** What every report is computed with. */
export interface ReportContext {
  readonly engine: Engine
  readonly prefix: string
  /** The instant of the report: it decides which periods have ended. */
  readonly now: Date
  /** Whose clock decides the periods. */
  readonly zone: Zone
  readonly snapshot: Snapshot
  /** Distinct keys that a report may read; Infinity for no limit. */
  readonly maxKeys: number
  readonly signal?: AbortSignal | undefined
}

/** An instant as reports print it: ISO 8601 to the second. */
export function instantLabel(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`
}

/** @throws TOO_LARGE where a plan reads more keys than the report may */
export function checkKeys(plan: Plan, { maxKeys }: ReportContext): void {
  if (plan.keyCount > maxKeys)
    throw new BitcohortError('TOO_LARGE', expected('report', `at most ${maxKeys} keys`, `${plan.keyCount}`))
}

/** Turns signed sets into plain ones; remembers whether that took the set of everyone known. */
export class KnownUsers {
  private node: Node | null = null

  constructor(
    private readonly plan: Plan,
    private readonly snapshot: Snapshot,
  ) {}

  /** The instant of the set, where it was needed. */
  get asOf(): { readonly knownAsOf?: string } {
    return this.node === null ? {} : { knownAsOf: instantLabel(this.snapshot.asOf) }
  }

  plain({ node, complement }: SignedNode): Node {
    if (!complement) return node
    this.node ??= this.everyone()
    return this.plan.minus(this.node, node)
  }

  /** Whoever has any mark or attribute: the OR of all months and all attributes. */
  private everyone(): Node {
    const months = [...this.snapshot.events].flatMap(([name, { month }]) => {
      const all = month ? range(period('month', month.first), month.last - month.first + 1) : []
      return all.map((of) => this.plan.event(name, of))
    })
    return this.plan.or([
      ...months,
      ...[...this.snapshot.attributes].map((name) => this.plan.attribute(name)),
    ])
  }
}
