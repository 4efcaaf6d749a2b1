import type { Tally } from './load'

const DRAW_MS = 100
/** How often a line says how far it is where lines cannot be drawn over. */
const LINE_MS = 3000
const BAR = 20

const number = (value: number) => Math.round(value).toLocaleString('en-US')

/** Shows how far an import is, on standard error: rows, rate, and the time left by the bytes read. */
export class Progress {
  private readonly begun = Date.now()
  private last = this.begun

  /** @param byteLength of all inputs; null where one of them does not say */
  constructor(
    private readonly tally: Tally,
    private readonly byteLength: number | null,
  ) {}

  readonly report = (): void => {
    const isTerminal = process.stderr.isTTY
    if (Date.now() - this.last < (isTerminal ? DRAW_MS : LINE_MS)) return
    this.last = Date.now()
    const line = this.line(isTerminal)
    process.stderr.write(isTerminal ? `\r\x1b[K${line.slice(0, process.stderr.columns - 1)}` : `${line}\n`)
  }

  /** Leaves the line free for what is printed next. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }

  seconds(): number {
    return Math.max(0.001, (Date.now() - this.begun) / 1000)
  }

  private line(withBar: boolean): string {
    const { rows, bytes } = this.tally
    const seconds = this.seconds()
    const rate = `${number(rows)} rows  ${number(rows / seconds)} rows/s`
    if (!this.byteLength || bytes === 0) return rate
    const share = Math.min(1, bytes / this.byteLength)
    const left = `${duration((seconds * (1 - share)) / share)} left`
    const full = Math.round(share * BAR)
    const bar = withBar ? `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ` : ''
    return `${bar}${Math.floor(share * 100)} %  ${rate}  ${left}`
  }
}

/** `9 s`, `3 min 5 s`, `2 h 4 min` */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** What an import has done, for standard output. */
export function summary({ rows, marked, rejected, rejections }: Tally, seconds: number): string {
  const width = Math.max(number(rows).length, 1)
  const count = (value: number) => number(value).padStart(width)
  const rate = `${number(rows / seconds)} rows/s`
  const reasons = rejections.map(({ file, line, reason }) => `  ${file} line ${line}: ${reason}`)
  const more = rejected - rejections.length
  return [
    `Rows read  ${count(rows)}  in ${duration(seconds)}, ${rate}`,
    `Marked     ${count(marked)}`,
    `Rejected   ${count(rejected)}${rejected > 0 ? ':' : ''}`,
    ...reasons,
    ...(more > 0 ? [`  and ${number(more)} more`] : []),
  ].join('\n')
}
