import type { RetentionTable } from '../../lib/bitmapist/face'
import type { RetentionUsersQuery } from '../../lib/query/lists'
import { columnName, returnWords } from '../cohort/column'
import { formatPeriod } from '../cohort/dates'
import { shorten } from '../cohort/describe'
import { formatNumber } from '../cohort/format'

/** The parts of a table that words of its columns need, from its question alone. */
export function shapeOf({ query }: RetentionUsersQuery, timeZone: string) {
  const { mode, first, brackets } = query
  return {
    mode,
    period: first.unit,
    timeZone,
    ...(brackets && { brackets }),
  } satisfies Partial<RetentionTable>
}

/** `1,207 users came back`, `3,620 users did not come back`, `4,827 users in the cohort` */
export function headlineOf({ cell }: RetentionUsersQuery, count: number): string {
  const users = formatNumber(count, 'user')
  if (cell.column === null) return cell.row === null ? `${users} in the cohorts` : `${users} in the cohort`
  return cell.which === 'returned' ? `${users} came back` : `${users} did not come back`
}

/** Who they are: what they began with and when, and what they came back for. */
export function placeOf(asked: RetentionUsersQuery, timeZone: string): readonly string[] {
  const { query, cell } = asked
  const shape = shapeOf(asked, timeZone)
  const who = query.who === null ? '' : ` and ${shorten(query.who)}`
  const first = query.cohort === 'first' ? ' for the first time' : ''
  const rows = cell.column === null ? 'in any cohort' : 'in every cohort that counts in the mean'
  const began = `${shorten(query.start)}${first}${who} ${cell.row === null ? rows : `in ${formatPeriod(cell.row)}`}`
  if (cell.column === null) return [began]
  const name = columnName(shape, cell.column)
  const back =
    cell.row === null
      ? `in ${name.toLowerCase()}`
      : `${returnWords(shape, cell.row, cell.column)} (${name.toLowerCase()})`
  return [began, `${shorten(query.return)} ${back}`]
}
