import { describe, expect, it } from 'vitest'
import { wholeTable } from '../../tests/fixtures/table'
import { parsePeriod, UTC } from '../bitmapist/face'
import { cellUrl, questionOfTable } from './cell-url'
import { parseRetentionUsersQuery } from './lists'

const TABLE = wholeTable()
const asking = { now: new Date('2025-01-15T10:42:07Z'), zone: UTC }

describe('cellUrl', () => {
  const query = questionOfTable(TABLE)
  if (query === null) throw new RangeError('the table has rows')
  const read = (url: string) => parseRetentionUsersQuery(new URL(url, 'http://x').searchParams, asking)

  it.each([
    { row: parsePeriod('2025-W02'), column: 1, which: 'returned' },
    { row: parsePeriod('2024-W50'), column: 3, which: 'missing' },
    { row: parsePeriod('2024-W50'), column: null, which: 'returned' },
    { row: null, column: 2, which: 'missing' },
  ] as const)('is read back to the same place: %o', (cell) => {
    expect(read(cellUrl(query, cell, { zone: UTC }))).toMatchObject({ query, cell })
  })

  it('names a bracket by its first offset', () => {
    const bracketed = {
      ...query,
      brackets: [
        [0, 0],
        [1, 3],
        [4, 7],
      ] as const,
      columns: 8,
    }
    const cell = { row: parsePeriod('2024-W50'), column: 2, which: 'returned' } as const
    expect(cellUrl(bracketed, cell, { zone: UTC })).toContain('offset=4')
    expect(read(cellUrl(bracketed, cell, { zone: UTC }))).toMatchObject({ query: bracketed, cell })
  })

  it('begins after an id', () => {
    const cell = { row: null, column: 2, which: 'returned' } as const
    expect(read(cellUrl(query, cell, { zone: UTC, after: 41 })).output).toMatchObject({ after: 41 })
  })
})
