import { baseOf, columnPool, parsePeriod, type RetentionTable, rateOf } from '../../lib/bitmapist/face'
import { formatPeriod } from '../cohort/dates'

/** One point of a curve; null where there is nothing to draw. */
export interface CurvePoint {
  readonly y: number | null
  readonly open: boolean
}

export interface Curve {
  readonly name: string
  readonly points: readonly CurvePoint[]
}

export interface Curves {
  /** A line a cohort, the oldest first. */
  readonly cohorts: readonly Curve[]
  readonly mean: Curve
}

/**
 * The lines of a report: rates in percent, or counts. Future, flagged and empty cells leave gaps; open ones are marked.
 * Of counts the mean is the mean cohort's users.
 */
export function curvesOf(table: RetentionTable, values: 'rate' | 'count'): Curves {
  const cohorts = table.rows
    .filter(({ size }) => (size ?? 0) > 0)
    .map((row) => ({
      name: formatPeriod(parsePeriod(row.label)),
      points: row.cells.map(({ count, state, flag }, column): CurvePoint => {
        const rate = rateOf(count, baseOf(row, column, table.base))
        const y = flag !== null || rate === null ? null : values === 'rate' ? rate * 100 : count
        return { y, open: state === 'open' }
      }),
    }))
  return { cohorts, mean: { name: 'Mean', points: meanPoints(table, values) } }
}

function meanPoints(table: RetentionTable, values: 'rate' | 'count'): readonly CurvePoint[] {
  return table.mean.weighted.map((_, k) => {
    const { count, size, cohorts } = columnPool(table, k)
    if (cohorts === 0) return { y: null, open: false }
    return { y: values === 'rate' ? (100 * count) / size : count / cohorts, open: false }
  })
}
