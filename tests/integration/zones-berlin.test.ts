import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event, parsePeriod } from '../../lib/bitmapist'
import { placesOn, points, table } from '../fixtures/place'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let server: PrivateRedis

beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const at = placesOn(() => server)

describe('Europe/Berlin 2025-03-30, a day of 23 hours', () => {
  const BERLIN = { timeZone: 'Europe/Berlin', now: '2025-03-31T00:30:00Z' }
  const INSTANTS = [
    '2025-03-29T22:59:59Z',
    '2025-03-30T00:59:59Z',
    '2025-03-30T01:00:00Z',
    '2025-03-30T22:00:00Z',
  ]

  it('marks no hour 2', async () => {
    const { keys } = await at(BERLIN, ...INSTANTS)
    expect(await keys()).toEqual({
      'a_2025-3': [1, 2, 3, 4],
      'a_2025-3-29': [1],
      'a_2025-3-29-23': [1],
      'a_2025-3-30': [2, 3],
      'a_2025-3-30-1': [2],
      'a_2025-3-30-3': [3],
      'a_2025-3-31': [4],
      'a_2025-3-31-0': [4],
      'a_W2025-13': [1, 2, 3],
      'a_W2025-14': [4],
    })
  })

  it('has the hour 3 after the hour 1, and 23 hours to midnight', async () => {
    const { bm } = await at(BERLIN, ...INSTANTS)
    await bm.markEvent('a', 2, { time: new Date('2025-03-30T01:59:59Z') })
    expect(await table(bm, '2025-03-30T01', {})).toEqual([
      '2025-03-30T01 1: 1 1 0',
      '2025-03-30T03 2: 2 0 0',
      '2025-03-30T04 0: 0 0 0',
    ])
    await bm.markEvent('a', 1, { time: new Date('2025-03-30T22:59:59Z') })
    const { rows } = await bm.retention({
      start: event('a'),
      return: event('a'),
      first: parsePeriod('2025-03-29T23'),
      rows: 1,
      columns: 28,
    })
    const [row] = rows
    expect(row?.cells.flatMap(({ offset, count }) => (count ? [offset] : []))).toEqual([0, 24])
    expect(row?.cells.map(({ state }) => state).slice(24)).toEqual(['closed', 'closed', 'open', 'future'])
    expect((await points(bm, '2025-03-30T00', '2025-03-30T23')).length).toBe(23)
    expect(await points(bm, '2025-03-29', '2025-03-31')).toEqual([
      '2025-03-29 1',
      '2025-03-30 2',
      '2025-03-31 (2)',
    ])
  })
})

describe('Europe/Berlin 2025-10-26, a day of 25 hours', () => {
  const BERLIN = { timeZone: 'Europe/Berlin', now: '2025-10-26T03:30:00Z' }
  const INSTANTS = [
    '2025-10-25T22:00:00Z',
    '2025-10-26T00:30:00Z',
    '2025-10-26T01:30:00Z',
    '2025-10-26T02:00:00Z',
  ]

  it('marks the hour that comes twice as one', async () => {
    const { keys, bm } = await at(BERLIN, ...INSTANTS)
    expect(await keys()).toEqual({
      'a_2025-10': [1, 2, 3, 4],
      'a_2025-10-26': [1, 2, 3, 4],
      'a_2025-10-26-0': [1],
      'a_2025-10-26-2': [2, 3],
      'a_2025-10-26-3': [4],
      'a_W2025-43': [1, 2, 3, 4],
    })
    // Taken back by a time of the other of the two.
    await bm.unmarkEvent('a', 2, { time: new Date('2025-10-26T01:00:00Z') })
    await bm.unmarkEvent('a', 3, { time: new Date('2025-10-26T00:00:00Z') })
    expect(Object.keys(await keys())).not.toContain('a_2025-10-26-2')
  })

  it('has 24 hours, and offsets that count labels', async () => {
    const { bm } = await at(BERLIN, ...INSTANTS)
    await bm.markEvent('a', 2, { time: new Date('2025-10-26T02:59:59Z') })
    expect(await table(bm, '2025-10-26T02', {})).toEqual([
      '2025-10-26T02 2: 2 1 (0)',
      '2025-10-26T03 2: 2 (0) .',
      '2025-10-26T04 0: (0) . .',
    ])
    expect((await points(bm, '2025-10-26T00', '2025-10-26T23')).length).toBe(24)
  })

  it('runs through both of the two', async () => {
    for (const now of [
      '2025-10-26T00:00:00Z',
      '2025-10-26T00:59:59Z',
      '2025-10-26T01:00:00Z',
      '2025-10-26T01:59:59Z',
    ]) {
      const { bm } = await at({ ...BERLIN, now }, '2025-10-26T00:00:00Z')
      expect(await points(bm, '2025-10-26T01', '2025-10-26T03')).toEqual([
        '2025-10-26T01 0',
        '2025-10-26T02 (1)',
        '2025-10-26T03 .',
      ])
    }
  })
})
