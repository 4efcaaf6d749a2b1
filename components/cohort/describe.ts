import {
  columnPool,
  offset,
  type Period,
  parsePeriod,
  periodAt,
  type RetentionRow,
  type RetentionTable,
  wilsonInterval,
} from '../../lib/bitmapist/face'
import { formatClose, formatPeriod, offsetName, shortLabel } from './dates'
import { formatCount, formatInterval, formatNumber, formatRate, formatShare, NBSP } from './format'
import { FEW_USERS } from './heat'

/** What a tooltip says: a bold first line and the rest. */
export interface Description {
  readonly title: string
  readonly lines: readonly string[]
}

/** The period of a row. */
export function rowPeriod(row: RetentionRow): Period {
  return parsePeriod(row.label)
}

/** The running period of a report's unit, at the report's instant. */
export function runningPeriod(table: RetentionTable): Period {
  return periodAt(table.period, new Date(table.asOf))
}

/** Names as the page says them: long expressions cut in the middle of nothing, at their end. */
export function shorten(text: string, length = 40): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

/** Why a cell is marked, or null. */
export function silentReason(table: RetentionTable): string {
  return `no marks of ${shorten(table.return)} by anyone in this ${table.period}: an outage, not churn; kept out of means and figures`
}

export function historyReason(table: RetentionTable): string {
  return `the first ${table.period} on record: everyone from before is in it; kept out of means and figures`
}

export const FEW_REASON = `under ${FEW_USERS} users: a few more or less change the rate a lot`

/** The tooltip of a cell. */
export function describeCell(table: RetentionTable, row: RetentionRow, k: number): Description {
  const cell = row.cells[k]
  const of = rowPeriod(row)
  const at = offset(of, k)
  const began = `${shorten(table.start)} in ${formatPeriod(of)}`
  if (!cell || cell.state === 'future' || cell.count === null || row.size === null)
    return {
      title: 'Not yet',
      lines: [`${offsetName(table.period, k)} of ${formatPeriod(of)} is ${formatPeriod(at)}`],
    }
  if (row.size === 0) return { title: 'No users', lines: [`nobody in this cohort: ${began}`] }
  const share = { count: cell.count, size: row.size }
  const interval = wilsonInterval(share)
  const rate = `${formatShare(share)}${interval ? ` (95${NBSP}%: ${formatInterval(interval)})` : ''}`
  return {
    title: `${formatCount(cell.count)} of ${formatCount(row.size)} ${k === 0 ? 'in the same' : 'came back'}${k === 0 ? ` ${table.period}` : ''}`,
    lines: [
      rate,
      `${shorten(table.return)} in ${formatPeriod(at)}`,
      began,
      cell.state === 'open' ? `so far; closes ${formatClose(at, table.timeZone)}` : 'closed',
      ...(cell.flag === 'silent' ? [silentReason(table)] : []),
      ...(row.flag === 'history' ? [historyReason(table)] : []),
      ...(row.size < FEW_USERS ? [FEW_REASON] : []),
    ],
  }
}

/** The tooltip of a row's head. */
export function describeRow(table: RetentionTable, row: RetentionRow): Description {
  const of = rowPeriod(row)
  const title = [formatPeriod(of), shortLabel(of)].filter(Boolean).join(' · ')
  if (row.size === null) return { title, lines: ['not begun yet'] }
  const who = table.who === null ? '' : ` and ${shorten(table.who)}`
  return {
    title,
    lines: [
      `${formatNumber(row.size, 'user')}: ${shorten(table.start)}${table.cohort === 'first' ? ' for the first time' : ''}${who}`,
      row.state === 'open' ? `so far; closes ${formatClose(of, table.timeZone)}` : 'closed',
      ...(row.flag === 'history' ? [historyReason(table)] : []),
      ...(row.size > 0 && row.size < FEW_USERS ? [FEW_REASON] : []),
    ],
  }
}

/** How many rows could count towards a mean: they have ended, hold users and are not flagged. */
export function cohortCount(table: RetentionTable): number {
  return table.rows.filter(({ flag, size, state }) => state === 'closed' && flag === null && (size ?? 0) > 0)
    .length
}

/** The tooltip of a column's mean. */
export function describeMean(table: RetentionTable, k: number): Description {
  const pool = columnPool(table, k)
  const name = offsetName(table.period, k)
  if (pool.cohorts === 0)
    return { title: `${name}: no mean yet`, lines: ['no closed cell in this column that counts'] }
  const simple = table.mean.simple[k] ?? null
  return {
    title: `${formatCount(pool.count)} of ${formatCount(pool.size)} · ${pool.cohorts} of ${formatNumber(cohortCount(table), 'cohort')}`,
    lines: [
      `${name}: ${formatShare(pool)}, every user counted alike`,
      ...(simple === null ? [] : [`${formatRate(simple)}, every cohort counted alike`]),
      'open and flagged cells stay out',
    ],
  }
}
