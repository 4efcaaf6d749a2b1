import { isDue, nextTurn } from '../evaluate'
import { eventsOf } from '../expression'
import { label, startLabel } from '../label'
import { printExpression } from '../parse'
import { periodAt, range, stateOf } from '../period'
import { dataRange } from '../snapshot'
import { exactnessOf, instantLabel, planned, type ReportContext } from './context'
import { type CellCounts, countCells } from './count-cells'
import { meanOf } from './mean'
import { bracketsOf, checkRequest, type RetentionRequest } from './request'
import { planSets, type Sets } from './sets'
import { silentPeriods } from './silent'
import type { RetentionCell, RetentionRow, RetentionTable } from './table'

/**
 * The retention table: a row for each of `rows` periods from `first` on, a cell for each offset 0 to `columns − 1` or for
 * each bracket. A row or cell whose period has not begun has null; count ≤ size holds in every cell.
 * @throws BAD_ROWS; BAD_MODE; BAD_COHORT, TOO_LARGE (see `historyOf`); UNKNOWN_SEGMENT; WRONG_TYPE
 * @see bitmapist.cohort, get_dates_data: the same counts for `recurring` and `on`
 */
export async function retention(request: RetentionRequest, context: ReportContext): Promise<RetentionTable> {
  checkRequest(request)
  const {
    plan,
    known,
    made: sets,
  } = await planned(context, (planning) => planSets(request, { context, ...planning }))
  const counts = await countCells(request, { context, plan, sets })
  const asOf = { ...known.asOf, ...(await markSilent(request, { context, sets, counts })) }
  const assembled = await assemble(request, { context, sets, counts })
  return { ...describe(request, context), ...asOf, ...assembled }
}

interface Counted {
  readonly context: ReportContext
  readonly sets: Sets
  readonly counts: CellCounts
}

/** A column that is a complement and that no row has shown somebody of: is there anybody outside? */
async function markSilent(request: RetentionRequest, { context, sets, counts: { active } }: Counted) {
  const periods = range(request.first, sets.returns.length, context.zone)
  const open = periods.filter((_, p) => sets.returns[p]?.complement && !active[p])
  if (open.length === 0) return {}
  const everyone = await context.everyone()
  const silent = await silentPeriods({ return: request.return, periods: open }, everyone, context)
  for (const [p, of] of periods.entries()) if (open.includes(of)) active[p] = !silent.includes(of)
  return { knownAsOf: instantLabel(everyone.asOf) }
}

async function assemble(request: RetentionRequest, { context, sets, counts }: Counted) {
  const { first, base = 'cohort' } = request
  const brackets = bracketsOf(request)
  const last = Math.max(...brackets.map(([, to]) => to))
  const now = periodAt(first.unit, context.now, context.zone)
  const states = range(first, request.rows + last, context.zone).map((of) => stateOf(of, now))
  const rows: RetentionRow[] = []
  for (const [r, period] of range(first, request.rows, context.zone).entries()) {
    if (isDue()) await nextTurn()
    const state = states[r] ?? 'future'
    const size = state === 'future' ? null : (counts.sizes[r] ?? 0)
    const cells = brackets.map(([from, to], column): RetentionCell => {
      const begins = states[r + from] ?? 'future'
      // A bracket runs until its last period has ended.
      const cellState = begins === 'future' || states[r + to] === 'closed' ? begins : 'open'
      if (cellState === 'future') return { offset: from, count: null, state: cellState, flag: null }
      const flag = isAnyActive(counts.active, r + from, r + to) ? null : 'silent'
      return { offset: from, count: counts.cells[r]?.[column] ?? 0, state: cellState, flag }
    })
    const flag = sets.rows[r]?.isHistory ? 'history' : null
    rows.push({ start: startLabel(period), label: label(period), size, state, flag, cells })
  }
  return { users: counts.users, rows, mean: meanOf(rows, brackets.length, base) }
}

function isAnyActive(active: readonly boolean[], from: number, to: number): boolean {
  for (let p = from; p <= to; p++) if (active[p]) return true
  return false
}

function describe(request: RetentionRequest, context: ReportContext) {
  const { snapshot, now, zone } = context
  const names = [...eventsOf(request.start), ...eventsOf(request.return)]
  const data = dataRange(snapshot, names)
  return {
    period: request.first.unit,
    mode: request.mode ?? 'on',
    cohort: request.cohort ?? 'recurring',
    start: printExpression(request.start),
    who: request.who ? printExpression(request.who) : null,
    return: printExpression(request.return),
    base: request.base ?? 'cohort',
    ...(request.cohort === 'first' && { registryAsOf: instantLabel(snapshot.asOf) }),
    ...(request.brackets && { brackets: request.brackets }),
    timeZone: zone.name,
    asOf: instantLabel(now),
    ...exactnessOf(context),
    dataFrom: data && label(data.first),
    dataTo: data && label(data.last),
  }
}
