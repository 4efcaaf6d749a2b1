import { describe, expect, it } from 'vitest'
import type { AskedPiece, BitSource } from './source'
import { SpanSource, spanKey } from './span'

/** Two bitmaps of users 3 and 8, and of user 16. */
const STORED: ReadonlyMap<string, Uint8Array> = new Map([
  ['a', Uint8Array.of(0x10, 0x80)],
  ['b', Uint8Array.of(0x00, 0x00, 0x80)],
])
const bytesOf = (key: string) => STORED.get(key) ?? new Uint8Array()

/** What of the stored keys was asked for. */
const asked: string[] = []
const stored: BitSource = {
  openReader: async () => ({
    async findFirstBytes(keys) {
      asked.push(...keys)
      return keys.map((key) => bytesOf(key).findIndex((byte) => byte !== 0))
    },
    async readPieces(pieces) {
      asked.push(...pieces.map(({ key }) => key))
      return pieces.map(({ key, from, length }) => bytesOf(key).subarray(from, from + length))
    },
  }),
  async readBits(bits) {
    asked.push(...bits.keys())
    const isSet = (key: string, user: number) =>
      ((bytesOf(key)[user >>> 3] ?? 0) & (0x80 >> (user & 7))) !== 0
    const held = [...bits].map(
      ([key, users]) => [key, [...users].filter((user) => isSet(key, user))] as const,
    )
    return new Map(held.flatMap(([key, users]) => (users.length > 0 ? [[key, new Set(users)]] : [])))
  },
  async readLengths(keys) {
    asked.push(...keys)
    return keys.map((key) => bytesOf(key).length)
  },
}
const source = new SpanSource(stored)

/** The bitmap of 1 to `last`, a bit at a time. */
function bitmapOf(last: number): Uint8Array {
  const bytes = new Uint8Array(last === 0 ? 0 : Math.floor(last / 8) + 1)
  for (let user = 1; user <= last; user++) bytes[user >>> 3] = (bytes[user >>> 3] ?? 0) | (0x80 >> (user & 7))
  return bytes
}

/** All of a key, read in pieces of a length until one falls short. */
async function readAll(key: string, length: number): Promise<readonly number[]> {
  const reader = await source.openReader()
  const bytes: number[] = []
  for (let from = 0; ; from += length) {
    const [piece = new Uint8Array()] = await reader.readPieces([{ key, from, length }])
    bytes.push(...piece)
    if (piece.length < length) return bytes
  }
}

describe('SpanSource', () => {
  it.each([
    [0, []],
    [1, [0x40]],
    [6, [0x7e]],
    [7, [0x7f]],
    [8, [0x7f, 0x80]],
    [9, [0x7f, 0xc0]],
    [15, [0x7f, 0xff]],
    [16, [0x7f, 0xff, 0x80]],
  ])('has the users 1 to %i as %j', async (last, bytes) => {
    expect(await readAll(spanKey(last), 100)).toEqual(bytes)
    expect(await source.readLengths([spanKey(last)])).toEqual([bytes.length])
  })

  const BORDERS = [8, 64, 128, 1024, 4096].flatMap((border) => [-2, -1, 0, 1, 2].map((near) => border + near))

  it.each([1, 2, 3, 16, 128, 512])('gives the same in pieces of %i bytes, around borders', async (length) => {
    for (const last of [0, 1, 2, ...BORDERS])
      expect(Uint8Array.from(await readAll(spanKey(last), length)), String(last)).toEqual(bitmapOf(last))
  })

  it('ends at the highest bit that there is', async () => {
    const key = spanKey(2 ** 32 - 1)
    const reader = await source.openReader()
    expect(await source.readLengths([key])).toEqual([2 ** 29])
    const at = (from: number) => ({ key, from, length: 4 })
    expect(await reader.readPieces([at(0), at(2 ** 28), at(2 ** 29 - 2), at(2 ** 29)])).toEqual([
      Uint8Array.of(0x7f, 0xff, 0xff, 0xff),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0xff, 0xff),
      new Uint8Array(),
    ])
    const users = new Set([0, 1, 2 ** 31, 2 ** 32 - 1])
    expect(await source.readBits(new Map([[key, users]]))).toEqual(
      new Map([[key, new Set([1, 2 ** 31, 2 ** 32 - 1])]]),
    )
  })

  it.each([
    [0, []],
    [1, [1]],
    [7, [1, 7]],
    [8, [1, 7, 8]],
    [100, [1, 7, 8, 9, 100]],
  ])('has of some users those from 1 to %i: %j', async (last, users) => {
    const key = spanKey(last)
    const held = await source.readBits(new Map([[key, new Set([0, 1, 7, 8, 9, 100, 101])]]))
    expect(held).toEqual(users.length === 0 ? new Map() : new Map([[key, new Set(users)]]))
  })

  it('answers in the order asked, and asks for stored bitmaps alone', async () => {
    const reader = await source.openReader()
    const keys = ['b', spanKey(9), 'absent', spanKey(0), 'a']
    const piece = (key: string): AskedPiece => ({ key, from: 0, length: 2 })
    asked.length = 0
    expect(await reader.findFirstBytes(keys)).toEqual([2, 0, -1, -1, 0])
    expect((await reader.readPieces(keys.map(piece))).map((bytes) => [...bytes])).toEqual([
      [0, 0],
      [0x7f, 0xc0],
      [],
      [],
      [0x10, 0x80],
    ])
    expect(await source.readLengths(keys)).toEqual([3, 2, 0, 0, 2])
    const bits = new Map(keys.map((key) => [key, new Set([3, 9, 16])]))
    expect(await source.readBits(bits)).toEqual(
      new Map([
        ['a', new Set([3])],
        ['b', new Set([16])],
        [spanKey(9), new Set([3, 9])],
      ]),
    )
    expect(asked).toEqual(Array(4).fill(['b', 'absent', 'a']).flat())
  })
})
