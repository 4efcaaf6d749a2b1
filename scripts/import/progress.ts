import type { Tally } from './tally'
import { duration, numberText } from './text'
import type { Doubt } from './times'

const DRAW_MS = 100
/** How often a line says how far it is where lines cannot be drawn over. */
const LINE_MS = 3000
const BAR = 20

/** Shows how far an import is, on standard error: rows, rate, and the time left by the bytes read of all files. */
export class Progress {
  private readonly begun = Date.now()
  private last = this.begun
  private bytes = 0
  private passed = 0

  /**
   * @param earlier rows of an earlier run
   * @param byteLength of all inputs; null where one of them does not say
   */
  constructor(
    private readonly tally: Tally,
    private readonly earlier: number,
    private readonly byteLength: number | null,
  ) {}

  /** Bytes that are passed over count as done, and say nothing about the speed. */
  readonly onBytes = (count: number, isPassed = false): void => {
    this.bytes += count
    if (isPassed) this.passed += count
  }

  readonly report = (): void => {
    const isTerminal = process.stderr.isTTY
    if (Date.now() - this.last < (isTerminal ? DRAW_MS : LINE_MS)) return
    this.last = Date.now()
    const line = this.line(isTerminal)
    // A terminal that does not say how wide it is says 0.
    const width = (process.stderr.columns || 80) - 1
    process.stderr.write(isTerminal ? `\r\x1b[K${line.slice(0, width)}` : `${line}\n`)
  }

  /** Leaves the line free for what is printed next. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }

  seconds(): number {
    return Math.max(0.001, (Date.now() - this.begun) / 1000)
  }

  /** Rows a second, of this run. */
  rate(): string {
    return `${numberText((this.tally.rows - this.earlier) / this.seconds())} rows/s`
  }

  private line(withBar: boolean): string {
    const done = `${numberText(this.tally.rows)} rows  ${this.rate()}`
    const read = this.bytes - this.passed
    if (!this.byteLength || read <= 0) return done
    const share = Math.min(1, this.bytes / this.byteLength)
    const left = (this.seconds() * Math.max(0, this.byteLength - this.bytes)) / read
    const full = Math.round(share * BAR)
    const bar = withBar ? `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ` : ''
    return `${bar}${Math.floor(share * 100)} %  ${done}  ${duration(left)} left`
  }
}

export interface SummaryOptions {
  readonly progress: Progress
  /** Rows that Redis holds, or would hold. */
  readonly marked: number
  readonly earlier: number
  readonly isDry: boolean
  /** The last year that is not doubted. */
  readonly lastYear: number
}

/** What an import has done, for standard output. */
export function summary(
  tally: Tally,
  { progress, marked, earlier, isDry, lastYear }: SummaryOptions,
): string {
  const { rows, rejected, rejections } = tally
  const width = numberText(rows).length
  const count = (value: number) => numberText(value).padStart(width)
  const before = earlier > 0 ? `, ${numberText(earlier)} of them in earlier runs` : ''
  const reasons = rejections.map(({ file, line, reason }) => `  ${file} line ${line}: ${reason}`)
  const more = rejected - rejections.length
  return [
    `Rows read  ${count(rows)}  in ${duration(progress.seconds())}, ${progress.rate()}${before}`,
    `${isDry ? 'Would mark' : 'Marked    '} ${count(marked)}`,
    `Rejected   ${count(rejected)}${rejected > 0 ? ':' : ''}`,
    ...reasons,
    ...(more > 0 ? [`  and ${numberText(more)} more`] : []),
    ...warnings(tally, lastYear),
  ].join('\n')
}

function warnings({ doubts }: Tally, lastYear: number): readonly string[] {
  const what: Readonly<Record<Doubt, string>> = {
    compact: 'a number that looks like a date reads as an epoch time; write 2025-01-06, not 20250106',
    unit: 'an epoch number lands in 1970 or past 2100; are seconds and milliseconds mixed up?',
    range: `the time lies outside 2000 … ${lastYear}`,
  }
  const lines = (['compact', 'unit', 'range'] as const).flatMap((kind) => {
    const { count, examples } = doubts[kind] ?? { count: 0, examples: [] }
    if (count === 0) return []
    const more = count > examples.length ? ['    …'] : []
    return [
      `  ${numberText(count)} ${count === 1 ? 'row' : 'rows'}: ${what[kind]}`,
      ...examples.map((example) => `    ${example}`),
      ...more,
    ]
  })
  return lines.length === 0 ? [] : ['Warnings, of rows that are not rejected:', ...lines]
}
