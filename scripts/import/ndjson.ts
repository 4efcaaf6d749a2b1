import type { Readable } from 'node:stream'
import { type Columns, UsageError } from './arguments'
import { listed } from './csv'
import { InputError, reason } from './input'
import { columnFlags, MAX_ROW_BYTES, type Row } from './rows'

type Line = { readonly line: number; readonly text: string | null }

/** The rows of a text with one JSON object a line. */
export async function* readNdjson(
  stream: Readable,
  name: string,
  columns: Columns,
): AsyncGenerator<readonly Row[]> {
  let isChecked = false
  let last = 0
  try {
    for await (const lines of readLines(stream)) {
      const rows: Row[] = []
      for (const { line, text } of lines) {
        last = line
        if (text?.trim() === '') continue
        const object = text === null ? null : parseObject(text)
        if (object && !isChecked) {
          checkColumns(object, name, columns)
          isChecked = true
        }
        rows.push(object ? { line, cells: cellsOf(object, columns) } : { line, reason: refusal(text) })
      }
      yield rows
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new InputError(`${name} cannot be read after line ${last}: ${reason(error)}`, { cause: error })
  }
}

/** The lines of a stream, a piece at a time; text is null where a line is too long to be kept. */
async function* readLines(stream: Readable): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder()
  let line = 0
  let rest = ''
  let isTooLong = false
  for await (const chunk of stream) {
    const texts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = texts.pop() ?? ''
    const lines: Line[] = []
    for (const text of texts) {
      line++
      lines.push({ line, text: isTooLong || text.length > MAX_ROW_BYTES ? null : text })
      isTooLong = false
    }
    if (rest.length > MAX_ROW_BYTES) {
      isTooLong = true
      rest = ''
    }
    yield lines
  }
  const text = rest + decoder.decode()
  if (text !== '' || isTooLong) yield [{ line: line + 1, text: isTooLong ? null : text }]
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    // Not JSON: the row is rejected.
    return null
  }
}

function refusal(text: string | null): string {
  if (text === null) return `expected a line of at most ${MAX_ROW_BYTES / 1024} KiB`
  const start = text.trim().slice(0, 40)
  return `expected a JSON object, got ${JSON.stringify(start)}${text.trim().length > 40 ? '…' : ''}`
}

/** A column that the first object lacks is taken for a wrong flag; an attribute may be missing anywhere. */
function checkColumns(object: Readonly<Record<string, unknown>>, file: string, columns: Columns): void {
  for (const [flag, column] of columnFlags(columns)) {
    if (flag === '--attribute-column' || Object.hasOwn(object, column)) continue
    const has = listed(Object.keys(object))
    throw new UsageError(
      `${flag} expected a key of the objects in ${file}, got "${column}"; the first has ${has}`,
    )
  }
}

function cellsOf(object: Readonly<Record<string, unknown>>, { user, event, attribute }: Columns) {
  const cell = (column: string | undefined) =>
    column !== undefined && Object.hasOwn(object, column) ? object[column] : undefined
  return {
    user: cell(user),
    time: cell(event?.time),
    event: cell(typeof event?.name === 'object' ? event.name.column : undefined),
    attribute: cell(attribute?.column),
  }
}
