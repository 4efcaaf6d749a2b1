import type { Unit } from '../period'
import { eligibleSize } from './mean'
import { type Base, type RetentionRow, type RetentionTable, rateOf } from './table'

/** Users who came back, of those who could. */
export interface Share {
  readonly count: number
  readonly size: number
}

/** A share over several cohorts. */
export interface Pool extends Share {
  readonly cohorts: number
}

/** The newest cohorts beside as many before them. */
export interface Comparison {
  /** The cohorts just before those of `recent`, as many. */
  readonly before: Pool
  /** Rate of `recent` − rate of `before`, −1..1. */
  readonly difference: number
  /** The two-proportion z statistic; 0 where both rates are 0 or both are 1. */
  readonly z: number
  /** Whether |z| reaches the two-sided 95 % value, 1.96. */
  readonly beyondChance: boolean
}

/** What a page says above a retention grid. Open and flagged cells enter none of it. */
export interface Figures {
  /** The column that the first two figures speak of. */
  readonly offset: number
  /** How many cohorts a side the comparison takes when there are enough. */
  readonly span: number
  /** The last closed cohorts, at most `span`; null where none is closed. */
  readonly recent: Pool | null
  /** Null unless there are `span` closed cohorts before those of `recent` too. */
  readonly comparison: Comparison | null
  readonly latest: { readonly row: RetentionRow; readonly share: Share } | null
  /** The highest offset with at least 3 closed cohorts; null where there is none. */
  readonly farthest: { readonly offset: number; readonly pool: Pool } | null
  readonly users: {
    /**
     * Users in closed cohorts. Where users join several cohorts (`recurring`) that union is not known,
     * and this is the union of all rows, the running one included.
     */
    readonly count: number
    readonly cohorts: number
    /** Users of the running row so far; null where there is none, or where `count` includes them. */
    readonly running: number | null
  }
}

/** The two-sided 95 % point of the normal distribution. */
const Z_95 = 1.959963984540054
const FARTHEST_COHORTS = 3

/** How many closed cohorts each side of the comparison takes: 4 weeks, 7 days, 3 months, 2 years, 24 hours. */
export const SPANS: Readonly<Record<Unit, number>> = { hour: 24, day: 7, week: 4, month: 3, year: 2 }

/**
 * The cell's share where it counts towards means and figures, else null: the cell is closed and not flagged,
 * its row is not flagged and has users.
 */
export function eligibleShare(row: RetentionRow, column: number, base: Base): Share | null {
  const size = eligibleSize(row, column, base)
  const count = row.cells[column]?.count ?? null
  return size === 0 || count === null ? null : { count, size }
}

/** Shares added up, empty for no rows. Its rate is the weighted mean of the column. */
export function poolOf(shares: readonly Share[]): Pool {
  return shares.reduce<Pool>(
    (sum, { count, size }) => ({
      count: sum.count + count,
      size: sum.size + size,
      cohorts: sum.cohorts + 1,
    }),
    { count: 0, size: 0, cohorts: 0 },
  )
}

/** The closed, unflagged cells of a column added up. */
export function columnPool(table: RetentionTable, offset: number): Pool {
  return poolOf(table.rows.flatMap((row) => eligibleShare(row, offset, table.base) ?? []))
}

/**
 * The two-proportion z-test with pooled variance.
 * @returns the statistic, positive where `a` has the higher rate; 0 where the pooled rate is 0 or 1
 * @see NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3
 */
export function twoProportionZ(a: Share, b: Share): number {
  const pooled = (a.count + b.count) / (a.size + b.size)
  const variance = pooled * (1 - pooled) * (1 / a.size + 1 / b.size)
  return variance > 0 ? (a.count / a.size - b.count / b.size) / Math.sqrt(variance) : 0
}

/**
 * The figures of a report.
 * @param headline the offset that the first two speak of; 1 unless given, the last column where there are fewer
 */
export function figuresOf(table: RetentionTable, headline = 1): Figures {
  const columns = table.mean.weighted.length
  const offset = Math.max(0, Math.min(headline, columns - 1))
  const span = SPANS[table.period]
  const shares = table.rows.flatMap((row) => {
    const share = eligibleShare(row, offset, table.base)
    return share === null ? [] : [{ row, share }]
  })
  const pooled = (from: number, to?: number) => poolOf(shares.slice(from, to).map(({ share }) => share))
  const recent = pooled(-span)
  const before = shares.length < 2 * span ? null : pooled(-2 * span, -span)
  return {
    offset,
    span,
    recent: recent.cohorts === 0 ? null : recent,
    comparison: before === null ? null : compare(recent, before),
    latest: shares.at(-1) ?? null,
    farthest: farthestOf(table, columns),
    users: usersOf(table),
  }
}

function compare(recent: Pool, before: Pool): Comparison {
  const z = twoProportionZ(recent, before)
  const difference = recent.count / recent.size - before.count / before.size
  return { before, difference, z, beyondChance: Math.abs(z) >= Z_95 }
}

function farthestOf(table: RetentionTable, columns: number): Figures['farthest'] {
  for (let offset = columns - 1; offset > 0; offset -= 1) {
    const pool = columnPool(table, offset)
    if (pool.cohorts >= FARTHEST_COHORTS) return { offset, pool }
  }
  return null
}

function usersOf(table: RetentionTable): Figures['users'] {
  const counted = table.rows.filter((row) => row.flag === null && (row.size ?? 0) > 0)
  const closed = counted.filter((row) => row.state === 'closed')
  const running = counted.find((row) => row.state === 'open')
  if (table.cohort === 'recurring') return { count: table.users, cohorts: counted.length, running: null }
  return {
    count: closed.reduce((sum, row) => sum + (row.size ?? 0), 0),
    cohorts: closed.length,
    running: running?.size ?? null,
  }
}

/**
 * The Wilson score interval at 95 % for a share, 0..1 each; null where the size is 0.
 * @see E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927)
 */
export function wilsonInterval({ count, size }: Share): readonly [low: number, high: number] | null {
  const rate = rateOf(count, size)
  if (rate === null) return null
  const z2 = Z_95 * Z_95
  const centre = (rate + z2 / (2 * size)) / (1 + z2 / size)
  const half = (Z_95 / (1 + z2 / size)) * Math.sqrt((rate * (1 - rate)) / size + z2 / (4 * size * size))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}
