import 'server-only'
import { offset, type Period, parseExpression, periodAt, range, type UserId } from '../bitmapist/face'
import type { RetentionUsersQuery } from '../query/lists'
import { report, requestOf } from './reports'
import { requestSignal } from './request'

/** Dots beside an id. */
const DOTS = 12

/** A page of the users behind a place of a report. */
export interface CellUsers {
  /** How many are in the place; and how many of its rows are not, null for a row itself. */
  readonly returned: number
  readonly missing: number | null
  readonly users: readonly UserId[]
  /** The bit of the page's last user where more follow. */
  readonly next: number | null
  /** The last periods until the running one, and in which of them each user of the page did the return. */
  readonly periods: readonly Period[]
  readonly dots: readonly (readonly boolean[])[]
}

/** Reads a page of a cell's users, with their last returns. @throws BitcohortError */
export function loadCellUsers(
  { query, cell }: RetentionUsersQuery,
  { after, limit }: { readonly after: number | null; readonly limit: number },
): Promise<CellUsers> {
  return report(async (bitmapist) => {
    const request = requestOf(query)
    const signal = requestSignal()
    const setOf = (which: typeof cell.which) => bitmapist.retentionUsers(request, { ...cell, which }, signal)
    const returned = await setOf('returned')
    const missing = cell.column === null ? null : await setOf('missing')
    const { users, next } = await (cell.which === 'missing' && missing ? missing : returned).page({
      after,
      limit,
    })
    const running = periodAt(query.first.unit, new Date(), bitmapist.zone)
    const periods = range(offset(running, 1 - DOTS, bitmapist.zone), DOTS, bitmapist.zone)
    const [inCell, notInCell, dots] = await Promise.all([
      returned.count(),
      missing?.count() ?? null,
      bitmapist.dots(users, { expression: parseExpression(query.return, 'return'), periods }),
    ])
    return { returned: inCell, missing: notInCell, users, next, periods, dots }
  })
}
