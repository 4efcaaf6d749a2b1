import { type Bracket, lastDay, offset, type Period, type RetentionTable } from '../../lib/bitmapist/face'
import { formatPeriod, offsetName, unitWord } from './dates'
import { zoneNamed } from './zone'

/** The offsets that a column stands for. */
export function bracketOf({ brackets }: Pick<RetentionTable, 'brackets'>, column: number): Bracket {
  return brackets?.[column] ?? [column, column]
}

/** `Week 3`, `Weeks 1–3`: the name of a column. */
export function columnName(table: Pick<RetentionTable, 'brackets' | 'period'>, column: number): string {
  const [from, to] = bracketOf(table, column)
  if (from === to) return offsetName(table.period, from)
  const words = unitWord(table.period, 2)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} ${from}–${to}`
}

/** The column's periods in a row: of all its offsets the first and the last. */
export function columnPeriods(
  table: Pick<RetentionTable, 'brackets' | 'timeZone'>,
  row: Period,
  column: number,
): readonly [first: Period, last: Period] {
  const [from, to] = bracketOf(table, column)
  const zone = zoneNamed(table.timeZone)
  return [offset(row, from, zone), offset(row, to, zone)]
}

/** One period, or several in a row: `13–19 Jan to 27 Jan – 2 Feb 2025`. */
export function formatSpan(first: Period, last: Period): string {
  if (first.index === last.index) return formatPeriod(last)
  const sameYear = formatPeriod(first).slice(-4) === formatPeriod(lastDay(last)).slice(-4)
  return `${formatPeriod(first, { year: !sameYear || first.unit === 'year' })} to ${formatPeriod(last)}`
}

/** What a cell of the column counts: `active in 13–19 Jan 2025`, with the mode's own words. */
export function returnWords(
  table: Pick<RetentionTable, 'mode' | 'period' | 'brackets' | 'timeZone'>,
  row: Period,
  column: number,
): string {
  const [first, last] = columnPeriods(table, row, column)
  const zone = zoneNamed(table.timeZone)
  const [from] = bracketOf(table, column)
  switch (table.mode) {
    case 'on':
      return first.index === last.index
        ? `in ${formatPeriod(first)}`
        : `at least once in ${formatSpan(first, last)}`
    case 'on-or-after':
      return `in ${formatPeriod(first)} or later, to date`
    case 'on-or-before':
      return from === 0
        ? `in ${formatPeriod(first)}`
        : `at least once in ${formatSpan(offset(row, 1, zone), last)}`
    case 'every':
      return from === 0 ? `in ${formatPeriod(first)}` : `in every ${table.period} of ${formatSpan(row, last)}`
    default:
      return table.mode satisfies never
  }
}
