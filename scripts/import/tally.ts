import type { Doubt } from './times'

/** So many rejected rows are told one by one. */
export const REASONS_TOLD = 10
/** So many doubtful rows of a kind are told. */
const EXAMPLES_TOLD = 3

export interface Rejection {
  readonly file: string
  readonly line: number
  /** Null where the row as a whole is at fault. */
  readonly column: string | null
  readonly reason: string
}

export interface Doubtful {
  readonly count: number
  /** The first ones, as they are told. */
  readonly examples: readonly string[]
}

/** What an import has done so far, plain enough to be kept as JSON. */
export interface Tally {
  /** Rows read, without headers and blank lines. */
  rows: number
  /** Rows without fault. */
  good: number
  rejected: number
  /** The first ones. */
  readonly rejections: Rejection[]
  readonly doubts: Partial<Record<Doubt, Doubtful>>
}

export function emptyTally(): Tally {
  return { rows: 0, good: 0, rejected: 0, rejections: [], doubts: {} }
}

export function countRejection(tally: Tally, rejection: Rejection): void {
  tally.rejected++
  if (tally.rejections.length < REASONS_TOLD) tally.rejections.push(rejection)
}

export function countDoubt(tally: Tally, doubt: Doubt, example: () => string): void {
  const { count, examples } = tally.doubts[doubt] ?? { count: 0, examples: [] }
  const all = examples.length < EXAMPLES_TOLD ? [...examples, example()] : examples
  tally.doubts[doubt] = { count: count + 1, examples: all }
}
