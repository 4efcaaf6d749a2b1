import { type Block, MAX_ROW_BYTES } from './blocks'
import type { Columns } from './columns'
import type { Cells, Piece, Reading, Row } from './rows'

/** The rows of a text with one JSON object a line. */
export async function* readNdjson(blocks: AsyncIterable<Block>, reading: Reading): AsyncGenerator<Piece> {
  let columns: Columns | null = reading.head && reading.columnsOf(reading.head)
  for await (const { text, start, end } of blocks) {
    const rows: Row[] = []
    let { line } = start
    for (const each of text === null ? [null] : text.split('\n')) {
      line++
      if (each?.trim() === '') continue
      const object = each === null || each.length > MAX_ROW_BYTES ? null : parseObject(each)
      if (object === null) {
        rows.push({ line, reason: refusal(each) })
        continue
      }
      columns ??= reading.columnsOf({ names: Object.keys(object), delimiter: '' })
      rows.push({ line, cells: cellsOf(object, columns) })
    }
    yield { rows, end }
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    // Not JSON: the row is rejected.
    return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refusal(text: string | null): string {
  if (text === null || text.length > MAX_ROW_BYTES)
    return `expected a line of at most ${MAX_ROW_BYTES / 1024} KiB`
  const start = text.trim().slice(0, 40)
  return `expected a JSON object, got ${JSON.stringify(start)}${text.trim().length > 40 ? '…' : ''}`
}

function cellsOf(object: Readonly<Record<string, unknown>>, { user, event, attribute }: Columns): Cells {
  const cell = (column: string | undefined) =>
    column !== undefined && Object.hasOwn(object, column) ? object[column] : undefined
  return {
    user: cell(user),
    time: cell(event?.time),
    event: cell(typeof event?.name === 'object' ? event.name.column : undefined),
    attribute: cell(attribute?.column),
  }
}
