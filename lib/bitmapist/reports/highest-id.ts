import { eventKey } from '../key'
import { period, within } from '../period'
import type { ReportContext } from './context'

/** Bytes of a first look at the bitmaps' ends, and of each later one at most. */
const FIRST_LOOK = 16
const WIDEST_LOOK = 65_536

/**
 * The highest id with a mark in a year, or null where nobody has one. Reads lengths and the ends of the longest
 * bitmaps; more only where zeros follow the last user.
 * @throws WRONG_TYPE
 */
export async function highestId(
  year: number,
  { prefix, snapshot, engine, signal }: ReportContext,
): Promise<number | null> {
  const months = within('month', period('year', year))
  const keys = [...snapshot.events].flatMap(([name, { month }]) =>
    months
      .filter(({ index }) => month && month.first <= index && index <= month.last)
      .map((of) => eventKey(prefix, name, of)),
  )
  const lengths = await engine.source.readLengths(keys)
  const reader = await engine.source.openReader()
  let end = lengths.reduce((most, length) => Math.max(most, length), 0)
  for (let size = FIRST_LOOK; end > 0; size = Math.min(size * 4, WIDEST_LOOK)) {
    signal?.throwIfAborted()
    const from = Math.max(0, end - size)
    const length = end - from
    const long = keys.filter((_, i) => (lengths[i] ?? 0) > from)
    const pieces = await reader.readPieces(long.map((key) => ({ key, from, length })))
    const last = pieces.reduce((most, piece) => Math.max(most, lastBit(piece)), -1)
    if (last >= 0) return from * 8 + last
    end = from
  }
  return null
}

/** The number of the last bit that is set, −1 for none. */
function lastBit(bytes: Uint8Array): number {
  const at = bytes.findLastIndex((byte) => byte !== 0)
  const byte = bytes[at] ?? 0
  // The highest bit of a byte is its first user.
  return at < 0 ? -1 : at * 8 + 7 - Math.log2(byte & -byte)
}
