/**
 * What a ratio says: how many times as long the peer takes (`speedup`), or how many times as long as the peer's ours is
 * (`cost`).
 */
export type Measure = 'speedup' | 'cost'

/** One line of the result: ours against a peer, on the same data in the same run. */
export interface Line {
  /** The case, as `--only` names it. */
  readonly section: string
  readonly group: string
  readonly name: string
  readonly peer: string
  readonly unit: 'ms' | 'MiB' | 'bytes'
  /** Medians. */
  readonly ours: number
  readonly theirs: number
  /** Medians of the first runs of turns, right after the others', ours and theirs. Null where there were no turns. */
  readonly firstMs: readonly [ours: number, theirs: number] | null
  /** The shortest of the runs, ours and theirs: what a busy machine leaves to be seen. Null where there was one. */
  readonly best: readonly [ours: number, theirs: number] | null
  readonly measure: Measure
  readonly ratio: number
  /** The ratio that is wanted: of a speedup at least, of a cost at most. */
  readonly must: number | null
  readonly met: boolean | null
  /** What one of our runs read from Redis; null where that was not looked at. */
  readonly readMiB: number | null
  /** The longest that one of our runs held the event loop. */
  readonly heldMs: number | null
}

/** A line whose ratio follows from its numbers. */
export function lineOf(facts: Omit<Line, 'ratio' | 'met'>): Line {
  const { ours, theirs, measure, must } = facts
  const ratio = measure === 'speedup' ? theirs / ours : ours / theirs
  const met = must === null ? null : measure === 'speedup' ? ratio >= must : ratio <= must
  return { ...facts, ratio, met }
}
