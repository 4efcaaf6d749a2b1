import { type Bracket, label, parsePeriod, type RetentionTable, type Zone } from '../bitmapist/face'
import type { RetentionUsersQuery } from './lists'
import { printRetentionQuery } from './retention'
import type { RetentionQuery } from './types'

type Cell = RetentionUsersQuery['cell']

/** The question that a table answers. */
export function questionOfTable(table: RetentionTable): RetentionQuery | null {
  const [row] = table.rows
  if (row === undefined) return null
  const { start, who, return: returning, mode, cohort, base, brackets = null } = table
  const first = parsePeriod(row.label)
  const columns = brackets ? (brackets.at(-1)?.[1] ?? 0) + 1 : table.mean.weighted.length
  const shape = { rows: table.rows.length, columns, mode, cohort, base, brackets }
  return { start, who, return: returning, first, ...shape }
}

/** The parameters of a cell's users: what `parseRetentionUsersQuery` reads. */
export function printCell(query: RetentionQuery, cell: Cell, zone: Zone): URLSearchParams {
  const params = printRetentionQuery(query, zone)
  if (cell.row !== null) params.set('row', label(cell.row))
  if (cell.column !== null) params.set('offset', String(offsetOf(query.brackets, cell.column)))
  if (cell.which === 'missing') params.set('which', cell.which)
  return params
}

function offsetOf(brackets: readonly Bracket[] | null, column: number): number {
  return brackets?.[column]?.[0] ?? column
}

/** The page of a cell's users. @param after the last id of the page before */
export function cellUrl(
  query: RetentionQuery,
  cell: Cell,
  { zone, after = null }: { readonly zone: Zone; readonly after?: number | null },
): string {
  const params = printCell(query, cell, zone)
  if (after !== null) params.set('cursor', String(after))
  return `/retention/users?${params}`
}
