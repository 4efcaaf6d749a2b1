import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  attribute,
  Bitmapist,
  type Cell,
  event,
  type Mark,
  parsePeriod,
  type RetentionRequest,
} from '../../lib/bitmapist'
import { collect } from '../fixtures/golden'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

/** Noon of the fifth day of five. */
const NOW = new Date('2025-01-10T12:00:00Z')
const FAR = 5_000_000

let server: PrivateRedis
let bm: Bitmapist

const did = (user: number, name: string, ...days: readonly string[]): Mark[] =>
  days.map((day) => ({ event: name, user, time: new Date(`2025-01-${day}T10:00:00Z`) }))

beforeAll(async () => {
  server = await startRedis()
  bm = new Bitmapist({ redis: server.client(), clock: () => NOW })
  await bm.mark([
    ...did(1, 'signup', '06'),
    ...did(1, 'active', '06', '07', '08', '10'),
    ...did(2, 'signup', '06'),
    ...did(2, 'active', '06', '08'),
    ...did(FAR, 'signup', '06'),
    ...did(FAR, 'active', '09'),
    ...did(4, 'signup', '06', '07'),
  ])
})
afterAll(() => server.stop())

const REQUEST: RetentionRequest = {
  start: event('signup'),
  return: event('active'),
  first: parsePeriod('2025-01-06'),
  rows: 6,
  columns: 5,
}
const ask = async (cell: Partial<Cell> & { day?: string }, shape: Partial<RetentionRequest> = {}) => {
  const { day = '2025-01-06', column = 1, which = 'returned' } = cell
  const row = cell.row === null ? null : parsePeriod(day)
  return collect(await bm.retentionUsers({ ...REQUEST, ...shape }, { row, column, which }))
}

describe('Bitmapist.retentionUsers', () => {
  it('lists a cell’s users, its row’s others, a row, all rows and a mean', async () => {
    expect(await ask({ column: 2 })).toEqual([1, 2])
    expect(await ask({ column: 2, which: 'missing' })).toEqual([4, FAR])
    expect(await ask({ column: null })).toEqual([1, 2, 4, FAR])
    expect(await ask({ day: '2025-01-07', column: null })).toEqual([4])
    expect(await ask({ row: null, column: null })).toEqual([1, 2, 4, FAR])
    expect(await ask({ row: null, column: 3 })).toEqual([FAR])
    expect(await ask({ row: null, column: 3, which: 'missing' })).toEqual([1, 2, 4])
  })

  it.each<[Partial<RetentionRequest>, number, readonly number[], readonly number[]]>([
    [{ mode: 'on-or-after' }, 3, [1, FAR], [2, 4]],
    [{ mode: 'on-or-before' }, 0, [1, 2], [4, FAR]],
    [{ mode: 'on-or-before' }, 1, [1], [2, 4, FAR]],
    [{ mode: 'on-or-before' }, 3, [1, 2, FAR], [4]],
    [{ mode: 'every' }, 2, [1], [2, 4, FAR]],
    [{ mode: 'every', base: 'previous' }, 2, [1], [2, 4, FAR]],
    [
      {
        brackets: [
          [0, 0],
          [1, 2],
          [3, 9],
        ],
      },
      1,
      [1, 2],
      [4, FAR],
    ],
    // Four of its seven days have not begun.
    [
      {
        brackets: [
          [0, 0],
          [1, 2],
          [3, 9],
        ],
      },
      2,
      [1, FAR],
      [2, 4],
    ],
  ])('takes %j at column %i', async (shape, column, returned, missing) => {
    expect(await ask({ column }, shape)).toEqual(returned)
    expect(await ask({ column, which: 'missing' }, shape)).toEqual(missing)
  })

  it('needs everyone known for nothing: a return of !active is the row without those who were', async () => {
    const shape = { return: { kind: 'not', of: event('active') } } as const
    expect(await ask({ column: 2 }, shape)).toEqual([4, FAR])
    expect(await ask({ column: 2, which: 'missing' }, shape)).toEqual([1, 2])
    const set = await bm.retentionUsers(
      { ...REQUEST, ...shape },
      { row: REQUEST.first, column: 2, which: 'missing' },
    )
    expect(set.knownAsOf).toBeUndefined()
    const rest = await bm.usersOf({ kind: 'not', of: event('active') }, REQUEST.first)
    expect(await collect(rest)).toEqual([4, FAR])
    expect(rest.knownAsOf).toBe('2025-01-10T12:00:00Z')
  })

  it.each<[string, Parameters<typeof ask>, object]>([
    [
      'a cell that has not begun',
      [{ column: 4, day: '2025-01-07' }],
      { code: 'BAD_PERIOD', field: 'offset' },
    ],
    [
      'a bracket that has not begun',
      [
        { column: 1 },
        {
          brackets: [
            [0, 1],
            [5, 6],
          ],
        },
      ],
      { code: 'BAD_PERIOD', field: 'offset' },
    ],
    ['a row that has not begun', [{ column: null, day: '2025-01-11' }], { code: 'BAD_PERIOD', field: 'row' }],
    ['a mean that rests on no row', [{ row: null, column: 4 }], { code: 'BAD_PERIOD', field: 'offset' }],
    ['a row before the table', [{ day: '2025-01-05' }], { code: 'BAD_PARAMETER', field: 'row' }],
    ['a row after the table', [{ day: '2025-01-12' }], { code: 'BAD_PARAMETER', field: 'row' }],
    ['a row of another unit', [{ day: '2025-01' }], { code: 'BAD_PARAMETER', field: 'row' }],
    ['a column after the last', [{ column: 5 }], { code: 'BAD_PARAMETER', field: 'offset' }],
    ['a column below 0', [{ column: -1 }], { code: 'BAD_PARAMETER', field: 'offset' }],
    [
      'who is missing of a row',
      [{ column: null, which: 'missing' }],
      { code: 'BAD_PARAMETER', field: 'which' },
    ],
    [
      'a mode with brackets',
      [{}, { mode: 'every', brackets: [[0, 1]] }],
      { code: 'BAD_MODE', field: 'brackets' },
    ],
  ])('refuses %s', async (_, [cell, shape], refusal) => {
    await expect(ask(cell, shape)).rejects.toMatchObject(refusal)
  })

  it('says of a cell that has not begun which period that is', async () => {
    await expect(ask({ column: 4, day: '2025-01-08' })).rejects.toThrow(
      '"offset" expected a period that has begun, got "2025-01-12"',
    )
  })

  it('refuses hours since the year 1 before it makes them, for returns without keys of their own too', async () => {
    const limited = new Bitmapist({ redis: server.client(), clock: () => NOW, maxKeys: 20_000 })
    const first = parsePeriod('0001-01-01T00')
    const request: RetentionRequest = { ...REQUEST, return: attribute('paid'), first, mode: 'on-or-after' }
    const message = '"report" expected at most 20000 periods until now, got 17742253'
    await expect(limited.retention(request)).rejects.toThrow(message)
    const cell: Cell = { row: first, column: 0, which: 'returned' }
    await expect(limited.retentionUsers(request, cell)).rejects.toThrow(message)
  })
})
