import type { Call } from './call'
import type { Pair } from './pair'
import type { Runner, Trust } from './tracker'

/** What may be relied on while pairs of connections hear of changes: reads over them are tracked. */
export class PairTrust implements Trust, Runner {
  readonly runner: Runner = this
  readonly oldest = Number.NEGATIVE_INFINITY
  readonly asOf = Number.POSITIVE_INFINITY
  /** Whether every read was tracked. */
  private isTracked = true

  /**
   * @param server reads what pairs cannot
   * @param pairOf the pair that reads a key; null for none
   */
  constructor(
    private readonly server: Runner,
    private readonly pairs: ReadonlyMap<string, Pair>,
    private readonly pairOf: (key: string) => Pair | null,
  ) {}

  covers(key: string): boolean {
    return this.pairOf(key) !== null
  }

  /**
   * Whether all changes of what was read, while it was read, have been heard. The answers came on another connection
   * than the news: one that came last may be older than a change that was not heard yet.
   */
  async seal(): Promise<boolean> {
    if (!this.isTracked) return false
    const checks = await Promise.all([...this.pairs.values()].map((pair) => pair.check()))
    return checks.every(Boolean)
  }

  async run(calls: readonly Call[]): Promise<readonly unknown[]> {
    const byPair = new Map<Pair | null, number[]>()
    for (const [i, { key }] of calls.entries()) {
      const pair = this.pairOf(key)
      const group = byPair.get(pair)
      if (group) group.push(i)
      else byPair.set(pair, [i])
    }
    const replies: unknown[] = new Array(calls.length)
    await Promise.all(
      [...byPair].map(async ([pair, places]) => {
        const own = places.flatMap((i) => calls[i] ?? [])
        const answers = await this.runOn(pair, own)
        for (const [n, i] of places.entries()) replies[i] = answers[n]
      }),
    )
    return replies
  }

  /** What a pair cannot answer is asked of the server, which follows a key to its node and says what is wrong. */
  private async runOn(pair: Pair | null, calls: readonly Call[]): Promise<readonly unknown[]> {
    if (pair?.isOpen) {
      const replies = await pair.run(calls)
      if (!replies.some((reply) => reply instanceof Error)) return replies
    }
    if (pair) this.isTracked = false
    return this.server.run(calls)
  }
}
