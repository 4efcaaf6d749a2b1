import { Command } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readBits, setBits } from '../../lib/bitmapist/store/bits'
import { binaryCall, type Call, call } from '../../lib/bitmapist/store/call'
import { Server } from '../../lib/bitmapist/store/server'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'

/** CRC16 of "foo" mod 16384: a slot of the last of three nodes. */
const FOO_SLOT = 12_182
const KEYS = Array.from({ length: 90 }, (_, i) => `key:${i}`)
/** Of FOO_SLOT. */
const FOOS = Array.from({ length: 10 }, (_, i) => `{foo}${i}`)

let cluster: PrivateCluster

beforeAll(async () => {
  cluster = await startCluster()
})
beforeEach(async () => {
  await cluster.flush()
  if ((await cluster.ownerOf(FOO_SLOT)) !== 2) await cluster.moveSlot(FOO_SLOT, 2)
})
afterAll(() => cluster.stop())

const serverOf = () => new Server(cluster.client(), 'probe')
const countOf = (key: string): Call => call('bitcount', key)

/** Sets in the i-th key the bits 0 to i. */
async function fill(server: Server, keys: readonly string[]): Promise<void> {
  const bits = keys.map((key, i) => [key, new Set(Array.from({ length: i + 1 }, (_, bit) => bit))] as const)
  await setBits(server, { bits: new Map(bits), value: 1 })
}

/** 1, 2, 3 … as `fill` leaves the keys. */
const filled = (keys: readonly string[]) => keys.map((_, i) => i + 1)

/** How often a command was asked of any node, redirected or not, since `forget`. */
async function timesAsked(name: string): Promise<number> {
  const infos = await Promise.all([0, 1, 2].map((index) => cluster.node(index).info('commandstats')))
  const numbers = (text: string, of: RegExp) =>
    [...text.matchAll(of)].reduce((sum, [, number]) => sum + Number(number), 0)
  const calls = new RegExp(`cmdstat_${name}:calls=(\\d+)`, 'g')
  const rejected = new RegExp(`cmdstat_${name}:.*rejected_calls=(\\d+)`, 'g')
  return infos.reduce((sum, text) => sum + numbers(text, calls) + numbers(text, rejected), 0)
}
const forget = () => Promise.all([0, 1, 2].map((index) => cluster.node(index).config('RESETSTAT')))

describe('Server.run on a cluster', () => {
  it('answers in order, whichever nodes the keys are on, by a client that was just made', async () => {
    await fill(serverOf(), KEYS)
    const sizes = await Promise.all([0, 1, 2].map((index) => cluster.node(index).dbsize()))
    expect(Math.min(...sizes)).toBeGreaterThan(0)
    expect(await serverOf().run(KEYS.map(countOf))).toEqual(filled(KEYS))
    const mixed = [binaryCall('getrange', 'key:3', 0, 0), call('get', 'absent'), countOf('key:8')]
    expect(await serverOf().run(mixed)).toEqual([Buffer.from([0xf0]), null, 9])
  })

  it('sends each node its commands once, by a client that was just made too', async () => {
    await fill(serverOf(), KEYS)
    await forget()
    await serverOf().run(KEYS.map(countOf))
    expect(await timesAsked('bitcount')).toBe(KEYS.length)
  })

  it('asks nothing for nothing', async () => {
    const client = cluster.client({ lazyConnect: true })
    expect(await new Server(client, 'probe').run([])).toEqual([])
    expect(client.status).toBe('wait')
  })

  it('names the key that holds no string', async () => {
    const server = serverOf()
    await server.client.hset('key:5', 'field', 1)
    await expect(server.run(KEYS.map(countOf))).rejects.toMatchObject({
      code: 'WRONG_TYPE',
      message: expect.stringContaining('"key" expected a bitmap, got "key:5"'),
    })
  })

  it('finds a slot that has moved, and asks for the other keys once', async () => {
    const server = serverOf()
    const keys = [...FOOS.slice(0, 1), ...KEYS]
    await fill(server, keys)
    await cluster.moveSlot(FOO_SLOT, 0)
    await forget()
    expect(await server.run(keys.map(countOf))).toEqual(filled(keys))
    // The old node and perhaps the client's way there again, then the new one.
    expect(await timesAsked('bitcount')).toBeLessThanOrEqual(keys.length + 2)
    expect(await server.run(keys.map(countOf))).toEqual(filled(keys))
  })

  it.each([[0], [4], [10]])('finds the keys of a slot on its way, %i of 10 moved', async (count) => {
    const server = serverOf()
    const keys = [...FOOS, ...KEYS]
    await fill(server, keys)
    const move = await cluster.beginMove(FOO_SLOT, 1)
    await move.moveKeys(count)
    expect(await server.run([...keys, '{foo}absent'].map(countOf))).toEqual([...filled(keys), 0])
    await setBits(server, { bits: new Map(keys.map((key) => [key, new Set([500, 501])])), value: 1 })
    const asked = new Map(keys.map((key) => [key, new Set([0, 499, 501])]))
    const held = await readBits(server, asked)
    await move.finish()
    expect(held).toEqual(new Map(keys.map((key) => [key, new Set([0, 501])])))
    expect(await server.run(keys.map(countOf))).toEqual(filled(keys).map((users) => users + 2))
  })

  it('waits where a command has keys on both sides of a move', async () => {
    const server = serverOf()
    await fill(server, FOOS)
    const move = await cluster.beginMove(FOO_SLOT, 1)
    await move.moveKeys(5)
    const [key = '', ...others] = FOOS
    const script =
      "local n = 0 for _, key in ipairs(KEYS) do n = n + redis.call('BITCOUNT', key) end return n"
    const args = [script, FOOS.length, key, ...others]
    const sum = server.run([{ key, make: () => new Command('eval', args) }])
    setTimeout(() => void move.finish(), 300)
    expect(await sum).toEqual([55])
  })
})

describe('Server.drop on a cluster', () => {
  it('removes keys of all nodes, and says how many there were', async () => {
    const server = serverOf()
    await fill(server, KEYS)
    expect(await server.drop(['absent', ...KEYS])).toBe(90)
    expect(await server.drop(KEYS)).toBe(0)
    expect(await Promise.all([0, 1, 2].map((index) => cluster.node(index).dbsize()))).toEqual([0, 0, 0])
  })
})

describe('Server.primaries on a cluster', () => {
  it('are its three nodes, for a client that was just made too', async () => {
    const nodes = await serverOf().primaries()
    expect(nodes.map(({ options }) => options.port).sort()).toEqual(
      cluster.nodes.map(({ port }) => port).sort(),
    )
  })

  it('are refused by a client that has been closed', async () => {
    const client = cluster.client({ lazyConnect: true })
    client.disconnect()
    await expect(new Server(client, 'probe').primaries()).rejects.toThrow('Connection is closed.')
    await expect(new Server(client, 'probe').run([countOf('a')])).rejects.toThrow('Connection is closed.')
  })
})

describe('Server.capabilities on a cluster', () => {
  it('are all there', async () => {
    expect(new Set(Object.values(await serverOf().capabilities()))).toEqual(new Set([true]))
  })
})

describe('Server on a cluster that has lost a node', () => {
  let own: PrivateCluster

  beforeEach(async () => {
    own = await startCluster()
    for (const index of [0, 1, 2]) await own.node(index).config('SET', 'cluster-require-full-coverage', 'no')
  })
  afterEach(() => own.stop())

  const ALONE = /redirections|closed|CLUSTERDOWN/

  it('fails for its keys, and goes on for all others, by old clients and new ones', async () => {
    const server = new Server(own.client(), 'probe')
    await fill(server, KEYS)
    const owners = await Promise.all(KEYS.map(async (key) => own.ownerOf(await own.slotOf(key))))
    await own.kill(2)
    const expected = filled(KEYS)
    for (const each of [server, new Server(own.client(), 'probe'), server]) {
      await expect(each.run(KEYS.map(countOf))).rejects.toThrow(ALONE)
      const left = KEYS.filter((_, i) => owners[i] !== 2)
      const counts = await each.run(left.map(countOf))
      expect(counts).toEqual(expected.filter((_, i) => owners[i] !== 2))
    }
  })

  it('lives on where it is the one that a slot was moving to', async () => {
    const server = new Server(own.client(), 'probe')
    await fill(server, FOOS)
    const move = await own.beginMove(FOO_SLOT, 1)
    await move.moveKeys(1)
    await own.kill(1)
    // A rejection that nobody handles would fail the run of tests, as it would end a program.
    await expect(server.run(FOOS.map(countOf))).rejects.toThrow(ALONE)
    await expect(new Server(own.client(), 'probe').run(FOOS.map(countOf))).rejects.toThrow(ALONE)
  })
})
