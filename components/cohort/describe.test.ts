import { describe, expect, it } from 'vitest'
import { type RetentionTable, rateOf } from '../../lib/bitmapist/face'
import { sketchTable, wholeTable } from '../../tests/fixtures/table'
import { cellFace, cellStyle, isFew } from './cell'
import { describeCell, describeMean, describeRow } from './describe'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

function cellText(table: RetentionTable, r: number, k: number): string {
  const row = table.rows[r]
  if (!row) throw new RangeError(`no row ${r}`)
  const { title, lines } = describeCell(table, row, k)
  return plain([title, ...lines].join(' · '))
}

/** 2025-W02 and the running week 2025-W03. */
const TABLE = sketchTable({
  first: '2025-W01',
  columns: 3,
  rows: [{ counts: [4827, 1207, 300] }, { counts: [4000, 500] }, { counts: [12] }],
})

describe('describeCell', () => {
  it('says count, rate, interval, both periods and the state', () => {
    expect(cellText(TABLE, 0, 1)).toBe(
      '1,207 of 4,827 came back · 25.0 % (95 %: 23.8–26.2) · active in 6–12 Jan 2025 · signup in 30 Dec 2024 – 5 Jan 2025 · closed',
    )
  })

  it('says when an open cell closes', () => {
    expect(cellText(TABLE, 1, 1)).toContain('so far; closes Sun 19 Jan, 24:00 UTC')
  })

  it('says that a future cell is not yet', () => {
    expect(cellText(TABLE, 2, 2)).toBe('Not yet · Week 2 of 13–19 Jan 2025 is 27 Jan – 2 Feb 2025')
  })

  it('gives the reasons of its marks', () => {
    const table = wholeTable()
    expect(cellText(table, 0, 7)).toContain('no marks of active by anyone in this week')
    expect(cellText(table, 0, 7)).toContain('the first week on record')
    expect(cellText(table, 5, 1)).toContain('under 30 users')
    expect(cellText(table, 3, 1)).toContain('No users')
  })
})

describe('describeRow', () => {
  it('says who is in the cohort', () => {
    const [row] = TABLE.rows
    const text = row && describeRow(TABLE, row)
    expect(text?.title).toBe('30 Dec 2024 – 5 Jan 2025 · W01')
    expect(plain(text?.lines.join(' · ') ?? '')).toBe('4,827 users: signup for the first time · closed')
  })
})

describe('describeMean', () => {
  it('says what the mean rests on', () => {
    const { title, lines } = describeMean(TABLE, 1)
    expect(plain(title)).toBe('1,207 of 4,827 · 1 of 2 cohorts')
    expect(plain(lines[0] ?? '')).toBe('Week 1: 25.0 %, every user counted alike')
  })

  it('says where there is none', () => expect(describeMean(TABLE, 2).title).toBe('Week 2: no mean yet'))
})

describe('cellFace', () => {
  const table = wholeTable()
  const style = cellStyle(table, { values: 'rate', heat: 'scale' })
  const face = (r: number, k: number) => {
    const row = table.rows[r]
    if (!row) throw new RangeError(`no row ${r}`)
    return cellFace(row, k, style)
  }

  it('colours closed cells past offset 0 and nothing else', () => {
    expect(face(1, 0).heat).toBeUndefined()
    expect(face(1, 1).heat).toBeGreaterThanOrEqual(1)
    expect(face(1, 11)).toMatchObject({ state: 'open', heat: undefined })
    expect(face(1, 12)).toMatchObject({ state: 'future', text: '' })
    expect(face(1, 6)).toMatchObject({ silent: true, heat: undefined })
    expect(face(0, 1).heat).toBeUndefined()
  })

  it('against the mean is blue above it and orange below, and leaves small cohorts alone', () => {
    const against = cellStyle(table, { values: 'count', heat: 'mean' })
    for (const row of table.rows) {
      const { drift, state } = cellFace(row, 1, against)
      const rate = rateOf(row.cells[1]?.count ?? null, row.size)
      if (drift === undefined || rate === null) {
        expect(state !== 'closed' || isFew(row) || row.flag !== null || row.cells[1]?.flag === 'silent').toBe(
          true,
        )
        continue
      }
      expect(drift * (rate - (table.mean.weighted[1] ?? 0))).toBeGreaterThanOrEqual(0)
    }
  })
})
