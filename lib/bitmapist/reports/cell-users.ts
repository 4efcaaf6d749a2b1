import { BitcohortError, expected } from '../errors'
import { label } from '../label'
import { offset, type Period, periodAt, range, stateOf } from '../period'
import type { Node, Plan } from '../plan'
import type { UserId } from '../user-id'
import { planned, type ReportContext } from './context'
import { eligibleShare } from './figures'
import { bracketsOf, checkRequest, type RetentionRequest } from './request'
import { retention } from './retention'
import { planSets, returnedUsers, type Sets } from './sets'
import { UserSet } from './user-set'

/** A place of a retention table whose users are asked for. */
export interface Cell {
  /** A row's period; null for all rows that count in the column's mean. */
  readonly row: Period | null
  /** 0 to the last column; null for the row itself (with `row: null` all rows together). */
  readonly column: number | null
  /** Who is in the cell, or who of its row is not; of a row itself there are only `returned`. */
  readonly which: 'returned' | 'missing'
}

/**
 * The users behind a cell of a retention table, behind a row's size, or behind a mean. A cell's `returned` are as many
 * as its count, and with `missing` they are the row. A mean's are the union of its rows' users: where users join several
 * rows, somebody may have returned in one and be missing in another.
 * @throws BAD_PERIOD for what has no users because it has not begun, and for a mean that rests on no row; BAD_PARAMETER
 * for another row or column than the table has; the errors of `retention`
 */
export async function cellUsers<Id extends UserId>(
  request: RetentionRequest,
  cell: Cell,
  context: ReportContext<Id>,
): Promise<UserSet<Id>> {
  checkRequest(request)
  checkCell(request, cell, context)
  const rows = await rowsOf(request, cell, context)
  const {
    plan,
    known,
    made: node,
  } = await planned(context, async ({ plan, known }) => {
    const sets = await planSets(request, { context, plan, known })
    return plan.or(rows.map((r) => usersAt(request, { plan, sets, r, cell })))
  })
  return new UserSet({ context, plan, known, node })
}

interface Place {
  readonly plan: Plan
  readonly sets: Sets
  readonly r: number
  readonly cell: Cell
}

function usersAt(request: RetentionRequest, { plan, sets, r, cell: { column, which } }: Place): Node {
  const row = sets.rows[r]
  if (row === undefined) throw new RangeError(`row ${r} has not begun`)
  if (column === null) return row.node
  const returned = returnedUsers(request, { plan, sets, r, column })
  return which === 'returned' ? returned : plan.minus(row.node, returned)
}

/** Which rows of the table are meant, by their places. */
async function rowsOf(
  request: RetentionRequest,
  { row, column }: Cell,
  context: ReportContext,
): Promise<readonly number[]> {
  const periods = range(request.first, request.rows, context.zone)
  if (row !== null) return [periods.findIndex((of) => of.index === row.index)]
  const now = periodAt(request.first.unit, context.now, context.zone)
  if (column === null) return periods.flatMap((of, r) => (stateOf(of, now) === 'future' ? [] : [r]))
  const table = await retention(request, { ...context, isExact: true })
  const counting = table.rows.flatMap((of, r) => (eligibleShare(of, column, table.base) ? [r] : []))
  if (counting.length > 0) return counting
  throw new BitcohortError('BAD_PERIOD', expected('offset', 'a column whose mean rests on a row', column), {
    field: 'offset',
  })
}

function checkCell(request: RetentionRequest, { row, column, which }: Cell, { now, zone }: ReportContext) {
  const brackets = bracketsOf(request)
  if (column === null && which === 'missing') throw bad('which', 'returned for the row itself', which)
  if (column !== null && brackets[column] === undefined)
    throw bad('offset', `a column 0..${brackets.length - 1}`, column)
  if (row === null) return
  const { first, rows } = request
  if (row.unit !== first.unit || !range(first, rows, zone).some((of) => of.index === row.index))
    throw bad('row', 'a row of the table', label(row))
  const running = periodAt(row.unit, now, zone)
  const from = column === null ? 0 : (brackets[column]?.[0] ?? 0)
  const begins = offset(row, from, zone)
  if (stateOf(begins, running) === 'future')
    throw new BitcohortError('BAD_PERIOD', expected('offset', 'a period that has begun', label(begins)), {
      field: column === null ? 'row' : 'offset',
    })
}

function bad(field: string, expectation: string, got: unknown): BitcohortError {
  return new BitcohortError('BAD_PARAMETER', expected(field, expectation, got), { field })
}
