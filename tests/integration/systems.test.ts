import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bitmap, Bitmapist } from '../../lib/bitmapist'
import { contents } from '../fixtures/place'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = new Date('2025-03-30T22:30:00Z')

let server: PrivateRedis
let second: PrivateRedis
let redis: ReturnType<PrivateRedis['client']>
let one: Bitmapist
let other: Bitmapist

beforeAll(async () => {
  server = await startRedis()
  second = await startRedis()
  redis = server.client()
  one = new Bitmapist({ redis, prefix: 'one_', clock: () => NOW })
  other = new Bitmapist({ redis, prefix: 'other_', timeZone: 'Europe/Berlin', clock: () => NOW })
})
afterAll(async () => {
  await server.stop()
  await second.stop()
})

const thrownBy = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return error
  }
}

describe('Bitmapist', () => {
  it('keeps systems of other prefixes, time zones and servers apart', async () => {
    const far = new Bitmapist({ redis: second.client(), prefix: 'one_', clock: () => NOW })
    await one.markEvent('a', 1)
    await other.markEvent('a', 2)
    await far.markEvent('a', 3)
    expect(await contents(redis, 'one_')).toEqual({
      'a_2025-3': [1],
      'a_2025-3-30': [1],
      'a_W2025-13': [1],
    })
    expect(await contents(redis, 'other_')).toEqual({
      'a_2025-3': [2],
      'a_2025-3-31': [2],
      'a_W2025-14': [2],
    })
    const counts = [one, other, far].map(async (bm) => (await bm.getDayEvent('a').has(3)) && bm.eventNames())
    expect(await Promise.all(counts)).toEqual([false, false, ['a']])
  })

  it.each<[string, (set: Bitmap, foreign: Bitmap) => unknown]>([
    ['and', (set, foreign) => set.and(set, foreign)],
    ['or', (set, foreign) => set.or(foreign)],
    ['xor', (set, foreign) => set.xor(foreign)],
    ['minus', (set, foreign) => set.minus(foreign)],
    ['bitOpAnd', (set, foreign) => one.bitOpAnd(set, foreign)],
    ['bitOpOr', (_, foreign) => one.bitOpOr(foreign)],
    ['bitOpXor', (set, foreign) => one.bitOpXor(foreign, set)],
    ['bitOpNot', (_, foreign) => one.bitOpNot(foreign)],
    ['a nested one', (set, foreign) => set.or(set.not().and(foreign.minus(foreign)))],
  ])('refuses the handles of two libraries in %s', (_, combine) => {
    const [set, foreign] = [one.getDayEvent('a'), other.getAttribute('a')]
    expect(thrownBy(() => combine(set, foreign))).toMatchObject({
      code: 'BAD_SYSTEM',
      field: 'set',
      message:
        '"set" expected a handle of the library of "one_", got one of "other_"; combine handles that one Bitmapist instance made',
    })
  })

  it('refuses those of another instance with the same prefix too: its Redis may be another', () => {
    const twin = new Bitmapist({ redis: second.client(), prefix: 'one_' })
    expect(thrownBy(() => one.getDayEvent('a').and(twin.getDayEvent('a')))).toMatchObject({
      code: 'BAD_SYSTEM',
      message: expect.stringContaining('of the library of "one_", got one of another library of "one_"'),
    })
  })

  it('is not made for a prefix whose own keys would lie in several slots, nor for an unknown way to keep ids', () => {
    const made = (options: object) => thrownBy(() => new Bitmapist({ redis, ...options }))
    expect(made({ prefix: '' })).toMatchObject({
      code: 'BAD_SETTINGS',
      field: 'prefix',
      message: expect.stringContaining('"prefix" expected 1 to 100 printable characters'),
    })
    expect(made({ idMode: 'uuid' })).toMatchObject({
      code: 'BAD_SETTINGS',
      message: expect.stringContaining('"idMode" expected integer or mapped, got "uuid"'),
    })
  })

  it('tells the handles of two libraries apart', () => {
    const twin = new Bitmapist({ redis, prefix: 'one_', clock: () => NOW })
    expect(one.getDayEvent('a').equals(twin.getDayEvent('a'))).toBe(false)
    expect(one.getDayEvent('a').equals(other.getDayEvent('a'))).toBe(false)
    expect(one.getDayEvent('a').library).toBe(one)
  })
})
