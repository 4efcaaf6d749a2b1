import { describe, expect, it } from 'vitest'
import { label, parsePeriod } from '../../lib/bitmapist/face'
import type { RetentionQuery } from '../../lib/query/types'
import { sketchTable } from '../../tests/fixtures/table'
import { dataRange, emptySide, nearestEnd } from './nearest'

const EVENTS = {
  events: [
    { name: 'signup', first: '2011-01', last: '2011-03' },
    { name: 'active', first: '2011-01', last: '2025-01' },
  ],
  attributes: [],
}
const AT = { unit: 'week', now: parsePeriod('2025-W03') } as const

function queryUpTo(last: string, rows = 4): RetentionQuery {
  const end = parsePeriod(last)
  const first = { unit: end.unit, index: end.index - rows + 1 }
  return {
    start: 'signup',
    who: null,
    return: 'active',
    first,
    rows,
    columns: 4,
    mode: 'on',
    cohort: 'first',
    base: 'cohort',
    brackets: null,
  }
}

describe('emptySide', () => {
  const table = (counts: readonly number[][]) =>
    sketchTable({ first: '2024-W10', columns: 2, rows: counts.map((each) => ({ counts: each })) })

  it('is the start where all cohorts are empty', () => expect(emptySide(table([[0], [0]]))).toBe('start'))
  it('is the return where nobody matched it', () => {
    const rows = [{ size: 50, counts: [0, 0] }]
    expect(emptySide(sketchTable({ first: '2024-W10', columns: 2, rows }))).toBe('return')
  })
  it('is neither where anybody is', () => expect(emptySide(table([[5, 1]]))).toBeNull())
})

describe('dataRange', () => {
  it('spans the months of the events that float', () => {
    const range = dataRange('signup & active@2024-01', EVENTS, AT)
    expect(range && [label(range.first), label(range.last)]).toEqual(['2010-W52', '2011-W13'])
  })

  it('ends now at the latest', () => {
    const range = dataRange('active', EVENTS, AT)
    expect(range && label(range.last)).toBe('2025-W03')
  })

  it('is null for what nobody did', () => expect(dataRange('never', EVENTS, AT)).toBeNull())
})

describe('nearestEnd', () => {
  const range = { first: parsePeriod('2011-W01'), last: parsePeriod('2011-W13') }
  const end = (last: string, rows?: number) => {
    const found = nearestEnd(queryUpTo(last, rows), range)
    return found && label(found)
  }

  it('is the data’s end for a window after it', () => expect(end('2025-W03')).toBe('2011-W13'))
  it('is the first full window for one before it', () => expect(end('2010-W20')).toBe('2011-W04'))
  it('never leaves the data', () => expect(end('2010-W20', 40)).toBe('2011-W13'))
  it('is null for a window that touches it, or without data', () => {
    expect(end('2011-W02')).toBeNull()
    expect(nearestEnd(queryUpTo('2025-W03'), null)).toBeNull()
  })
})
