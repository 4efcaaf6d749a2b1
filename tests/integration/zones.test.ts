import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { event, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { collect } from '../fixtures/golden'
import { placesOn, points, table } from '../fixtures/place'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let server: PrivateRedis

beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const at = placesOn(() => server)

describe('America/Sao_Paulo 2017-10-15, a day without midnight', () => {
  const SAO_PAULO = { timeZone: 'America/Sao_Paulo', now: '2017-10-16T03:30:00Z' }
  const INSTANTS = [
    '2017-10-15T02:59:59Z',
    '2017-10-15T03:00:00Z',
    '2017-10-16T01:59:59Z',
    '2017-10-16T02:00:00Z',
  ]

  it('marks the local hour, day, week and month', async () => {
    const { keys } = await at(SAO_PAULO, ...INSTANTS)
    expect(await keys()).toEqual({
      'a_2017-10': [1, 2, 3, 4],
      'a_2017-10-14': [1],
      'a_2017-10-14-23': [1],
      'a_2017-10-15': [2, 3],
      'a_2017-10-15-1': [2],
      'a_2017-10-15-23': [3],
      'a_2017-10-16': [4],
      'a_2017-10-16-0': [4],
      'a_W2017-41': [1, 2, 3],
      'a_W2017-42': [4],
    })
  })

  it('has the hour 1 after the hour 23, in rows, columns and points', async () => {
    const { bm } = await at(SAO_PAULO, ...INSTANTS)
    await bm.markEvent('a', 1, { time: new Date('2017-10-15T03:59:59Z') })
    const rows = ['2017-10-14T23 1: 1 1 0', '2017-10-15T01 2: 2 0 0', '2017-10-15T02 0: 0 0 0']
    expect(await table(bm, '2017-10-14T23', {})).toEqual(rows)
    // A row that never was is the next one there is.
    expect(await table(bm, '2017-10-15T00', { rows: 2 })).toEqual(rows.slice(1))
    expect(await points(bm, '2017-10-14T22', '2017-10-15T02')).toEqual([
      '2017-10-14T22 0',
      '2017-10-14T23 1',
      '2017-10-15T01 2',
      '2017-10-15T02 0',
    ])
    expect(await points(bm, '2017-10-14T23', '2017-10-15T00')).toEqual(['2017-10-14T23 1'])
    expect(await points(bm, '2017-10-14', '2017-10-17')).toEqual([
      '2017-10-14 1',
      '2017-10-15 3',
      '2017-10-16 (1)',
      '2017-10-17 .',
    ])
  })

  it('runs from one on', async () => {
    const { bm } = await at({ ...SAO_PAULO, now: '2017-10-15T03:00:00Z' }, ...INSTANTS.slice(0, 2))
    expect(await table(bm, '2017-10-14T23', {})).toEqual([
      '2017-10-14T23 1: 1 (0) .',
      '2017-10-15T01 1: (1) . .',
      '2017-10-15T02 .: . . .',
    ])
    expect(await table(bm, '2017-10-14', { rows: 2, columns: 2 })).toEqual([
      '2017-10-14 1: 1 (0)',
      '2017-10-15 1: (1) .',
    ])
  })
})

describe('Pacific/Apia 2011-12-30, a day that never was', () => {
  const APIA = { timeZone: 'Pacific/Apia', now: '2012-01-01T10:30:00Z' }
  const INSTANTS = ['2011-12-30T09:59:59Z', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z']

  it('marks the days beside it, of one week', async () => {
    const { keys } = await at(APIA, ...INSTANTS)
    expect(await keys()).toEqual({
      'a_2011-12': [1, 2],
      'a_2011-12-29': [1],
      'a_2011-12-29-23': [1],
      'a_2011-12-31': [2],
      'a_2011-12-31-0': [2],
      'a_2012-1': [3],
      'a_2012-1-1': [3],
      'a_2012-1-1-0': [3],
      'a_W2011-52': [1, 2, 3],
    })
  })

  it('has no history on it either', async () => {
    const { bm } = await at(APIA, ...INSTANTS)
    await bm.markEvent('a', 2, { time: new Date(INSTANTS[2] ?? '') })
    const [start, others] = [parseExpression('a - b'), parseExpression('a & !b')]
    for (const shape of [{ start }, { start: others }])
      expect(await table(bm, '2011-12-31', { ...shape, cohort: 'first', rows: 2, columns: 1 })).toEqual([
        '2011-12-31 1: 1',
        '2012-01-01 1: 1',
      ])
    // Everyone known matches a complement on a day without marks: had that day been, nobody were new on the next.
    await bm.markEvent('c', 3, { time: new Date(INSTANTS[0] ?? '') })
    const rest = { start: parseExpression('a | !c'), cohort: 'first' as const, rows: 2, columns: 1 }
    expect(await table(bm, '2011-12-31', rest)).toEqual(['2011-12-31 1: 0', '2012-01-01 0: 0'])
  })

  it('has neither rows, columns nor points on it', async () => {
    const { bm } = await at(APIA, ...INSTANTS)
    await bm.markEvent('a', 1, { time: new Date('2011-12-30T10:59:59Z') })
    const days = ['2011-12-29 1: 1 1 0', '2011-12-31 2: 2 0 (0)', '2012-01-01 1: 1 (0) .']
    expect(await table(bm, '2011-12-29', {})).toEqual(days)
    expect(await table(bm, '2011-12-30', { rows: 2 })).toEqual(days.slice(1))
    expect(await table(bm, '2011-12-29', { cohort: 'first' })).toEqual([
      '2011-12-29 1: 1 1 0',
      '2011-12-31 1: 1 0 (0)',
      '2012-01-01 1: 1 (0) .',
    ])
    expect(await table(bm, '2011-12-29T23', { rows: 2, columns: 2 })).toEqual([
      '2011-12-29T23 1: 1 1',
      '2011-12-31T00 2: 2 0',
    ])
    expect(await table(bm, '2011-W52', { rows: 1, columns: 2 })).toEqual(['2011-W52 3: 3 (0)'])
    expect(await points(bm, '2011-12-29', '2012-01-01')).toEqual([
      '2011-12-29 1',
      '2011-12-31 2',
      '2012-01-01 1',
    ])
    expect(await points(bm, '2011-12-30', '2011-12-31')).toEqual(['2011-12-31 2'])
    expect(await points(bm, '2011-12-30', '2011-12-30')).toEqual([])
    expect(await points(bm, '2011-12-30T00', '2011-12-31T01')).toEqual(['2011-12-31T00 2', '2011-12-31T01 0'])
    const request = {
      start: event('a'),
      return: event('a'),
      first: parsePeriod('2011-12-29'),
      rows: 3,
      columns: 3,
    }
    const cell = { row: request.first, column: 1, which: 'returned' } as const
    expect(await collect(await bm.retentionUsers(request, cell))).toEqual([1])
    await expect(
      bm.retentionUsers(request, { ...cell, row: parsePeriod('2011-12-30') }),
    ).rejects.toMatchObject({
      code: 'BAD_PARAMETER',
      field: 'row',
    })
  })
})

describe('Asia/Kolkata, half an hour beside the others', () => {
  it('begins its hours, days, weeks and months at half past', async () => {
    const { bm, keys } = await at(
      { timeZone: 'Asia/Kolkata', now: '2025-03-31T18:30:00Z' },
      '2025-03-30T18:29:59Z',
      '2025-03-30T18:30:00Z',
      '2025-03-31T18:29:59Z',
      '2025-03-31T18:30:00Z',
    )
    expect(await keys()).toEqual({
      'a_2025-3': [1, 2, 3],
      'a_2025-3-30': [1],
      'a_2025-3-30-23': [1],
      'a_2025-3-31': [2, 3],
      'a_2025-3-31-0': [2],
      'a_2025-3-31-23': [3],
      'a_2025-4': [4],
      'a_2025-4-1': [4],
      'a_2025-4-1-0': [4],
      'a_W2025-13': [1],
      'a_W2025-14': [2, 3, 4],
    })
    expect(await table(bm, '2025-03-30T23', { rows: 2, columns: 2 })).toEqual([
      '2025-03-30T23 1: 1 0',
      '2025-03-31T00 1: 1 0',
    ])
    expect(await points(bm, '2025-03-31T22', '2025-04-01T01')).toEqual([
      '2025-03-31T22 0',
      '2025-03-31T23 1',
      '2025-04-01T00 (1)',
      '2025-04-01T01 .',
    ])
    expect(await points(bm, '2025-03', '2025-04')).toEqual(['2025-03-01 3', '2025-04-01 (1)'])
  })
})
