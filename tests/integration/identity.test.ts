import fc from 'fast-check'
import type { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MappedIdentity } from '../../lib/bitmapist/identity'
import { startCluster } from '../fixtures/cluster'
import { digestOf, expectAgreement } from '../fixtures/identity'
import { startRedis } from '../fixtures/redis'

interface Place {
  client(): Redis | Cluster
  stop(): Promise<void>
}

const range = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i))
const numbersTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

const places: readonly (readonly [string, () => Promise<Place>])[] = [
  ['one Redis', startRedis],
  ['a cluster', startCluster],
]

describe.each(places)('MappedIdentity on %s', (_, start) => {
  let place: Place
  let client: Redis | Cluster
  let made = 0
  beforeAll(async () => {
    place = await start()
    client = place.client()
  })
  afterAll(() => place?.stop())

  const open = (prefix = `p${++made}_`, on = client) => ({ prefix, ids: new MappedIdentity(on, prefix) })

  it('gives 1, 2, 3 … in the order of first sight', async () => {
    const { prefix, ids } = open()
    expect(await ids.count()).toBe(0)
    expect(await ids.assign([])).toEqual([])
    expect(await ids.assign(['c', 'a', 'b'])).toEqual([1, 2, 3])
    expect(await ids.assign(['d', 'a', 'e', 'c'])).toEqual([4, 2, 5, 1])
    expect(await ids.names([5, 4, 3, 2, 1])).toEqual(['e', 'd', 'b', 'a', 'c'])
    expect(await ids.count()).toBe(5)
    expect((await expectAgreement(client, prefix)).leftovers).toBe(0)
  })

  it('keeps the order over many calls and trips', async () => {
    const { prefix, ids } = open()
    const all = range(25_000, (i) => `user-${i}`)
    expect(await ids.assign(all)).toEqual(numbersTo(25_000))
    expect((await expectAgreement(client, prefix)).names).toEqual(all)
  })

  it('gives one number to an id that comes twice', async () => {
    const { prefix, ids } = open()
    expect(await ids.assign(['a', 'b', 'a', 'a', 'c', 'b'])).toEqual([1, 2, 1, 1, 3, 2])
    expect(await ids.find(['c', 'x', 'c', 'a', 'x'])).toEqual([3, null, 3, 1, null])
    await expectAgreement(client, prefix)
  })

  it('tells ids apart by their bytes', async () => {
    const { ids } = open()
    const alike = [
      'a',
      'A',
      'a ',
      ' a',
      'a\0',
      'é',
      'e\u0301',
      '1',
      '01',
      '1.0',
      '18446744073709551615',
      '-1',
    ]
    expect(await ids.assign(alike)).toEqual(numbersTo(alike.length))
    expect(await ids.names(numbersTo(alike.length))).toEqual(alike)
  })

  it('gives back every id that it was given', async () => {
    const { prefix, ids } = open()
    const text = fc
      .oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }),
        fc.string({ unit: 'binary-ascii', minLength: 200, maxLength: 256 }),
        fc.integer().map(String),
        fc.uuid(),
      )
      .filter((id) => Buffer.byteLength(id) <= 256)
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 400, size: 'max' }), async (batch) => {
        const numbers = await ids.assign(batch)
        expect(await ids.names(numbers)).toEqual(batch)
        expect(await ids.find(batch)).toEqual(numbers)
        expect(await ids.assign(batch.toReversed())).toEqual(numbers.toReversed())
      }),
      { seed: 20_241_126, numRuns: 60 },
    )
    expect((await expectAgreement(client, prefix)).names.length).toBeGreaterThan(5000)
  })

  it('refuses a batch with a bad id, and writes nothing', async () => {
    const { prefix, ids } = open()
    for (const bad of ['', 'a'.repeat(257), '\udead']) {
      await expect(ids.assign(['good', bad])).rejects.toMatchObject({ code: 'BAD_USER', field: 'user' })
      await expect(ids.find(['good', bad])).rejects.toMatchObject({ code: 'BAD_USER' })
    }
    expect(await ids.find(['good'])).toEqual([null])
    expect(await client.exists(`bitcohort:{${prefix}}:ids`)).toBe(0)
  })

  it('has no name for what was never given out', async () => {
    const { ids } = open()
    expect(await ids.names([])).toEqual([])
    expect(await ids.names([0, 1, 64, 65])).toEqual([null, null, null, null])
    await ids.assign(range(70, (i) => `u${i}`))
    expect(await ids.names([71, 70, 0, -1, 1.5, Number.NaN, 2 ** 32, 2 ** 32 - 1, 65, 70, 1])).toEqual([
      ...[null, 'u69', null, null, null, null, null, null, 'u64', 'u69', 'u0'],
    ])
  })

  it('keeps prefixes apart', async () => {
    const one = open()
    const other = open()
    await one.ids.assign(['a', 'b'])
    expect(await other.ids.find(['a'])).toEqual([null])
    expect(await other.ids.assign(['b', 'a'])).toEqual([1, 2])
    expect(await one.ids.find(['a', 'b'])).toEqual([1, 2])
  })

  it('leaves no gap and no id twice under 20 writers at once', async () => {
    const { prefix, ids } = open()
    const all = range(5000, (i) => `user-${i}`)
    const writers = range(20, String).map(() => open(prefix, place.client()).ids)
    const answers = await Promise.all(
      writers.map(async (writer, w) => {
        const order = [...all.slice(w * 250), ...all.slice(0, w * 250)]
        const numbers = new Map<string, number>()
        for (let at = 0; at < order.length; at += 700) {
          const batch = order.slice(at, at + 700)
          for (const [i, number] of (await writer.assign(batch)).entries())
            numbers.set(batch[i] ?? '', number)
        }
        return all.map((id) => numbers.get(id))
      }),
    )
    const numbers = await ids.find(all)
    for (const answer of answers) expect(answer).toEqual(numbers)
    expect([...numbers].sort((a, b) => Number(a) - Number(b))).toEqual(numbersTo(5000))
    expect((await expectAgreement(client, prefix)).leftovers).toBe(0)
  })

  it('goes on where the server has forgotten the script', async () => {
    const { prefix, ids } = open()
    const all = range(3000, (i) => `user-${i}`)
    const flushing = place.client()
    const nodes = 'nodes' in flushing ? flushing.nodes('master') : [flushing]
    for (let at = 0; at < all.length; at += 300) {
      const flushed = nodes.map((node) => node.script('FLUSH'))
      await Promise.all([ids.assign(all.slice(at, at + 300)), ids.find(all), ...flushed])
    }
    expect(await ids.assign(all)).toEqual(numbersTo(3000))
    await expectAgreement(client, prefix)
  })

  it('keeps many ids whose digests begin alike', async () => {
    const { prefix, ids } = open()
    const alike: string[] = []
    for (let i = 0; alike.length < 5000; i++)
      if (/^......00/.test(digestOf(`user-${i}`))) alike.push(`user-${i}`)
    expect(await ids.assign(alike)).toEqual(numbersTo(5000))
    const others = range(5000, (i) => `other-${i}`)
    expect(await ids.assign(others)).toEqual(numbersTo(10_000).slice(5000))
    expect(await ids.find(alike)).toEqual(numbersTo(5000))
    expect((await expectAgreement(client, prefix)).leftovers).toBe(0)
  })
})
