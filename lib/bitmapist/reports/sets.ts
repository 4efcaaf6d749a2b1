import { BitcohortError, expected } from '../errors'
import { isDue, nextTurn } from '../evaluate'
import { difference, type Period, periodAt, range, stateOf } from '../period'
import { EMPTY, type Node, type Plan, type SignedNode } from '../plan'
import type { Planning, ReportContext } from './context'
import { historyOf } from './first'
import { bracketsOf, type RetentionRequest } from './request'

/** The sets of a retention report, as nodes of its plan; only of periods that have begun. */
export interface Sets {
  readonly rows: readonly Row[]
  /** Who matches `return`, by period from the first row on. */
  readonly returns: readonly SignedNode[]
  /** Who counts in the cells of a period: for `on-or-after` the union of all later returns too. */
  readonly columns: readonly SignedNode[]
  /** The union of the rows. */
  readonly users: Node
}

/** Who is in a row; `isHistory` where everybody is who came before the data. */
export interface Row {
  readonly period: Period
  readonly node: Node
  readonly isHistory: boolean
}

interface SetPlanning extends Planning {
  readonly context: ReportContext
}

/**
 * Plans the users of all rows, and those who returned in all periods; a report of thousands of keys takes a moment, in
 * which others get their turns. @throws BAD_COHORT, TOO_LARGE
 */
export async function planSets(request: RetentionRequest, planning: SetPlanning): Promise<Sets> {
  const { context, plan } = planning
  const { first, rows, mode } = request
  const now = periodAt(first.unit, context.now, context.zone)
  const planned = await planRows(request, planning)
  const last = Math.max(...bracketsOf(request).map(([, to]) => to))
  const wanted = rows + last
  const toNow = mode === 'on-or-after' ? difference(first, now, context.zone) + 1 : 0
  // Before any is made: hours since the year 1 would fill the memory, where a return without a period has no keys to count.
  if (toNow > context.maxKeys)
    throw new BitcohortError(
      'TOO_LARGE',
      expected('report', `at most ${context.maxKeys} periods until now`, toNow),
    )
  const periods = range(first, Math.max(wanted, toNow), context.zone).filter(
    (of) => stateOf(of, now) !== 'future',
  )
  const returns: SignedNode[] = []
  for (const of of periods) {
    returns.push(plan.compile(request.return, of))
    if (isDue()) await nextTurn()
  }
  const columns = mode === 'on-or-after' ? suffixUnions(plan, returns) : returns
  return {
    rows: planned,
    returns: returns.slice(0, wanted),
    columns: columns.slice(0, wanted),
    users: plan.or(planned.map((row) => row.node)),
  }
}

async function planRows(
  request: RetentionRequest,
  { context, plan, known }: SetPlanning,
): Promise<readonly Row[]> {
  const { start, who = null, first, rows, cohort = 'recurring' } = request
  const { snapshot, zone } = context
  const now = periodAt(first.unit, context.now, zone)
  const begun = range(first, rows, zone).filter((of) => stateOf(of, now) !== 'future')
  const history = cohort === 'first' ? historyOf({ plan, snapshot, zone, start, rows: begun }) : null
  const planned: Row[] = []
  for (const period of begun) {
    const parts = [plan.compile(start, period)]
    if (history) parts.push(plan.complement(history.before(period)))
    if (who) parts.push(plan.compile(who, period))
    const isHistory = history?.earliest?.index === period.index
    planned.push({ period, node: known.plain(plan.intersect(parts)), isHistory })
    if (isDue()) await nextTurn()
  }
  return planned
}

interface CellPlace {
  readonly plan: Plan
  readonly sets: Sets
  readonly r: number
  readonly column: number
}

/** Who of a row counts in a column that has begun: the set that the table's cell is the size of. */
export function returnedUsers(request: RetentionRequest, { plan, sets, r, column }: CellPlace): Node {
  const row = sets.rows[r]
  const [from, to] = bracketsOf(request)[column] ?? [column, column]
  // Of a bracket, and of what is asked of several periods, those that have not begun are not there yet.
  const through = (first: number) => sets.returns.slice(r + first, r + to + 1)
  const signed = (): readonly SignedNode[] => {
    const { mode = 'on', brackets } = request
    switch (mode) {
      case 'on':
        return brackets ? [plan.unite(through(from))] : through(from)
      case 'on-or-after':
        return sets.columns.slice(r + column, r + column + 1)
      case 'on-or-before':
        return [plan.unite(through(Math.min(column, 1)))]
      case 'every':
        return through(0)
      default:
        return mode satisfies never
    }
  }
  // With the row itself, a plain set, no intersection is a complement.
  return row === undefined ? EMPTY : plan.intersect([{ node: row.node, complement: false }, ...signed()]).node
}

/** Of each set its union with all later ones. */
function suffixUnions(plan: Plan, sets: readonly SignedNode[]): readonly SignedNode[] {
  const unions: SignedNode[] = []
  for (const set of [...sets].reverse()) {
    const later = unions.at(-1)
    unions.push(later === undefined ? set : plan.unite([set, later]))
  }
  return unions.reverse()
}
