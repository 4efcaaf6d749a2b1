import type { Bits } from './bits'
import { pour } from './reply'
import { type AskedPiece, type BitSource, type PieceReader, type PouredPiece, pourPieces } from './source'
import type { Runner } from './tracker'

/** No key of Redis that means something to us has control characters. */
const MARK = '\0span '

/** The name of a bitmap that is in no Redis: of the users 1 to `last`. */
export function spanKey(last: number): string {
  return `${MARK}${last}`
}

function lastOf(key: string): number | null {
  return key.startsWith(MARK) ? Number(key.slice(MARK.length)) : null
}

/** Bytes of the bitmap of 1 to `last`. */
function lengthOf(last: number): number {
  return last === 0 ? 0 : (last >>> 3) + 1
}

/** Bytes `from` to `from + length − 1` of the bitmap of 1 to `last`, as far as it reaches. */
function spanPiece(last: number, { from, length }: AskedPiece): Uint8Array {
  const end = lengthOf(last)
  const bytes = new Uint8Array(Math.max(0, Math.min(from + length, end) - from)).fill(0xff)
  if (bytes.length === 0) return bytes
  if (from === 0) bytes[0] = 0x7f
  const tail = end - 1 - from
  if (tail < bytes.length) bytes[tail] = (bytes[tail] ?? 0) & (0xff << (7 - (last & 7)))
  return bytes
}

/** A source that has spans beside the bitmaps of another. */
export class SpanSource implements BitSource {
  constructor(private readonly source: BitSource) {}

  async openReader(runner?: Runner): Promise<PieceReader> {
    const reader = await this.source.openReader(runner)
    return {
      findFirstBytes: (keys) =>
        merged(
          keys,
          (key) => ifSpan(key, (last) => (last === 0 ? -1 : 0)),
          (stored) => reader.findFirstBytes(stored),
        ),
      readPieces: (asked) =>
        merged(
          asked,
          (piece) => ifSpan(piece.key, (last) => spanPiece(last, piece)),
          (stored) => reader.readPieces(stored),
        ),
      async pourPieces(asked) {
        const stored: PouredPiece[] = []
        for (const piece of asked) {
          const last = lastOf(piece.key)
          if (last === null) stored.push(piece)
          else pour(spanPiece(last, piece), piece.into)
        }
        if (stored.length > 0) await pourPieces(reader, stored)
      },
    }
  }

  async readBits(asked: Bits): Promise<Bits> {
    const held = new Map(
      await this.source.readBits(new Map([...asked].filter(([key]) => lastOf(key) === null))),
    )
    for (const [key, users] of asked) {
      const last = lastOf(key)
      const found = last === null ? [] : [...users].filter((user) => user >= 1 && user <= last)
      if (found.length > 0) held.set(key, new Set(found))
    }
    return held
  }

  readLengths(keys: readonly string[]): Promise<readonly number[]> {
    return merged(
      keys,
      (key) => ifSpan(key, lengthOf),
      (stored) => this.source.readLengths(stored),
    )
  }
}

function ifSpan<Result>(key: string, of: (last: number) => Result): Result | null {
  const last = lastOf(key)
  return last === null ? null : of(last)
}

/** What is answered here where it is, and the others' answers in between; all in the order asked. */
async function merged<Asked, Answer>(
  asked: readonly Asked[],
  own: (each: Asked) => Answer | null,
  others: (rest: readonly Asked[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  const answers = asked.map(own)
  const missing = asked.filter((_, i) => answers[i] === null)
  if (missing.length === asked.length) return others(asked)
  const rest = (await others(missing))[Symbol.iterator]()
  return answers.flatMap((answer) => {
    if (answer !== null) return [answer]
    const next = rest.next()
    return next.done ? [] : [next.value]
  })
}
