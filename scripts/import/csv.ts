import type { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { type Columns, UsageError } from './arguments'
import { InputError, reason } from './input'
import { columnFlags, MAX_ROW_BYTES, type Row } from './rows'

const ROWS_A_PIECE = 1000

/** The rows of a CSV after its header. RFC 4180, but for stray quotes, which are taken as they stand. */
export async function* readCsv(
  stream: Readable,
  name: string,
  columns: Columns,
): AsyncGenerator<readonly Row[]> {
  let broken: unknown = null
  const parser = parserOf(stream, (error) => {
    broken ??= error
  })
  let line = 0
  let toRow: ((fields: readonly string[]) => Row) | null = null
  let rows: Row[] = []
  try {
    for await (const fields of parser) {
      line += 1 + lineBreaks(fields)
      if (isBlank(fields)) continue
      if (toRow === null) {
        toRow = rowReader(fields, name, columns, () => line)
        continue
      }
      rows.push(toRow(fields))
      if (rows.length < ROWS_A_PIECE) continue
      yield rows
      rows = []
    }
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    broken = cause
  } finally {
    stream.destroy()
  }
  yield rows
  if (broken !== null)
    throw new InputError(`${name} cannot be read after line ${line}: ${explain(broken)}`, { cause: broken })
  if (toRow === null) throw new InputError(`${name} expected a header and rows, got nothing`)
}

/** The records of a stream; `onBroken` is told why they end early. */
function parserOf(stream: Readable, onBroken: (error: unknown) => void): AsyncIterable<readonly string[]> {
  const parser = parse({
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
    record_delimiter: ['\r\n', '\n', '\r'],
    // An error that is thrown takes the good rows before it along: they wait in the stream's buffer.
    skip_records_with_error: true,
    on_skip: (error) => {
      onBroken(error)
      // What follows a quote that never closes cannot be told apart: reading ends here.
      stream.unpipe(parser)
      parser.end()
      return undefined
    },
  })
  stream.once('error', (error) => parser.destroy(error))
  return stream.pipe(parser)
}

function lineBreaks(fields: readonly string[]): number {
  let count = 0
  for (const field of fields) if (field.includes('\n')) count += field.split('\n').length - 1
  return count
}

function isBlank(fields: readonly string[]): boolean {
  return fields.length === 1 && fields[0]?.trim() === ''
}

function explain(error: unknown): string {
  if (!(error instanceof CsvError)) return reason(error)
  const isLong = error.code === 'CSV_MAX_RECORD_SIZE'
  return isLong
    ? `a row of more than ${MAX_ROW_BYTES / 1024} KiB follows; is there a quote that never closes?`
    : 'a quote opens that never closes'
}

function rowReader(
  header: readonly string[],
  name: string,
  columns: Columns,
  line: () => number,
): (fields: readonly string[]) => Row {
  const names = header.map((column) => column.trim())
  const at = new Map<string, number>()
  for (const [flag, column] of columnFlags(columns)) at.set(flag, columnAt(names, flag, column, name))
  const [user = -1, time = -1] = [at.get('--user'), at.get('--time')]
  const [event = -1, attribute = -1] = [at.get('--event-column'), at.get('--attribute-column')]
  return (fields) => {
    if (fields.length !== names.length)
      return {
        line: line(),
        reason: `expected ${names.length} fields as in the header, got ${fields.length}`,
      }
    const cells = {
      user: fields[user],
      time: fields[time],
      event: fields[event],
      attribute: fields[attribute],
    }
    return { line: line(), cells }
  }
}

function columnAt(names: readonly string[], flag: string, column: string, file: string): number {
  const at = names.indexOf(column)
  if (at >= 0 && names.lastIndexOf(column) === at) return at
  if (at >= 0)
    throw new UsageError(`${flag} expected a column that ${file} has once, got ${column}: rename one`)
  const isJson = names[0]?.startsWith('{')
  const remedy = isJson ? 'it looks like NDJSON: add --format ndjson' : `it has ${listed(names)}`
  throw new UsageError(`${flag} expected a column of ${file}, got "${column}"; ${remedy}`)
}

export function listed(names: readonly string[]): string {
  const text = names.slice(0, 20).join(', ')
  return names.length > 20 || text.length > 300 ? `${text.slice(0, 300)}…` : text
}
