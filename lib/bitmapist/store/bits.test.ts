import { describe, expect, it } from 'vitest'
import { readBits, setBits } from './bits'
import { type Call, call } from './call'
import type { Server } from './server'

/** A server that notes its commands, trip by trip, and answers 1 to each bit. */
function serverOf({ bitfields = true, inOrder = true } = {}) {
  const trips: string[][] = []
  const run = async (calls: readonly Call[]) => {
    if (calls.length > 0) trips.push(calls.map((each) => wordsOf(each).join(' ')))
    return calls.map((each) => {
      const [name, ...words] = wordsOf(each)
      return name === 'BITFIELD' ? words.filter((word) => word === 'u1').map(() => 1) : 1
    })
  }
  // Nothing else of a server is asked.
  return { trips, server: { run, inOrder, capabilities: async () => ({ bitfields }) } as unknown as Server }
}

/** The words of a command, out of the bytes that are sent. */
function wordsOf(each: Call): readonly string[] {
  const { name } = each.make()
  // Its argument is the socket, of which no command makes use.
  const [count = '', ...lines] = String(each.make().toWritable({})).split('\r\n')
  const words = lines.filter((_, i) => i % 2 === 1)
  expect(words.every((word, k) => lines[2 * k] === `$${Buffer.byteLength(word)}`)).toBe(true)
  expect(count).toBe(`*${words.length}`)
  return name === 'bitfield' ? words : [name, ...words.slice(1)]
}

const bitsOf = (of: Readonly<Record<string, readonly number[]>>) =>
  new Map(Object.entries(of).map(([key, users]) => [key, new Set(users)]))

const first = [call('zadd', 'r', 1, 'm')]
const last = [call('get', 'meta')]

describe('setBits', () => {
  it('groups the bits of a key, ascending; a single one has its own command', async () => {
    const { trips, server } = serverOf()
    await setBits(server, { bits: bitsOf({ a: [9, 10, 4_294_967_295, 0], ä: [7] }), value: 1 })
    expect(trips).toEqual([
      ['BITFIELD a SET u1 0 1 SET u1 9 1 SET u1 10 1 SET u1 4294967295 1', 'setbit ä 7 1'],
    ])
  })

  it('sends each bit once, however often it comes', async () => {
    const { trips, server } = serverOf()
    const bits = new Map([
      ['a', [7, 3, 7, 4_294_967_295, 3]],
      ['b', [5, 5]],
      ['c', []],
    ])
    await setBits(server, { bits, value: 1 })
    expect(trips).toEqual([['BITFIELD a SET u1 3 1 SET u1 7 1 SET u1 4294967295 1', 'setbit b 5 1']])
  })

  it('has a command for each bit where the server groups none', async () => {
    const { trips, server } = serverOf({ bitfields: false })
    await setBits(server, { bits: bitsOf({ a: [9, 10], b: [7] }), value: 0 })
    expect(trips).toEqual([['setbit a 9 0', 'setbit a 10 0', 'setbit b 7 0']])
  })

  it.each([
    [true, ['zadd r 1 m', 'setbit a 1 1', 'get meta'], undefined, undefined],
    [false, ['zadd r 1 m'], ['setbit a 1 1'], ['get meta']],
  ])('keeps its company around the bits: in one trip if it is in order (%s)', async (inOrder, ...want) => {
    const { trips, server } = serverOf({ inOrder })
    const replies = await setBits(server, { bits: bitsOf({ a: [1] }), value: 1 }, { first, last })
    expect(trips).toEqual(want.filter((trip) => trip !== undefined))
    expect(replies).toEqual([1])
  })

  it('bounds a trip to 256 commands, and to 32,000 bits of 1,000 a command', async () => {
    const many = serverOf()
    const keys = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`k${i}`, [i]]))
    await setBits(many.server, { bits: bitsOf(keys), value: 1 }, { first, last })
    expect(many.trips.map((trip) => trip.length)).toEqual([1 + 256, 256, 88 + 1])
    const long = serverOf()
    const users = Array.from({ length: 70_500 }, (_, i) => i)
    await setBits(long.server, { bits: bitsOf({ a: users }), value: 1 })
    expect(long.trips.map((trip) => trip.length)).toEqual([32, 32, 7])
    expect(long.trips.flat().every((words) => words.split(' ').length <= 2 + 4 * 1000)).toBe(true)
  })

  it('makes no trip for nothing', async () => {
    const { trips, server } = serverOf()
    expect(await setBits(server, { bits: new Map(), value: 1 })).toEqual([])
    expect(trips).toEqual([])
  })
})

describe('readBits', () => {
  it.each([
    [true, ['BITFIELD a GET u1 9 GET u1 10', 'getbit b 7']],
    [false, ['getbit a 9', 'getbit a 10', 'getbit b 7']],
  ])('asks for the bits of a key at once where the server can (%s)', async (bitfields, words) => {
    const { trips, server } = serverOf({ bitfields })
    const asked = bitsOf({ a: [10, 9], b: [7] })
    expect(await readBits(server, asked)).toEqual(asked)
    expect(trips).toEqual([words])
  })

  it('puts the bits of many commands together', async () => {
    const asked = bitsOf({ a: Array.from({ length: 2500 }, (_, i) => i * 3) })
    expect(await readBits(serverOf().server, asked)).toEqual(asked)
    expect(await readBits(serverOf({ bitfields: false }).server, asked)).toEqual(asked)
  })
})
