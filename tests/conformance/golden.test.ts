import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bitmap, type Bitmapist, event } from '../../lib/bitmapist'
import { attributeKey, DEFAULT_PREFIX, eventKey, type KeyMeaning, parseKey } from '../../lib/bitmapist/key'
import { type Period, periodAt, startOf } from '../../lib/bitmapist/period'
import {
  collect,
  digestOf,
  type Golden,
  type GoldenBitop,
  type GoldenCount,
  type GoldenMark,
  openGolden,
  readGolden,
  replay,
  type System,
} from '../fixtures/golden'
import { NO_SHARED, sharedFolder } from '../fixtures/shared'

const shared = sharedFolder()
let system: System

if (shared === null) it.skip(`golden keys, counts and set operations (${NO_SHARED})`, () => {})
else {
  const golden = readGolden(join(shared, 'golden'))
  beforeAll(async () => {
    system = await openGolden(golden.marks)
  })
  afterAll(() => system?.stop())
  describe('keys.json', () => keysAgree(golden.keys, golden.marks))
  describe('counts.json', () => countsAgree(golden.counts))
  describe('bitops.json', () => bitopsAgree(golden.bitops))
  describe('Bitmapist.bitOpNot', () => complementsAgree(golden))
}

/** Without trailing zero bytes, which mean nothing. */
function trimmed(hex: string): string {
  let end = hex.length
  while (hex.endsWith('00', end)) end -= 2
  return hex.slice(0, end)
}

/** The bytes of every key under the prefix, in hexadecimal, without trailing zero bytes. */
async function bytesOf(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const keys = (await redis.keys('*')).filter((key) => key.startsWith(DEFAULT_PREFIX))
  const values = await redis.mgetBuffer(keys)
  return new Map(keys.map((key, i) => [key, trimmed(values[i]?.toString('hex') ?? 'no string')]))
}

/** Keys that only one side has, or whose bytes differ. */
function differing(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key))
}

function keysAgree(keys: Readonly<Record<string, string>>, marks: readonly GoldenMark[]): void {
  const expected = new Map(Object.entries(keys).map(([key, hex]) => [key, trimmed(hex)]))

  it('is what the marks leave in Redis, byte for byte, and nothing else is under the prefix', async () => {
    expect(expected.size).toBe(2971)
    expect(differing(await bytesOf(system.redis), expected)).toEqual([])
  })

  it('stays so when every mark is sent again', async () => {
    await replay(system.bm, marks)
    expect(differing(await bytesOf(system.redis), expected)).toEqual([])
  })

  it('holds no key that parseKey does not read back', () => {
    const again = (found: KeyMeaning | null) => {
      if (found === null) return 'not ours'
      return found.kind === 'attribute'
        ? attributeKey(DEFAULT_PREFIX, found.name)
        : eventKey(DEFAULT_PREFIX, found.event, found.period)
    }
    expect(Object.keys(keys).filter((key) => again(parseKey(DEFAULT_PREFIX, key)) !== key)).toEqual([])
  })
}

function handleOf(bm: Bitmapist, name: string, of: Period) {
  const time = startOf(of)
  switch (of.unit) {
    case 'hour':
      return bm.getHourEvent(name, time)
    case 'day':
      return bm.getDayEvent(name, time)
    case 'week':
      return bm.getWeekEvent(name, time)
    case 'month':
      return bm.getMonthEvent(name, time)
    case 'year':
      return bm.getYearEvent(name, time)
    default:
      return of.unit satisfies never
  }
}

function countsAgree(counts: readonly GoldenCount[]): void {
  const dated = counts.flatMap((entry) => (entry.kind === 'unique' ? [] : [entry]))
  const titled = counts.map((entry) => ({
    entry,
    title: `${entry.kind} of ${entry.event} at ${'time' in entry ? entry.time : 'any time'}`,
  }))

  it.each(titled)('gives the $title', async ({ entry }) => {
    const of = entry.kind === 'unique' ? null : periodAt(entry.kind, new Date(entry.time))
    const handle = of === null ? system.bm.getAttribute(entry.event) : handleOf(system.bm, entry.event, of)
    const ids = await collect(handle)
    expect(digestOf(ids)).toBe(entry.members_sha256)
    expect(ids.slice(0, 5)).toEqual(entry.ids_head)
    expect(await handle.count()).toBe(entry.count)
    expect(await handle.hasEventsMarked()).toBe(entry.any)
    for (const id of entry.ids_head) expect(await handle.has(id)).toBe(true)
    expect(await handle.has((ids.at(-1) ?? 0) + 1)).toBe(false)
  })

  it('names the keys and the beginnings of the periods', () => {
    for (const { event: name, kind, time, key, period_start } of dated) {
      const of = periodAt(kind, new Date(time))
      expect(startOf(of)).toEqual(new Date(period_start))
      expect(kind === 'year' ? null : eventKey(DEFAULT_PREFIX, name, of)).toBe(key)
    }
    for (const entry of counts)
      if (entry.kind === 'unique') expect(attributeKey(DEFAULT_PREFIX, entry.event)).toBe(entry.key)
  })

  it('agrees with count and members of an expression', async () => {
    for (const { event: name, kind, time, count, members_sha256 } of dated) {
      const of = periodAt(kind, new Date(time))
      expect(await system.bm.count(event(name), of)).toBe(count)
      expect(digestOf(await collect(system.bm.members(event(name), of)))).toBe(members_sha256)
    }
  })
}

/** The sets behind keys, the first one apart: an operation needs one at least. */
function handlesOf(bm: Bitmapist, keys: readonly string[]): readonly [Bitmap, ...Bitmap[]] {
  const [first, ...others] = keys.map((key) => {
    const found = parseKey(DEFAULT_PREFIX, key)
    if (found === null) throw new Error(`${key} is not a key`)
    return found.kind === 'attribute' ? bm.getAttribute(found.name) : handleOf(bm, found.event, found.period)
  })
  if (first === undefined) throw new Error('an operation without keys')
  return [first, ...others]
}

function combined(bm: Bitmapist, { op, keys }: GoldenBitop): Bitmap {
  const handles = handlesOf(bm, keys)
  if (op === 'AND') return bm.bitOpAnd(...handles)
  return op === 'OR' ? bm.bitOpOr(...handles) : bm.bitOpXor(...handles)
}

function bitopsAgree(bitops: readonly GoldenBitop[]): void {
  const titled = bitops.map((entry, i) => ({ entry, title: `${i}, ${entry.op} of ${entry.keys.join(', ')}` }))

  it.each(titled)('gives $title', async ({ entry }) => {
    const set = combined(system.bm, entry)
    const ids = await collect(set)
    expect(digestOf(ids)).toBe(entry.members_sha256)
    expect(ids.slice(0, 5)).toEqual(entry.ids_head)
    expect(await set.count()).toBe(entry.count)
  })

  it('gives NOT as what its other answers leave over', async () => {
    const { bm } = system
    for (const entry of bitops) {
      const [first, ...others] = handlesOf(bm, entry.keys)
      if (entry.op === 'AND') {
        // a & !(a & b) = a − (a & b), and the size of a & b is golden.
        const left = bm.bitOpAnd(first, bm.bitOpNot(combined(bm, entry)))
        expect(await left.count()).toBe((await first.count()) - entry.count)
      }
      if (entry.op === 'OR') {
        // (a | b) & !a = (a | b) − a, and the size of a | b is golden.
        const left = bm.bitOpAnd(combined(bm, entry), bm.bitOpNot(first))
        expect(await left.count()).toBe(entry.count - (await first.count()))
        expect(await left.count()).toBe(await bm.bitOpAnd(bm.bitOpNot(first), first.or(...others)).count())
      }
    }
  })
}

/** Everybody in any of the golden bitmaps, read from their bytes alone. */
function everyone(keys: Readonly<Record<string, string>>): ReadonlySet<number> {
  const ids = new Set<number>()
  for (const hex of Object.values(keys))
    for (const [i, byte] of Buffer.from(hex, 'hex').entries())
      for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) ids.add(i * 8 + bit)
  return ids
}

function complementsAgree({ keys, bitops }: Golden): void {
  it('is everybody in any golden bitmap but the set itself', async () => {
    const all = [...everyone(keys)].sort((a, b) => a - b)
    for (const entry of bitops.slice(0, 12)) {
      const set = combined(system.bm, entry)
      const members = new Set(await collect(set))
      expect(await collect(set.not())).toEqual(all.filter((id) => !members.has(id)))
    }
  })
}
