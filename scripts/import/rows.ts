import type { Columns } from './arguments'
import { readCsv } from './csv'
import type { Input } from './input'
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

/** Longer rows are refused: a quote that never closes would otherwise take in the whole file. */
export const MAX_ROW_BYTES = 1 << 20

/**
 * The rows of an input, in pieces, in bounded memory.
 * @throws UsageError where a column is not there @throws InputError where it cannot be read to its end
 */
export function readRows(
  input: Input,
  columns: Columns,
  onBytes: (count: number) => void,
): AsyncGenerator<readonly Row[]> {
  const stream = input.open(onBytes)
  switch (input.format) {
    case 'csv':
      return readCsv(stream, input.name, columns)
    case 'ndjson':
      return readNdjson(stream, input.name, columns)
    default:
      return input.format satisfies never
  }
}

/** The flags that name a column, with the column of each. */
export function columnFlags({
  user,
  event,
  attribute,
}: Columns): readonly (readonly [flag: string, column: string])[] {
  return [
    ['--user', user],
    ...(event ? [['--time', event.time] as const] : []),
    ...(event && typeof event.name === 'object' ? [['--event-column', event.name.column] as const] : []),
    ...(attribute ? [['--attribute-column', attribute.column] as const] : []),
  ]
}
