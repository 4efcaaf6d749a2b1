import { type Block, MAX_ROW_BYTES, positionOf } from './blocks'
import { InputError } from './input'
import type { Cells, Head, Piece, Reading, Row } from './rows'

const DELIMITERS = [',', ';', '\t']

/** The rows of a CSV after its header. RFC 4180, but for stray quotes, which are taken as they stand. */
export async function* readCsv(
  blocks: AsyncIterable<Block>,
  name: string,
  reading: Reading,
): AsyncGenerator<Piece> {
  const reader = new CsvReader(name, reading)
  for await (const block of blocks) {
    const piece = reader.read(block)
    yield piece
    if (reader.broken !== null) throw new InputError(reader.broken)
  }
  const broken = reader.close()
  if (broken !== null) throw new InputError(broken)
}

type ToRow = (fields: readonly string[], line: number) => Row

class CsvReader {
  /** Why reading ends here. */
  broken: string | null = null
  private toRow: ToRow | null = null
  private delimiter = ','
  /** A record whose quote has not closed yet. */
  private open = ''
  /** Lines before the next record. */
  private line: number
  private end: Piece['end']

  constructor(
    private readonly name: string,
    private readonly reading: Reading,
  ) {
    this.end = reading.from
    this.line = reading.from.line
    if (reading.head) this.setHead(reading.head)
  }

  read(block: Block): Piece {
    const rows: Row[] = []
    if (block.text === null) {
      this.breakOff(LONG)
      return { rows, end: this.end }
    }
    const text = this.open + block.text
    const hasQuotes = text.includes('"')
    let at = 0
    while (at < text.length) {
      this.delimiter = this.toRow ? this.delimiter : delimiterOf(text.slice(at, lineEnd(text, at)))
      const record = readRecord(text, at, { delimiter: this.delimiter, hasQuotes })
      if (record === null) break
      if (record.end - at > MAX_ROW_BYTES) {
        this.breakOff(LONG)
        break
      }
      this.take(record, rows)
      at = record.end
    }
    this.open = text.slice(at)
    if (this.open.length > MAX_ROW_BYTES && this.broken === null) this.breakOff(LONG)
    if (this.open === '') this.end = block.end
    else if (this.line >= block.start.line) this.end = positionOf(block, this.line)
    return { rows, end: this.end }
  }

  /** @returns what is wrong with the end */
  close(): string | null {
    if (this.open !== '') this.breakOff('a quote opens that never closes')
    else if (this.toRow === null) this.broken = `${this.name} expected a header and rows, got nothing`
    return this.broken
  }

  private take({ fields, lines }: Record, rows: Row[]): void {
    this.line += lines
    if (fields.length === 1 && fields[0]?.trim() === '') return
    if (this.toRow) rows.push(this.toRow(fields, this.line))
    else this.setHead({ names: fields.map((column) => column.trim()), delimiter: this.delimiter })
  }

  private setHead(head: Head): void {
    const columns = this.reading.columnsOf(head)
    const { names } = head
    const at = (column: string | undefined) => (column === undefined ? -1 : names.indexOf(column))
    const user = at(columns.user)
    const time = at(columns.event?.time)
    const event = at(typeof columns.event?.name === 'object' ? columns.event.name.column : undefined)
    const attribute = at(columns.attribute?.column)
    this.delimiter = head.delimiter
    this.toRow = (fields, line) => {
      if (fields.length !== names.length)
        return { line, reason: `expected ${names.length} fields as in the header, got ${fields.length}` }
      const cells: Cells = {
        user: fields[user],
        time: fields[time],
        event: fields[event],
        attribute: fields[attribute],
      }
      return { line, cells }
    }
  }

  private breakOff(why: string): void {
    this.broken = `${this.name} cannot be read after line ${this.line}: ${why}`
  }
}

const LONG = `a row of more than ${MAX_ROW_BYTES / 1024} KiB follows; is there a quote that never closes?`

/** The separator of a header: a comma, or where it has none what spreadsheets write in its place. */
function delimiterOf(header: string): string {
  return DELIMITERS.find((each) => header.includes(each)) ?? ','
}

interface Record {
  readonly fields: readonly string[]
  /** Where the next one begins. */
  readonly end: number
  readonly lines: number
}

interface Dialect {
  readonly delimiter: string
  readonly hasQuotes: boolean
}

/** The record that begins at a place of a text; null where a quote of it does not close there. */
function readRecord(text: string, at: number, { delimiter, hasQuotes }: Dialect): Record | null {
  const feed = lineEnd(text, at)
  const line = text.slice(at, text.charCodeAt(feed - 1) === 13 && feed > at ? feed - 1 : feed)
  if (hasQuotes && line.includes('"')) return readQuoted(text, at, delimiter)
  return { fields: line.split(delimiter), end: feed + 1, lines: 1 }
}

function readQuoted(text: string, start: number, delimiter: string): Record | null {
  const fields: string[] = []
  let at = start
  for (;;) {
    const isQuoted = text[at] === '"'
    const quote = isQuoted ? closingQuote(text, at + 1) : at
    if (quote < 0) return null
    const end = fieldEnd(text, isQuoted ? quote + 1 : at, delimiter)
    const isClean = isQuoted && end === quote + 1
    fields.push(isClean ? text.slice(at + 1, quote).replaceAll('""', '"') : text.slice(at, end))
    at = end
    if (text[at] === delimiter) {
      at++
      continue
    }
    at = text[at] === '\r' ? at + 2 : at + 1
    return { fields, end: at, lines: text.slice(start, at - 1).split('\n').length }
  }
}

/** The quote that closes, doubled ones aside; -1 where none does. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at
}

function fieldEnd(text: string, from: number, delimiter: string): number {
  const feed = lineEnd(text, from)
  const separator = text.indexOf(delimiter, from)
  if (separator >= 0 && separator < feed) return separator
  return feed > from && text[feed - 1] === '\r' ? feed - 1 : feed
}

function lineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from)
  return feed < 0 ? text.length : feed
}
