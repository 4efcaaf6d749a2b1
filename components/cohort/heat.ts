import { eligibleShare, type RetentionTable } from '../../lib/bitmapist/face'

/** The rates at the two ends of the colours, 0..1. */
export interface HeatScale {
  readonly low: number
  readonly high: number
}

/** How many colours the one-hue scale has; steps are 1..9. */
export const HEAT_STEPS = 9
/** The diverging scale has this many colours each side of the middle: steps −4..4. */
export const DRIFT_STEPS = 4

/** Cohorts smaller than this jump by chance: they are marked, and the scale does not follow them. */
export const FEW_USERS = 30
const MIN_WIDTH = 0.05

/** The p-quantile of sorted numbers, with linear interpolation (type 7 of Hyndman and Fan). */
function quantile(sorted: readonly number[], p: number): number {
  const at = (sorted.length - 1) * p
  const low = sorted[Math.floor(at)] ?? 0
  const high = sorted[Math.ceil(at)] ?? low
  return low + (high - low) * (at - Math.floor(at))
}

/** At least 5 points wide around the same middle, and inside 0..1. */
function widened(low: number, high: number): HeatScale {
  const lack = Math.max(0, MIN_WIDTH - (high - low))
  const start = Math.min(Math.max(0, low - lack / 2), 1 - Math.max(MIN_WIDTH, high - low))
  return { low: start, high: Math.max(high, start + MIN_WIDTH) }
}

/**
 * The scale of one grid, or one that several compared grids share: from the 5th to the 95th percentile of the closed,
 * unflagged cells of offsets ≥ 1 in cohorts of at least 30 users.
 * @returns null where there is no such cell, so nothing is coloured
 */
export function heatScale(...tables: readonly RetentionTable[]): HeatScale | null {
  const rates = tables.flatMap(({ rows, base }) =>
    rows.flatMap((row) =>
      row.cells.flatMap(({ offset }, column) => {
        const share = offset === 0 ? null : eligibleShare(row, column, base)
        return share === null || share.size < FEW_USERS ? [] : [share.count / share.size]
      }),
    ),
  )
  if (rates.length === 0) return null
  const sorted = rates.toSorted((a, b) => a - b)
  return widened(quantile(sorted, 0.05), quantile(sorted, 0.95))
}

/** The colour of a rate, 1..9; rates beyond the ends have the ends' colours. */
export function heatStep(rate: number, { low, high }: HeatScale): number {
  const part = (rate - low) / (high - low)
  return Math.min(HEAT_STEPS, Math.max(1, 1 + Math.floor(part * HEAT_STEPS)))
}

/**
 * How far a column's mean the colours reach on either side, 0..1: the 95th percentile of the distances,
 * at least 2.5 points.
 * @returns null where nothing is to be compared
 */
export function driftSpan(table: RetentionTable): number | null {
  const distances = table.rows.flatMap((row) =>
    row.cells.flatMap(({ offset }, column) => {
      const share = offset === 0 ? null : eligibleShare(row, column, table.base)
      const mean = table.mean.weighted[column] ?? null
      return share === null || mean === null || share.size < FEW_USERS
        ? []
        : [Math.abs(share.count / share.size - mean)]
    }),
  )
  if (distances.length === 0) return null
  return Math.max(
    MIN_WIDTH / 2,
    quantile(
      distances.toSorted((a, b) => a - b),
      0.95,
    ),
  )
}

/** The colour of a rate against its column's mean, −4..4; 0 is within a ninth of the whole width around the mean. */
export function driftStep(rate: number, mean: number, span: number): number {
  const steps = Math.round(((rate - mean) / span) * (DRIFT_STEPS + 0.5))
  return Math.min(DRIFT_STEPS, Math.max(-DRIFT_STEPS, steps))
}
