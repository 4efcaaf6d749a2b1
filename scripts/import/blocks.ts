/** A place between two lines of a text. */
export interface Position {
  /** Bytes before it, decompressed. */
  readonly offset: number
  /** Lines before it. */
  readonly line: number
}

export const BEGINNING: Position = { offset: 0, line: 0 }

/** Longer rows are refused: a quote that never closes would otherwise take in the whole file. */
export const MAX_ROW_BYTES = 1 << 20

/** Whole lines of a text; the very last one may lack its end. */
export interface Block {
  /** Null for a single line that is too long to be kept. */
  readonly text: string | null
  readonly bytes: Buffer
  readonly start: Position
  readonly end: Position
}

const LF = 10
const CR = 13

/**
 * Cuts UTF-8 at line ends, so that no character and no line is torn, in bounded memory.
 * @param from where the chunks begin in their text
 */
export async function* readBlocks(chunks: AsyncIterable<Buffer>, from: Position): AsyncGenerator<Block> {
  let at = from
  let rest: Buffer = Buffer.alloc(0)
  let dropped = 0
  let isOldMac: boolean | null = null
  for await (const chunk of chunks) {
    isOldMac ??= endsLinesByReturns(chunk)
    if (isOldMac) for (let i = chunk.indexOf(CR); i >= 0; i = chunk.indexOf(CR, i + 1)) chunk[i] = LF
    let fresh = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (dropped > 0) {
      const end = fresh.indexOf(LF) + 1
      dropped += end === 0 ? fresh.length : end
      if (end === 0) continue
      const next = { offset: at.offset + dropped, line: at.line + 1 }
      yield { text: null, bytes: Buffer.alloc(0), start: at, end: next }
      at = next
      dropped = 0
      fresh = fresh.subarray(end)
    }
    const whole = fresh.subarray(0, fresh.lastIndexOf(LF) + 1)
    rest = fresh.subarray(whole.length)
    if (whole.length > 0) {
      const block = blockOf(whole, at)
      yield block
      at = block.end
    }
    if (rest.length <= MAX_ROW_BYTES) continue
    dropped = rest.length
    rest = Buffer.alloc(0)
  }
  if (rest.length > 0) yield blockOf(rest, at)
  if (dropped > 0) {
    const end = { offset: at.offset + dropped, line: at.line + 1 }
    yield { text: null, bytes: Buffer.alloc(0), start: at, end }
  }
}

function blockOf(bytes: Buffer, start: Position): Block {
  let line = start.line
  for (let i = bytes.indexOf(LF); i >= 0; i = bytes.indexOf(LF, i + 1)) line++
  if (bytes.at(-1) !== LF) line++
  const text = bytes.toString()
  const mark = start.offset === 0 && text.startsWith('\ufeff') ? 1 : 0
  return { text: text.slice(mark), bytes, start, end: { offset: start.offset + bytes.length, line } }
}

/** The position before a line of a block. */
export function positionOf({ bytes, start }: Block, line: number): Position {
  let at = 0
  for (let k = start.line; k < line; k++) at = bytes.indexOf(LF, at) + 1
  return { offset: start.offset + at, line }
}

/** As old Macs wrote: returns, and no line feed. A return at the very end may belong to one that follows. */
function endsLinesByReturns(chunk: Buffer): boolean {
  const at = chunk.indexOf(CR)
  return at >= 0 && at < chunk.length - 1 && !chunk.includes(LF)
}
