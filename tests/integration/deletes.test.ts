import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, parsePeriod } from '../../lib/bitmapist'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = new Date('2024-02-09T05:30:00Z')
/** What a glob pattern would take for something else. */
const PREFIX = 'p*[ab]?\\_'

let server: PrivateRedis
let redis: ReturnType<PrivateRedis['client']>
let bm: Bitmapist

beforeAll(async () => {
  server = await startRedis()
  redis = server.client()
})
afterAll(() => server.stop())
beforeEach(async () => {
  await redis.flushall()
  bm = open()
})

const open = (options = {}) => new Bitmapist({ redis, prefix: PREFIX, clock: () => NOW, ...options })
const at = (text: string) => new Date(text)

/** What follows the prefix in all keys that begin with it. */
async function keys(prefix = PREFIX): Promise<readonly string[]> {
  const all = await redis.keys('*')
  return all
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .sort()
}

async function markEach(names: readonly string[], time = NOW): Promise<void> {
  for (const name of names) await bm.markEvent(name, 1, { time, trackHourly: true })
}

const ofOne = (name: string) => ['2024-2', '2024-2-9', '2024-2-9-5', 'W2024-6'].map((of) => `${name}_${of}`)

/** Keys that are none of ours, of which some look much like it. */
const FOREIGN = [
  // What the prefix would match as a pattern.
  ...['pxyzaz_a_2024-2', 'p*ax\\_a_2024-2', 'p*[ab]?_a_2024-2', 'q_a_2024-2'],
  // What lies under the prefix, and is no period.
  ...['config', 'a_2024-02', 'a_2024-13', 'a_W2021-53', 'a_2023-2-30', 'a_2024', 'a_U'].map(
    (key) => PREFIX + key,
  ),
]

describe('Bitmapist.eventNames', () => {
  it('are those that have keys, ascending, by what they begin with', async () => {
    await markEach(['song:play', 'b_2024-1', 'b', 'b*', 'B', 'ünï'])
    await bm.markAttribute('paid', 1)
    await bm.markAttribute('b', 1)
    expect(await bm.eventNames()).toEqual(['B', 'b', 'b*', 'b_2024-1', 'song:play', 'ünï'])
    expect(await bm.eventNames({ prefix: 'b' })).toEqual(['b', 'b*', 'b_2024-1'])
    expect(await bm.eventNames({ prefix: 'b*' })).toEqual(['b*'])
    expect(await bm.eventNames({ prefix: '?' })).toEqual([])
    expect(await bm.attributeNames()).toEqual(['b', 'paid'])
    expect(await bm.attributeNames({ prefix: 'p' })).toEqual(['paid'])
    expect(await bm.getEventNames({ prefix: 'b' })).toEqual(['b', 'b*', 'b_2024-1'])
    expect(await bm.getEventNames()).toEqual(['B', 'b', 'b*', 'b_2024-1', 'paid', 'song:play', 'ünï'])
  })
})

describe('Bitmapist.deleteEvent', () => {
  const NAMES = ['a', 'a_2024-2', 'a_2024-2_u', 'a_W2024-6', 'a_u', 'a*', 'a_', '*', 'b_a']

  it.each(NAMES)('removes the keys of %s alone', async (name) => {
    await markEach(NAMES)
    for (const other of NAMES) await bm.markAttribute(other, 1)
    await Promise.all(FOREIGN.map((key) => redis.set(key, 'x')))
    const before = await keys('')
    const own = ofOne(name).map((key) => PREFIX + key)
    expect(await bm.deleteEvent(name)).toBe(4)
    expect(await keys('')).toEqual(before.filter((key) => !own.includes(key)))
    expect(await bm.deleteEvent(name)).toBe(0)
    expect(await bm.eventNames()).toEqual(NAMES.filter((other) => other !== name).sort())
    expect(await bm.attributeNames()).toEqual([...NAMES].sort())
    expect(await bm.deleteEvent(name, { attribute: true })).toBe(1)
    expect(await bm.attributeNames()).toEqual(NAMES.filter((other) => other !== name).sort())
  })

  it('refuses names that no event has', async () => {
    await expect(bm.deleteEvent('bitop_AND')).rejects.toMatchObject({ code: 'BAD_EVENT' })
    await expect(bm.deleteEvent('')).rejects.toMatchObject({ code: 'BAD_EVENT' })
  })
})

describe('Bitmapist.deletePeriod', () => {
  const DAYS = [
    '2024-01-29',
    '2024-01-31',
    '2024-02-01',
    '2024-02-09',
    '2024-02-29',
    '2024-12-31',
    '2025-01-01',
  ]
  const DAY_KEYS = ['2024-1-29', '2024-1-31', '2024-2-1', '2024-2-9', '2024-2-29', '2024-12-31', '2025-1-1']
  const ALL = [
    ...DAY_KEYS,
    ...DAY_KEYS.map((day) => `${day}-5`),
    ...['2024-1', '2024-2', '2024-12', '2025-1'],
    // 29 January to 4 February; 5 to 11 February; 26 February to 3 March; 30 December to 5 January.
    ...['W2024-5', 'W2024-6', 'W2024-9', 'W2025-1'],
  ]

  const CASES: readonly (readonly [period: string, gone: readonly string[]])[] = [
    ['2024-02-09T05', ['2024-2-9-5']],
    ['2024-02-09T06', []],
    ['2024-02-09', ['2024-2-9', '2024-2-9-5']],
    [
      '2024-W05',
      ['2024-1-29', '2024-1-29-5', '2024-1-31', '2024-1-31-5', '2024-2-1', '2024-2-1-5', 'W2024-5'],
    ],
    [
      '2024-02',
      ['2024-2', '2024-2-1', '2024-2-1-5', '2024-2-9', '2024-2-9-5', '2024-2-29', '2024-2-29-5', 'W2024-6'],
    ],
    ['2024', ALL.filter((key) => !key.includes('2025'))],
    ['2025', ['2025-1', '2025-1-1', '2025-1-1-5']],
    ['2000', []],
  ]

  beforeEach(async () => {
    for (const day of DAYS) await markEach(['a', 'b_2024'], at(`${day}T05:00:00Z`))
    await bm.markAttribute('a', 1)
    await Promise.all(FOREIGN.map((key) => redis.set(key, 'x')))
  })

  it.each(CASES)('of %s removes what lies wholly in it, of one event or of all', async (text, gone) => {
    const before = await keys('')
    expect(before).toHaveLength(FOREIGN.length + 2 * ALL.length + 1 + (await owned()))
    const leaves = (names: readonly string[]) => {
      const dropped = names.flatMap((name) => gone.map((key) => `${PREFIX}${name}_${key}`))
      return before.filter((key) => !dropped.includes(key))
    }
    expect(await bm.deletePeriod(parsePeriod(text), { event: 'a' })).toBe(gone.length)
    expect(await keys('')).toEqual(leaves(['a']))
    expect(await bm.deletePeriod(parsePeriod(text))).toBe(gone.length)
    expect(await keys('')).toEqual(leaves(['a', 'b_2024']))
    expect(await bm.deletePeriod(parsePeriod(text))).toBe(0)
  })

  it('leaves the longer periods whom they held', async () => {
    await bm.deletePeriod(parsePeriod('2024-02-09'))
    expect(await bm.getDayEvent('a').count()).toBe(0)
    expect(await bm.getWeekEvent('a').count()).toBe(1)
    expect(await bm.getMonthEvent('a').count()).toBe(1)
  })

  it('shortens what the registry lists, in this process and in others', async () => {
    const other = open()
    const first = [{ name: 'a', first: '2024-01', last: '2025-01' }]
    expect((await other.events()).events.slice(0, 1)).toEqual(first)
    await bm.deletePeriod(parsePeriod('2024-01'), { event: 'a' })
    await bm.getMonthEvent('a', at('2025-01-01T00:00:00Z')).delete()
    for (const library of [bm, other, open()])
      expect((await library.events()).events).toEqual([
        { name: 'a', first: '2024-02', last: '2024-12' },
        { name: 'b_2024', first: '2024-01', last: '2025-01' },
      ])
  })
})

/** How many keys of our own there are. */
const owned = async () => (await keys('bitcohort:')).length

describe('Bitmapist.deleteAllEvents', () => {
  beforeEach(async () => {
    await markEach(['a', 'a_2024-2', 'b'])
    await bm.markAttribute('paid', 1)
    await Promise.all(FOREIGN.map((key) => redis.set(key, 'x')))
    await redis.set(`${PREFIX}bitop_AND_${PREFIX}a_2024-2-${PREFIX}b_2024-2`, 'x')
  })

  it('removes marks, attributes and the Python library’s temporary results, and nothing else', async () => {
    expect(await bm.deleteAllEvents()).toBe(3 * 4 + 1 + 1)
    const left = (await keys('')).filter((key) => !key.startsWith('bitcohort:'))
    expect(left).toEqual([...FOREIGN].sort())
    expect(await bm.deleteAllEvents()).toBe(0)
    for (const library of [bm, open()]) {
      expect(await library.events()).toMatchObject({ events: [], attributes: [] })
      expect(await library.getEventNames()).toEqual([])
      expect(await library.getAttribute('paid').not().count()).toBe(0)
    }
  })

  it('lets marks come again, by this process and by others', async () => {
    const other = open()
    await other.markEvent('a', 2)
    await bm.deleteAllEvents()
    await other.markEvent('a', 3)
    await bm.markEvent('b', 4)
    for (const library of [bm, other, open()]) {
      expect(await library.eventNames()).toEqual(['a', 'b'])
      expect(await library.getMonthEvent('a').or(library.getMonthEvent('b')).not().count()).toBe(0)
      expect(await library.getMonthEvent('a').not().count()).toBe(1)
    }
  })

  it('keeps the numbers of mapped ids', async () => {
    const mapped = new Bitmapist({ redis, prefix: 'm_', idMode: 'mapped', clock: () => NOW })
    await mapped.mark(['ann', 'bob'].map((user) => ({ event: 'a', user })))
    await mapped.deleteAllEvents()
    await mapped.mark(['cat', 'bob'].map((user) => ({ event: 'a', user })))
    expect(await redis.getbit('m_a_2024-2', 2)).toBe(1)
    expect(await redis.getbit('m_a_2024-2', 3)).toBe(1)
    expect(await mapped.getMonthEvent('a').count()).toBe(2)
  })

  it('is refused where the data was written with other settings', async () => {
    const elsewhere = open({ timeZone: 'Asia/Tokyo' })
    const before = await keys('')
    for (const remove of [
      () => elsewhere.deleteAllEvents(),
      () => elsewhere.deleteEvent('a'),
      () => elsewhere.deletePeriod(parsePeriod('2024')),
      () => elsewhere.getMonthEvent('a').delete(),
      () => elsewhere.deleteTemporaryBitopKeys(),
    ])
      await expect(remove()).rejects.toMatchObject({ code: 'BAD_SETTINGS', field: 'TIME_ZONE' })
    expect(await keys('')).toEqual(before)
  })

  it('is split: what the Python library left can go alone', async () => {
    expect(await bm.deleteTemporaryBitopKeys()).toBe(1)
    expect(await bm.deleteTemporaryBitopKeys()).toBe(0)
    expect(await bm.getEventNames()).toEqual(['a', 'a_2024-2', 'b', 'paid'])
  })
})
