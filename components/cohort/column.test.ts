import { describe, expect, it } from 'vitest'
import { type Mode, parsePeriod } from '../../lib/bitmapist/face'
import { columnName, columnPeriods, formatSpan, returnWords } from './column'

const WEEK = parsePeriod('2025-W02')
const shape = (mode: Mode = 'on') => ({ mode, period: 'week', timeZone: 'UTC' }) as const
const bracketed = {
  ...shape(),
  brackets: [
    [0, 0],
    [1, 3],
    [4, 7],
  ],
} as const

describe('columnName', () => {
  it('is the offset, or the bracket', () => {
    expect(columnName(shape(), 3)).toBe('Week 3')
    expect([0, 1, 2].map((column) => columnName(bracketed, column))).toEqual([
      'Week 0',
      'Weeks 1–3',
      'Weeks 4–7',
    ])
  })
})

describe('columnPeriods', () => {
  it('counts the days that a zone has', () => {
    const apia = { timeZone: 'Pacific/Apia' }
    // 30 December 2011 did not exist there.
    const next = parsePeriod('2011-12-31')
    expect(columnPeriods(apia, parsePeriod('2011-12-29'), 1)).toEqual([next, next])
  })
})

describe('formatSpan', () => {
  it('says the year once', () => {
    expect(formatSpan(WEEK, WEEK)).toBe('6–12 Jan 2025')
    expect(formatSpan(WEEK, parsePeriod('2025-W05'))).toBe('6–12 Jan to 27 Jan – 2 Feb 2025')
    expect(formatSpan(parsePeriod('2024-W50'), WEEK)).toBe('9–15 Dec 2024 to 6–12 Jan 2025')
  })
})

describe('returnWords', () => {
  it.each([
    ['on', 2, 'in 20–26 Jan 2025'],
    ['on-or-after', 2, 'in 20–26 Jan 2025 or later, to date'],
    ['on-or-before', 2, 'at least once in 13–19 Jan to 20–26 Jan 2025'],
    ['on-or-before', 0, 'in 6–12 Jan 2025'],
    ['every', 2, 'in every week of 6–12 Jan to 20–26 Jan 2025'],
    ['every', 0, 'in 6–12 Jan 2025'],
  ] as const)('%s, column %i', (mode, column, words) => {
    expect(returnWords(shape(mode), WEEK, column)).toBe(words)
  })

  it('of a bracket: at least once in its periods', () => {
    expect(returnWords(bracketed, WEEK, 1)).toBe('at least once in 13–19 Jan to 27 Jan – 2 Feb 2025')
  })
})
