import { BitcohortError, expected } from '../errors'
import { nextTurn } from '../evaluate'
import { checkSize, type Expression, eventsOf } from '../expression'
import { label, startLabel } from '../label'
import { printExpression } from '../parse'
import { type Period, periodAt, range, stateOf } from '../period'
import type { Node, Plan, SignedNode } from '../plan'
import { dataRange } from '../registry'
import { instantLabel, KnownUsers, newPlan, type ReportContext } from './context'
import { historyOf } from './first'
import { meanOf } from './mean'
import { silentPeriods } from './silent'
import type { CellFlag, Cohort, Mode, RetentionCell, RetentionRow, RetentionTable } from './table'

export interface RetentionRequest {
  readonly start: Expression
  readonly return: Expression
  /** Evaluated in the row's period and intersected with the cohort, after `first` has been applied. */
  readonly who?: Expression | null
  /** The first row's period; its unit is the report's. */
  readonly first: Period
  /** Integer ≥ 1. */
  readonly rows: number
  /** Integer ≥ 1: highest offset + 1. */
  readonly columns: number
  readonly mode?: Mode
  /** `recurring` unless given, as bitmapist. */
  readonly cohort?: Cohort
}

/** Nodes of a report: what is counted, by row and by period. */
interface Sets {
  readonly rows: readonly Row[]
  /** By periods from the first row on; only those that have begun. */
  readonly columns: readonly SignedNode[]
  readonly users: Node
}

interface Row {
  readonly period: Period
  readonly node: Node
  readonly isHistory: boolean
}

interface Counts {
  /** Users, by row. */
  readonly sizes: Float64Array
  /** Users shared by row and period: counts[row][period − row's]. */
  readonly pairs: readonly Float64Array[]
  /** Whether anybody matched `return`, by period. */
  readonly active: boolean[]
  readonly users: number
}

/**
 * The retention table: a row for each of `rows` periods from `first` on, a cell for each offset 0 to `columns − 1`.
 * A row or cell whose period has not begun has null; count ≤ size holds in every cell.
 * @throws BAD_ROWS; BAD_COHORT, TOO_LARGE (see `historyOf`); UNKNOWN_SEGMENT; WRONG_TYPE
 * @see bitmapist.cohort, get_dates_data: the same counts for `recurring`
 */
export async function retention(request: RetentionRequest, context: ReportContext): Promise<RetentionTable> {
  checkRequest(request)
  const plan = newPlan(context)
  const known = new KnownUsers(plan, context)
  const sets = planSets(request, { context, plan, known })
  const counts = await count(sets, { context, plan, columns: request.columns })
  const asOf = { ...known.asOf, ...(await markSilent(request, counts.active, { context, sets })) }
  return { ...describe(request, context), ...asOf, ...assemble(request, { context, sets, counts }) }
}

function checkRequest({ rows, columns, start, return: back, who }: RetentionRequest): void {
  for (const [field, value] of Object.entries({ rows, columns }))
    if (!Number.isInteger(value) || value < 1)
      throw new BitcohortError('BAD_ROWS', expected(field, 'integer >= 1', value), { field })
  checkSize(start, 'start')
  checkSize(back, 'return')
  if (who) checkSize(who, 'who')
}

interface Planning {
  readonly context: ReportContext
  readonly plan: Plan
  readonly known: KnownUsers
}

function planSets(request: RetentionRequest, { context, plan, known }: Planning): Sets {
  const { start, who = null, first, rows, columns, cohort = 'recurring' } = request
  const now = periodAt(first.unit, context.now, context.zone)
  const begun = range(first, rows, context.zone).filter((of) => stateOf(of, now) !== 'future')
  const history =
    cohort === 'first'
      ? historyOf({ plan, snapshot: context.snapshot, zone: context.zone, start, rows: begun })
      : null
  const made = begun.map((period): Row => {
    const parts = [plan.compile(start, period)]
    if (history) parts.push(plan.complement(history.before(period)))
    if (who) parts.push(plan.compile(who, period))
    const isHistory = history?.earliest?.index === period.index
    return { period, node: known.plain(plan.intersect(parts)), isHistory }
  })
  const periods = range(first, rows + columns - 1, context.zone).filter((of) => stateOf(of, now) !== 'future')
  return {
    rows: made,
    columns: periods.map((of) => plan.compile(request.return, of)),
    users: plan.or(made.map((row) => row.node)),
  }
}

interface Counting {
  readonly context: ReportContext
  readonly plan: Plan
  readonly columns: number
}

async function count(sets: Sets, { context, plan, columns }: Counting): Promise<Counts> {
  const sizes = new Float64Array(sets.rows.length)
  const pairs = sets.rows.map((_, r) => new Float64Array(Math.min(columns, sets.columns.length - r)))
  const active = sets.columns.map(() => false)
  const nodes = sets.columns.map((set) => set.node)
  let users = 0
  const outputs = [...sets.rows.map((row) => row.node), ...nodes, sets.users]
  for await (const block of context.engine.blocks(plan, outputs, context.signal)) {
    users += block.count(sets.users)
    nodes.forEach((node, p) => {
      if (!sets.columns[p]?.complement && block.has(node)) active[p] = true
    })
    for (const [r, row] of sets.rows.entries()) {
      sizes[r] = (sizes[r] ?? 0) + block.count(row.node)
      const cells = pairs[r]
      if (cells) block.countPairs(row.node, nodes.slice(r, r + cells.length), cells)
      if (block.isDue()) await nextTurn()
    }
  }
  // A complement has somebody where a row has a user outside of it.
  pairs.forEach((cells, r) => {
    cells.forEach((shared, k) => {
      if (sets.columns[r + k]?.complement && shared < (sizes[r] ?? 0)) active[r + k] = true
    })
  })
  return { sizes, pairs, active, users }
}

/** A column that is a complement and that no row has shown somebody of: is there anybody outside? */
async function markSilent(request: RetentionRequest, active: boolean[], { context, sets }: Columns) {
  const periods = range(request.first, sets.columns.length, context.zone)
  const open = periods.filter((_, p) => sets.columns[p]?.complement && !active[p])
  if (open.length === 0) return {}
  const silent = await silentPeriods({ return: request.return, periods: open }, context)
  for (const [p, of] of periods.entries()) if (open.includes(of)) active[p] = !silent.includes(of)
  return { knownAsOf: instantLabel(context.snapshot.asOf) }
}

interface Columns {
  readonly context: ReportContext
  readonly sets: Sets
}

interface Counted extends Columns {
  readonly counts: Counts
}

function assemble(request: RetentionRequest, { context, sets, counts }: Counted) {
  const { first, columns } = request
  const now = periodAt(first.unit, context.now, context.zone)
  const states = range(first, request.rows + columns - 1, context.zone).map((of) => stateOf(of, now))
  const rows = range(first, request.rows, context.zone).map((period, r): RetentionRow => {
    const state = states[r] ?? 'future'
    const size = state === 'future' ? null : (counts.sizes[r] ?? 0)
    const cells = Array.from({ length: columns }, (_, k): RetentionCell => {
      const cellState = states[r + k] ?? 'future'
      const set = sets.columns[r + k]
      if (cellState === 'future' || size === null || set === undefined)
        return { offset: k, count: null, state: cellState, flag: null }
      const shared = counts.pairs[r]?.[k] ?? 0
      const flag: CellFlag = counts.active[r + k] ? null : 'silent'
      return { offset: k, count: set.complement ? size - shared : shared, state: cellState, flag }
    })
    const flag = sets.rows[r]?.isHistory ? 'history' : null
    return { start: startLabel(period), label: label(period), size, state, flag, cells }
  })
  return { users: counts.users, rows, mean: meanOf(rows, columns) }
}

function describe(request: RetentionRequest, { snapshot, now, zone }: ReportContext) {
  const names = [...eventsOf(request.start), ...eventsOf(request.return)]
  const data = dataRange(snapshot, names)
  return {
    period: request.first.unit,
    mode: request.mode ?? 'on',
    cohort: request.cohort ?? 'recurring',
    start: printExpression(request.start),
    who: request.who ? printExpression(request.who) : null,
    return: printExpression(request.return),
    base: 'cohort' as const,
    timeZone: zone.name,
    asOf: instantLabel(now),
    exact: true,
    dataFrom: data && label(data.first),
    dataTo: data && label(data.last),
  }
}
