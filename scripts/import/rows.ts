import { BEGINNING, type Block, type Position, readBlocks } from './blocks'
import type { Columns } from './columns'
import { readCsv } from './csv'
import { type Input, InputError, type OnBytes, reason } from './input'
import { readNdjson } from './ndjson'

/** What a row holds of the columns that were asked for, not checked yet; undefined where it has no such column. */
export interface Cells {
  readonly user: unknown
  readonly time: unknown
  readonly event: unknown
  readonly attribute: unknown
}

/** A row at its line (the last one, where a quoted text spans several; 1 is the first); or why it is none. */
export type Row =
  | { readonly line: number; readonly cells: Cells }
  | { readonly line: number; readonly reason: string }

/** Rows in a row, and the place after them, from which another reading can go on. */
export interface Piece {
  readonly rows: readonly Row[]
  readonly end: Position
}

/** What the beginning of an input tells. */
export interface Head {
  /** The header of a CSV, or the keys of the first object. */
  readonly names: readonly string[]
  /** What separates the fields of a CSV. */
  readonly delimiter: string
}

/** How an input is read. */
export interface Reading {
  readonly from: Position
  /** Given where reading does not begin at the beginning. */
  readonly head: Head | null
  /** Decides which columns hold what. @throws UsageError */
  readonly columnsOf: (head: Head) => Columns
  readonly onBytes: OnBytes
}

/**
 * The rows of an input, in pieces, in bounded memory.
 * @throws UsageError where a column is not there @throws InputError where it cannot be read to its end
 */
export async function* readRows(input: Input, reading: Reading): AsyncGenerator<Piece> {
  const chunks = input.open(reading.onBytes, reading.from.offset)
  const blocks = checked(readBlocks(chunks, reading.from), input.name, reading.from.line)
  switch (input.format) {
    case 'csv':
      return yield* readCsv(blocks, input.name, reading)
    case 'ndjson':
      return yield* readNdjson(blocks, reading)
    default:
      return input.format satisfies never
  }
}

/** The same blocks; where the stream fails, the error says after which line. */
async function* checked(
  blocks: AsyncIterable<Block>,
  name: string,
  firstLine: number,
): AsyncGenerator<Block> {
  let line = firstLine
  try {
    for await (const block of blocks) {
      yield block
      line = block.end.line
    }
  } catch (cause) {
    throw new InputError(`${name} cannot be read after line ${line}: ${reason(cause)}`, { cause })
  }
}

/**
 * What the beginning of an input tells, and whether it has the columns; null for NDJSON without any object at its
 * beginning.
 */
export async function readHead(input: Input, columnsOf: Reading['columnsOf']): Promise<Head | null> {
  let head: Head | null = null
  const look = (found: Head) => {
    head = found
    return columnsOf(found)
  }
  const reading = { from: BEGINNING, head: null, columnsOf: look, onBytes: () => {} }
  try {
    for await (const _ of readRows(input, reading)) if (head !== null) break
  } catch (error) {
    // What is wrong further on is told when it is reached.
    if (!(error instanceof InputError) || head === null) throw error
  }
  return head
}
