import type { Call } from './call'
import { runGrouped } from './grouped'
import type { Pair } from './pair'
import type { Sink } from './reply'
import { type Asked, runWith } from './route'
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

  async run(calls: readonly Call[], sinks: readonly (Sink | undefined)[] = []): Promise<readonly unknown[]> {
    const asked = calls.map((call, i): Asked => ({ call, sink: sinks[i] }))
    return runGrouped(
      asked,
      ({ call }) => this.pairOf(call.key),
      (pair, own) => this.runOn(pair, own),
    )
  }

  /** What a pair cannot answer is asked of the server, which follows a key to its node and says what is wrong. */
  private async runOn(pair: Pair | null, asked: readonly Asked[]): Promise<readonly unknown[]> {
    const { replies, isWhole } = await runWith(pair, asked, this.server)
    if (pair && !isWhole) this.isTracked = false
    return replies
  }
}
