import {
  baseOf,
  columnPool,
  type Period,
  parsePeriod,
  periodAt,
  type RetentionRow,
  type RetentionTable,
  wilsonInterval,
} from '../../lib/bitmapist/face'
import { bracketOf, columnName, columnPeriods, formatSpan, returnWords } from './column'
import { formatClose, formatPeriod, shortLabel } from './dates'
import { formatCount, formatInterval, formatNumber, formatRate, formatShare, NBSP } from './format'
import { FEW_USERS } from './heat'
import { zoneNamed } from './zone'

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
  return periodAt(table.period, new Date(table.asOf), zoneNamed(table.timeZone))
}

/** Names as the page says them: long expressions cut in the middle of nothing, at their end. */
export function shorten(text: string, length = 40): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

/** Why a cell is marked, or null. */
export function silentReason(table: RetentionTable): string {
  const when = table.brackets ? 'then' : `in this ${table.period}`
  return `no marks of ${shorten(table.return)} by anyone ${when}: an outage, not churn; kept out of means and figures`
}

export function historyReason(table: RetentionTable): string {
  return `the first ${table.period} on record: everyone from before is in it; kept out of means and figures`
}

export const FEW_REASON = `under ${FEW_USERS} users: a few more or less change the rate a lot`

/** The tooltip of a cell. */
export function describeCell(table: RetentionTable, row: RetentionRow, k: number): Description {
  const cell = row.cells[k]
  const of = rowPeriod(row)
  const [first, last] = columnPeriods(table, of, k)
  const began = `${shorten(table.start)} in ${formatPeriod(of)}`
  if (!cell || cell.state === 'future' || cell.count === null || row.size === null)
    return {
      title: 'Not yet',
      lines: [`${columnName(table, k)} of ${formatPeriod(of)} is ${formatSpan(first, last)}`],
    }
  if (row.size === 0) return { title: 'No users', lines: [`nobody in this cohort: ${began}`] }
  return {
    title: cellTitle(table, { row, count: cell.count, size: row.size }, k),
    lines: [
      ...rateWords({ count: cell.count, size: baseOf(row, k, table.base) ?? 0 }),
      `${shorten(table.return)} ${returnWords(table, of, k)}`,
      began,
      cell.state === 'open' ? `so far; closes ${formatClose(last, table.timeZone)}` : closedWords(table),
      ...(cell.flag === 'silent' ? [silentReason(table)] : []),
      ...(row.flag === 'history' ? [historyReason(table)] : []),
      ...(row.size < FEW_USERS ? [FEW_REASON] : []),
    ],
  }
}

interface Counted {
  readonly row: RetentionRow
  readonly count: number
  readonly size: number
}

/** `1,207 of 4,827 came back`; of a streak against the column before `1,207 of 2,010 went on`. */
function cellTitle(table: RetentionTable, { row, count, size }: Counted, k: number): string {
  if (bracketOf(table, k)[1] === 0)
    return `${formatCount(count)} of ${formatCount(size)} in the same ${table.period}`
  if (table.base === 'cohort') return `${formatCount(count)} of ${formatCount(size)} came back`
  return `${formatCount(count)} of ${formatCount(baseOf(row, k, table.base) ?? 0)} in the ${table.period} before went on`
}

function rateWords(share: { readonly count: number; readonly size: number }): readonly string[] {
  const interval = wilsonInterval(share)
  if (interval === null) return []
  return [`${formatShare(share)} (95${NBSP}%: ${formatInterval(interval)})`]
}

function closedWords({ mode, period }: RetentionTable): string {
  return mode === 'on-or-after' ? `to date: who comes back in a later ${period} is added` : 'closed'
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
  const name = columnName(table, k)
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
