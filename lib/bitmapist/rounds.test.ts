import { describe, expect, it } from 'vitest'
import { CHUNK_MAX, type Chunk, EMPTY_CHUNK } from './kernel/chunk'
import { Heap } from './kernel/heap'
import { createSimdKernel } from './kernel/simd'
import { readRounds } from './rounds'
import type { AskedPiece, PieceReader } from './store/source'

const PIECE = 128 * 1024
const stride = { unit: CHUNK_MAX, piece: PIECE, bytes: 0 }

/** Bitmaps of ones, all as long, and the trips that read them. */
function bitmapsOf(length: number): {
  readonly trips: (readonly AskedPiece[])[]
  readonly reader: PieceReader
} {
  const trips: (readonly AskedPiece[])[] = []
  const reader: PieceReader = {
    findFirstBytes: async (keys) => keys.map(() => 0),
    readPieces: async (asked) => {
      trips.push(asked)
      return asked.map((each) =>
        new Uint8Array(Math.max(0, Math.min(each.length, length - each.from))).fill(255),
      )
    },
  }
  return { trips, reader }
}

async function readAll(count: number, reader: PieceReader) {
  const heap = new Heap(createSimdKernel())
  const put = new Map<string, number>()
  const leaves = Array.from({ length: count }, (_, i) => ({
    key: `${i}`,
    put: (_unit: number, chunk: Chunk) => {
      if (chunk !== EMPTY_CHUNK) put.set(`${i}`, (put.get(`${i}`) ?? 0) + 1)
    },
    grow: () => {},
  }))
  const ends: number[] = []
  for await (const end of readRounds(leaves, { reader, heap, stride, from: 0 })) ends.push(end * CHUNK_MAX)
  return { put, ends }
}

describe('readRounds', () => {
  it('asks for a long bitmap a trip', async () => {
    const { trips, reader } = bitmapsOf(PIECE + 1)
    const { put, ends } = await readAll(20, reader)
    expect(ends).toEqual([PIECE, 2 * PIECE])
    expect([...put.values()], 'units that have users').toEqual(new Array(20).fill(9))
    expect(trips.slice(0, 20).map((trip) => trip.length)).toEqual(new Array(20).fill(1))
  })

  it('asks for short bitmaps together once it knows that they are short', async () => {
    const { trips, reader } = bitmapsOf(1000)
    const { put, ends } = await readAll(100, reader)
    expect(ends).toEqual([PIECE])
    expect(put.size).toBe(100)
    // The first two trips find out.
    expect(trips.map((trip) => trip.length).sort((a, b) => a - b)).toEqual([1, 1, 2, 24, 24, 24, 24])
  })

  it('asks for each bitmap once a round', async () => {
    const { trips, reader } = bitmapsOf(3 * PIECE)
    await readAll(50, reader)
    const asked = trips.flat().map(({ key, from }) => `${key} ${from}`)
    expect(new Set(asked).size).toBe(asked.length)
    expect(asked.length).toBe(50 * 4)
  })
})
