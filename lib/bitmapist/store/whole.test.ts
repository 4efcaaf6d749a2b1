import { describe, expect, it } from 'vitest'
import type { Call } from './call'
import type { Server } from './server'
import { WholeReader } from './whole'

/** A server of some bitmaps that notes what it is asked, trip by trip. */
function serverOf(bitmaps: Readonly<Record<string, readonly number[]>>) {
  const trips: string[][] = []
  const run = async (calls: readonly Call[]) => {
    trips.push(calls.map((call) => `${call.make().name} ${call.key}`))
    return calls.map(({ key }) => (bitmaps[key] ? Buffer.from(bitmaps[key]) : null))
  }
  // The reader asks nothing else of a server.
  return { trips, server: { run } as unknown as Server }
}

const BITMAPS = { a: [0, 0, 1, 2, 3], b: [9], zeros: [0, 0], empty: [] }
const KEYS = ['a', 'absent', 'zeros', 'empty', 'b']

describe('WholeReader', () => {
  it('finds the first byte that has a user, −1 where none has', async () => {
    const reader = new WholeReader(serverOf(BITMAPS).server)
    expect(await reader.findFirstBytes(KEYS)).toEqual([2, -1, -1, -1, 0])
  })

  it('gives the lengths in bytes, 0 where there is no key', async () => {
    const reader = new WholeReader(serverOf(BITMAPS).server)
    expect(await reader.readLengths(KEYS)).toEqual([5, 0, 2, 0, 1])
  })

  it.each([
    [{ key: 'a', from: 0, length: 2 }, [0, 0]],
    [{ key: 'a', from: 2, length: 2 }, [1, 2]],
    [{ key: 'a', from: 4, length: 2 }, [3]],
    [{ key: 'a', from: 5, length: 2 }, []],
    [{ key: 'a', from: 500, length: 2 }, []],
    [{ key: 'absent', from: 0, length: 2 }, []],
    [{ key: 'empty', from: 0, length: 2 }, []],
  ])('gives of %j the bytes %j', async (piece, bytes) => {
    const [got] = await new WholeReader(serverOf(BITMAPS).server).readPieces([piece])
    expect([...(got ?? [])]).toEqual(bytes)
  })

  it('reads each bitmap once, sixteen a trip', async () => {
    const { trips, server } = serverOf(BITMAPS)
    const reader = new WholeReader(server)
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    await reader.findFirstBytes([...keys, ...keys])
    await reader.readPieces(['a', 'k3', 'a'].map((key) => ({ key, from: 0, length: 9 })))
    await reader.readLengths(['a', 'k19'])
    expect(trips).toEqual([
      keys.slice(0, 16).map((key) => `get ${key}`),
      keys.slice(16).map((key) => `get ${key}`),
      ['get a'],
    ])
  })
})
