import { BitcohortError } from '../bitmapist/face'
import type { ReportStats } from './metrics'

/**
 * Bounds how many reports are under way. How many of them are computed at once is the library's own: it admits walks by
 * the memory that they take, in their order, and the small ones beside the large ones.
 */
export class ReportAdmission {
  private running = 0
  private refused = 0

  constructor(private readonly limit: number) {}

  get stats(): ReportStats {
    return { running: this.running, refused: this.refused }
  }

  /** Runs a report. @throws TOO_MANY_REPORTS */
  async run<Result>(report: () => Promise<Result>): Promise<Result> {
    this.enter()
    try {
      return await report()
    } finally {
      this.running--
    }
  }

  /** Runs a report that is sent while it is made: it is under way until its end is taken, or given up. @throws TOO_MANY_REPORTS */
  async *stream<Part>(report: AsyncIterable<Part>): AsyncGenerator<Part> {
    this.enter()
    try {
      yield* report
    } finally {
      this.running--
    }
  }

  private enter(): void {
    if (this.running >= this.limit) {
      this.refused++
      throw new BitcohortError('TOO_MANY_REPORTS', `${this.limit} reports are under way, which is the most`)
    }
    this.running++
  }
}
