import { BitcohortError, type Mark, type UserId } from '../../lib/bitmapist'
import type { Position } from './blocks'
import type { Columns } from './columns'
import type { Input, OnBytes } from './input'
import { type MarkRules, meaningOf } from './marks'
import { type Head, type Row, readRows } from './rows'
import { countDoubt, countRejection, type Rejection, type Tally } from './tally'

/** A row that was read, with what it marks. */
export interface ReadRow {
  readonly file: string
  readonly line: number
  readonly marks: readonly Mark<UserId>[]
}

/** Where the rows of an import go. */
export interface Sink {
  add(row: ReadRow): void
  /** Whether it should be given time before more rows are added. */
  readonly isFull: boolean
  /** Called between rows when it is full. `here` is where another reading could go on. */
  flush(here: Place): Promise<void>
  /** Called once, after the last row. */
  finish(here: Place): Promise<void>
  /** What is told before the summary; empty for nothing. */
  report(): string
}

export interface Place {
  readonly file: number
  readonly position: Position
}

export interface LoadOptions {
  /** Which of the inputs it is. */
  readonly file: number
  readonly from: Position
  readonly head: Head | null
  readonly columnsOf: (head: Head) => Columns
  readonly rules: MarkRules
  readonly tally: Tally
  readonly sink: Sink
  readonly onBytes: OnBytes
  readonly onRejected: (rejections: readonly Rejection[]) => void
  /** Called after each piece, with the place at its end. */
  readonly report: (here: Place) => void
}

/** Reads one input into a sink. */
export async function load(input: Input, options: LoadOptions): Promise<void> {
  const { file, from, head, onBytes, tally, sink } = options
  let columns: Columns | null = null
  const columnsOf = (found: Head) => {
    columns = options.columnsOf(found)
    return columns
  }
  for await (const { rows, end } of readRows(input, { from, head, columnsOf, onBytes })) {
    const rejections: Rejection[] = []
    const context = { name: input.name, columns, rules: options.rules, tally, sink }
    for (const row of rows) {
      tally.rows++
      const rejection = take(row, context)
      if (rejection === null) continue
      countRejection(tally, rejection)
      rejections.push(rejection)
    }
    options.onRejected(rejections)
    const here = { file, position: end }
    options.report(here)
    if (sink.isFull) await sink.flush(here)
  }
}

interface TakeOptions extends Pick<LoadOptions, 'rules' | 'tally' | 'sink'> {
  readonly name: string
  readonly columns: Columns | null
}

function take(row: Row, { name: file, columns, rules, tally, sink }: TakeOptions): Rejection | null {
  const { line } = row
  if ('reason' in row) return { file, line, column: null, reason: row.reason }
  if (columns === null) throw new TypeError('unreachable: a row has its columns')
  try {
    const { marks, doubt } = meaningOf(row.cells, columns, rules)
    tally.good++
    if (doubt !== null)
      countDoubt(tally, doubt, () => example({ file, line, marks }, row.cells.time, { columns, rules }))
    sink.add({ file, line, marks })
    return null
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    return { file, line, column: error.field ?? null, reason: error.message }
  }
}

function example(
  { file, line, marks }: ReadRow,
  value: unknown,
  { columns, rules }: { columns: Columns; rules: MarkRules },
): string {
  const [mark] = marks
  const time = mark && 'event' in mark ? mark.time : undefined
  const day = time ? rules.times.day(time) : 'no time'
  return `${file} line ${line}: "${columns.event?.time}" ${JSON.stringify(value)} is ${day}`
}
