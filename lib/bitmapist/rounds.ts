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
 * Bytes that one round trip may bring, or one piece. What Redis is asked for in one go it makes before it sends any, and
 * then it waits for the socket's buffer, which we empty, between two writes: trips of 3 MiB took a third longer than
 * trips of a piece, sent as earlier ones are answered (`npm run bench`).
 */
const TRIP_BYTES = 128 * 1024
/** Bytes that one round trip may ask for: short bitmaps bring less, but which are short is not known. */
const ASKED_BYTES = 3 * 1024 * 1024
/** Commands of one round trip: making more at once would hold the process. */
const TRIP_COMMANDS = 500
/**
 * Round trips under way at once: the server is at the next ones while one's replies are on their way. Three do where it
 * is near; eight, 1 MiB, are more than 10 Gbit/s carry in half of a millisecond.
 */
const TRIPS = 8

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
  const size: Size = { likely: stride.piece }
  const trips = tripsOf(open, end, { size, rest })
  const take = async (trip: readonly Open[]) => {
    if (isDue()) await nextTurn()
    const asked = trip.map(({ leaf, start }) => {
      const into = new Intake(leaf, under, start)
      return { leaf, key: leaf.key, from: start, length: end - start, into }
    })
    await pourPieces(under.reader, asked)
    signal?.throwIfAborted()
    if (under.isOver) return trips.return()
    size.likely = 0
    for (const { leaf, into, from } of asked) {
      size.likely = Math.max(size.likely, into.reached - from)
      // A piece that falls short was its bitmap's last.
      if (into.reached === end) rest.push({ leaf, start: end })
    }
  }
  const run = async () => {
    for (const trip of trips) await take(trip)
  }
  const probe = async () => {
    const { value } = trips.next()
    if (value) await take(value)
    // By now it is known whether pieces are short, and many can be had at once.
    await Promise.all(Array.from({ length: TRIPS - 1 }, run))
  }
  await Promise.all([probe(), run()])
  signal?.throwIfAborted()
  return { end, open: rest }
}

/** What is known of the bitmaps' lengths. */
interface Size {
  /** Bytes of the longest piece that the last trip brought. */
  likely: number
}

/**
 * Splits a round, so that each trip likely brings `TRIP_BYTES` at most, or one piece. Made as they are taken: thousands
 * at once would hold the process, and by then more is known of the lengths.
 * @param rest takes those that begin after the round
 */
function* tripsOf(
  open: readonly Open[],
  end: number,
  { size, rest }: { readonly size: Size; readonly rest: Open[] },
): Generator<readonly Open[], void> {
  const likelyOf = (length: number) => Math.min(length, size.likely)
  let trip: Open[] = []
  let asked = 0
  let likely = 0
  for (const each of open) {
    if (each.start >= end) {
      rest.push(each)
      continue
    }
    const length = end - each.start
    const isFull =
      likely + likelyOf(length) > TRIP_BYTES || asked + length > ASKED_BYTES || trip.length >= TRIP_COMMANDS
    if (trip.length > 0 && isFull) {
      yield trip
      trip = []
      asked = 0
      likely = 0
    }
    trip.push(each)
    asked += length
    likely += likelyOf(length)
  }
  if (trip.length > 0) yield trip
}
