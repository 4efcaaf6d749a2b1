import { describe, expect, it } from 'vitest'
import { Engine } from '../evaluate'
import { event } from '../expression'
import { IntegerIds } from '../ids'
import { createSimdKernel } from '../kernel/simd'
import { day } from '../period'
import type { AskedPiece, BitSource, PieceReader } from '../store/source'
import { UTC } from '../zone'
import { usersOf } from './user-set'

const BLOCK = 256 * 1024
const IDS_A_BLOCK = BLOCK * 8
const TODAY = day(2025, 1, 6)

/** One bitmap for every key; remembers from which bytes on it was read. */
class OneBitmap implements BitSource, PieceReader {
  readonly offsets: number[] = []

  constructor(private readonly bytes: Uint8Array) {}

  async openReader() {
    return this
  }

  async findFirstBytes(keys: readonly string[]): Promise<readonly number[]> {
    return keys.map(() => this.bytes.findIndex((byte) => byte !== 0))
  }

  async readPieces(asked: readonly AskedPiece[]): Promise<readonly Uint8Array[]> {
    return asked.map(({ from, length }) => {
      this.offsets.push(from)
      return this.bytes.subarray(from, from + length)
    })
  }

  async readBits() {
    return new Map()
  }

  async readLengths() {
    return []
  }
}

async function setOf(ids: readonly number[], signal?: AbortSignal) {
  const bytes = new Uint8Array(Math.floor(Math.max(0, ...ids) / 8) + 1)
  for (const id of ids) bytes[id >>> 3] = (bytes[id >>> 3] ?? 0) | (0x80 >> (id & 7))
  const source = new OneBitmap(bytes)
  const snapshot = { asOf: new Date(0), events: new Map(), attributes: new Set<string>() }
  const context = { engine: new Engine(source, createSimdKernel), prefix: '', now: new Date(0), zone: UTC }
  return {
    source,
    set: await usersOf(event('a'), TODAY, {
      ...context,
      snapshot,
      ids: new IntegerIds(100),
      highest: null,
      everyone: async () => ({ keys: [], asOf: new Date(0) }),
      maxKeys: 10,
      signal,
    }),
  }
}

const EDGES = [0, 1, 7, 8, 15, 16, IDS_A_BLOCK - 1, IDS_A_BLOCK, 3 * IDS_A_BLOCK - 1, 3 * IDS_A_BLOCK + 9]

describe('UserSet.page', () => {
  it('begins after any id, in the set or not, and says where the next page begins', async () => {
    const { set } = await setOf(EDGES)
    for (const after of [null, 0, 1, 6, 7, 9, 20, IDS_A_BLOCK - 1, IDS_A_BLOCK, 3 * IDS_A_BLOCK, 2 ** 32])
      for (const limit of [1, 2, 3, 9, 10, 11]) {
        const left = EDGES.filter((id) => after === null || id > after)
        const users = left.slice(0, limit)
        const next = left.length > limit ? users.at(-1) : null
        expect(await set.page({ after, limit }), `after ${after}, ${limit}`).toEqual({ users, next })
      }
  })

  it('reads no block before the one that holds its first id', async () => {
    const { set, source } = await setOf(EDGES)
    await set.page({ after: 3 * IDS_A_BLOCK, limit: 5 })
    expect(source.offsets).toEqual([3 * BLOCK])
    source.offsets.length = 0
    // The id after this one is the next block's first.
    await set.page({ after: 3 * IDS_A_BLOCK - 1, limit: 5 })
    expect(source.offsets).toEqual([3 * BLOCK])
    source.offsets.length = 0
    await set.page({ after: 3 * IDS_A_BLOCK - 2, limit: 1 })
    expect(source.offsets).toEqual([3 * BLOCK - 16_384, 3 * BLOCK])
  })

  it('is empty where nobody is in the set', async () => {
    const { set } = await setOf([])
    expect(await set.page({ after: null, limit: 10 })).toEqual({ users: [], next: null })
    expect(await set.count()).toBe(0)
  })

  it.each([
    [{ after: -1, limit: 1 }, '"after" expected integer >= 0, got -1'],
    [{ after: 1.5, limit: 1 }, '"after" expected integer >= 0, got 1.5'],
    [{ after: null, limit: 0 }, '"limit" expected integer >= 1, got 0'],
    [{ after: null, limit: Number.NaN }, '"limit" expected integer >= 1, got NaN'],
  ])('refuses %j', async (page, message) => {
    await expect((await setOf([1])).set.page(page)).rejects.toThrow(message)
  })
})

describe('UserSet.some', () => {
  it('reads on until there is somebody, and no further than the block after', async () => {
    const { set, source } = await setOf([IDS_A_BLOCK + 7, 3 * IDS_A_BLOCK, 9 * IDS_A_BLOCK])
    expect(await set.some()).toBe(true)
    expect(source.offsets.map((from) => Math.floor(from / BLOCK))).toEqual([1, 2])
    expect(await (await setOf([])).set.some()).toBe(false)
  })
})

describe('UserSet', () => {
  it('counts and lists the same users, as often as it is asked', async () => {
    const { set } = await setOf(EDGES)
    for (const _ of [1, 2]) {
      expect(await set.count()).toBe(EDGES.length)
      const ids: number[] = []
      for await (const id of set) ids.push(id)
      expect(ids).toEqual(EDGES)
    }
  })

  it('stops with the signal’s reason', async () => {
    const controller = new AbortController()
    const { set } = await setOf(EDGES, controller.signal)
    const ids = set[Symbol.asyncIterator]()
    expect(await ids.next()).toEqual({ value: 0, done: false })
    controller.abort(new Error('gone'))
    const rest = async () => {
      while (!(await ids.next()).done);
    }
    await expect(rest()).rejects.toThrow('gone')
    await expect(set.count()).rejects.toThrow('gone')
  })
})
