import { Intake, type Leaf } from './intake'
import type { Heap } from './kernel/heap'
import type { Stride } from './program'
import { type PieceReader, pourPieces } from './store/source'
import { isDue, nextTurn } from './turn'

interface Reading {
  readonly reader: PieceReader
  readonly heap: Heap
  readonly stride: Stride
  /** The first unit to be read. */
  readonly from: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Bytes asked for in one round trip. With everything in one, Redis builds up replies that the reader is not yet
 * taking: 104 pieces of 128 KiB took two to three times as long (`npm run bench`).
 */
const TRIP_BYTES = 3 * 1024 * 1024
/** Commands of one round trip: making more at once would hold the process. */
const TRIP_COMMANDS = 500
/** Round trips under way at once: the next one's replies are made while one's are taken. */
const TRIPS = 2

/** A bitmap that may have more users, and the byte from which on it is not read yet. */
interface Open {
  readonly leaf: Leaf
  readonly start: number
}

/**
 * Reads all bitmaps, the same stretch of the id space of each at a time, the next one while this one is used. Empty
 * beginnings and missing keys are asked after once, all in one round trip, and not read: new users' bitmaps are mostly
 * that.
 * @returns after each stretch the unit before which all is read; nothing where nothing is
 */
export async function* readRounds(
  leaves: readonly Leaf[],
  reading: Reading,
): AsyncGenerator<number, void, undefined> {
  const { stride, signal } = reading
  const open = await openLeaves(leaves, reading)
  const under: Under = { ...reading, isOver: false }
  try {
    let next = open.length === 0 ? null : readRound(open, under)
    while (next !== null) {
      const round: Awaited<typeof next> = await next
      signal?.throwIfAborted()
      next = round.open.length === 0 ? null : readRound(round.open, under)
      // Where the walk is left early nobody awaits it: its failure must not end the process.
      next?.catch(() => undefined)
      yield round.end / stride.unit
    }
  } finally {
    under.isOver = true
  }
}

/** Those of the bitmaps that have users, and where these begin. */
async function openLeaves(leaves: readonly Leaf[], { reader, stride, from, signal }: Reading) {
  const open: Open[] = []
  for (let at = 0; at < leaves.length; at += TRIP_COMMANDS) {
    signal?.throwIfAborted()
    const some = leaves.slice(at, at + TRIP_COMMANDS)
    const starts = await reader.findFirstBytes(some.map(({ key }) => key))
    for (const [i, leaf] of some.entries()) {
      const start = starts[i] ?? -1
      if (start >= 0)
        open.push({ leaf, start: Math.max(from, Math.floor(start / stride.unit)) * stride.unit })
    }
  }
  return open
}

/** A reading under way. */
interface Under extends Reading {
  /** Whether the walk has ended: what still comes is not taken, for nobody would give its memory back. */
  isOver: boolean
}

async function readRound(open: readonly Open[], under: Under) {
  const { stride, signal } = under
  signal?.throwIfAborted()
  let begin = Number.POSITIVE_INFINITY
  for (const { start } of open) begin = Math.min(begin, start)
  const end = (Math.floor(begin / stride.piece) + 1) * stride.piece
  const rest: Open[] = []
  const trips = tripsOf(open, end, rest)
  const run = async () => {
    for (const trip of trips) {
      if (isDue()) await nextTurn()
      const asked = trip.map(({ leaf, start }) => {
        const into = new Intake(leaf, under, start)
        return { key: leaf.key, from: start, length: end - start, into }
      })
      await pourPieces(under.reader, asked)
      signal?.throwIfAborted()
      if (under.isOver) return
      // A piece that falls short was its bitmap's last.
      for (const [i, { leaf }] of trip.entries())
        if (asked[i]?.into.reached === end) rest.push({ leaf, start: end })
    }
  }
  await Promise.all(Array.from({ length: TRIPS }, run))
  signal?.throwIfAborted()
  return { end, open: rest }
}

/**
 * Splits a round, so that each trip asks for `TRIP_BYTES` at most, or for one piece. Made as they are taken: thousands at
 * once would hold the process.
 * @param rest takes those that begin after the round
 */
function* tripsOf(open: readonly Open[], end: number, rest: Open[]): Generator<readonly Open[]> {
  let trip: Open[] = []
  let bytes = 0
  for (const each of open) {
    if (each.start >= end) {
      rest.push(each)
      continue
    }
    const length = end - each.start
    if (trip.length > 0 && (bytes + length > TRIP_BYTES || trip.length >= TRIP_COMMANDS)) {
      yield trip
      trip = []
      bytes = 0
    }
    trip.push(each)
    bytes += length
  }
  if (trip.length > 0) yield trip
}
