import { isDue, nextTurn } from '../evaluate'
import { range } from '../period'
import { exactnessOf, instantLabel, type ReportContext } from './context'
import { type CellCounts, countCells } from './count-cells'
import { meanOf } from './mean'
import { type Outline, outlineOf } from './outline'
import { checkRequest, type RetentionRequest } from './request'
import { silentPeriods } from './silent'
import type { RetentionRow, RetentionTable } from './table'

/**
 * The retention table: a row for each of `rows` periods from `first` on, a cell for each offset 0 to `columns − 1` or for
 * each bracket. A row or cell whose period has not begun has null; count ≤ size holds in every cell.
 * @throws BAD_ROWS; BAD_MODE; BAD_COHORT, TOO_LARGE (see `historyOf`); UNKNOWN_SEGMENT; WRONG_TYPE
 * @see bitmapist.cohort, get_dates_data: the same counts for `recurring` and `on`
 */
export async function retention(request: RetentionRequest, context: ReportContext): Promise<RetentionTable> {
  checkRequest(request)
  const outline = await outlineOf(request, context)
  const counts = await countCells(request, { context, outline })
  const silence = await markSilent(request, { context, outline, counts })
  const rows: RetentionRow[] = []
  for (let r = 0; r < request.rows; r++) {
    if (isDue()) await nextTurn()
    rows.push(rowOf(r, outline, counts))
  }
  return {
    ...describe(request, context, outline),
    ...outline.known.asOf,
    ...silence,
    users: counts.users,
    rows,
    mean: meanOf(rows, outline.brackets.length, request.base ?? 'cohort'),
  }
}

interface Counted {
  readonly context: ReportContext
  readonly outline: Outline
  readonly counts: CellCounts
}

/** A column that is a complement and that no row has shown somebody of: is there anybody outside? */
async function markSilent(
  request: RetentionRequest,
  { context, outline: { sets }, counts: { active } }: Counted,
) {
  const isOpen = (p: number) => sets.returns[p]?.complement && !active[p]
  if (!sets.returns.some((_, p) => isOpen(p))) return {}
  const periods = range(request.first, sets.returns.length, context.zone)
  const open = periods.filter((_, p) => isOpen(p))
  const everyone = await context.everyone()
  const silent = await silentPeriods({ return: request.return, periods: open }, everyone, context)
  for (const [p, of] of periods.entries()) if (open.includes(of)) active[p] = !silent.includes(of)
  return { knownAsOf: instantLabel(everyone.asOf) }
}

function rowOf(r: number, outline: Outline, counts: CellCounts): RetentionRow {
  const { sets, states, rows } = outline
  const state = states[r] ?? 'future'
  const { start = '', label = '' } = rows[r] ?? {}
  return {
    start,
    label,
    size: state === 'future' ? null : (counts.sizes[r] ?? 0),
    state,
    flag: sets.rows[r]?.isHistory ? 'history' : null,
    cells: cellsOf(r, outline, counts),
  }
}

function cellsOf(r: number, { blanks, brackets, states }: Outline, { active, cells }: CellCounts) {
  const made = [...blanks]
  for (let column = 0; column < made.length; column++) {
    const bracket = brackets[column]
    if (bracket === undefined) continue
    const from = bracket[0]
    const to = bracket[1]
    const begins = states[r + from] ?? 'future'
    if (begins === 'future') continue
    // A bracket runs until its last period has ended.
    const state = states[r + to] === 'closed' ? begins : 'open'
    const flag = isAnyActive(active, r + from, r + to) ? null : 'silent'
    made[column] = { offset: from, count: cells[r * brackets.length + column] ?? 0, state, flag }
  }
  return made
}

function isAnyActive(active: readonly boolean[], from: number, to: number): boolean {
  for (let p = from; p <= to; p++) if (active[p]) return true
  return false
}

function describe(request: RetentionRequest, context: ReportContext, { texts, data }: Outline) {
  const { snapshot, now, zone } = context
  return {
    period: request.first.unit,
    mode: request.mode ?? 'on',
    cohort: request.cohort ?? 'recurring',
    ...texts,
    base: request.base ?? 'cohort',
    ...(request.cohort === 'first' && { registryAsOf: instantLabel(snapshot.asOf) }),
    ...(request.brackets && { brackets: request.brackets }),
    timeZone: zone.name,
    asOf: instantLabel(now),
    ...exactnessOf(context),
    dataFrom: data?.from ?? null,
    dataTo: data?.to ?? null,
  }
}
