import { describe, expect, it } from 'vitest'
import { parsePeriod } from '../../lib/bitmapist/face'
import {
  formatClose,
  formatNear,
  formatPeriod,
  formatRelative,
  offsetName,
  shortLabel,
  unitWord,
} from './dates'

describe('formatPeriod', () => {
  it.each([
    ['2025-W02', '6–12 Jan 2025'],
    ['2024-W44', '28 Oct – 3 Nov 2024'],
    ['2025-W01', '30 Dec 2024 – 5 Jan 2025'],
    ['2025-01-06', 'Mon 6 Jan 2025'],
    ['1970-01-01', 'Thu 1 Jan 1970'],
    ['2025-01-06T05', 'Mon 6 Jan 2025, 05:00'],
    ['2025-01', 'Jan 2025'],
    ['2025', '2025'],
  ])('%s is %s', (label, text) => expect(formatPeriod(parsePeriod(label))).toBe(text))

  it('leaves the year out where asked', () => {
    expect(formatPeriod(parsePeriod('2025-W02'), { year: false })).toBe('6–12 Jan')
    expect(formatPeriod(parsePeriod('2025-W01'), { brief: true })).toBe('30 Dec – 5 Jan 2025')
  })
})

describe('formatNear', () => {
  it('has the year only where it is another one', () => {
    const now = parsePeriod('2025-W20')
    expect(formatNear(parsePeriod('2025-W02'), now)).toBe('6–12 Jan')
    expect(formatNear(parsePeriod('2024-W44'), now)).toBe('28 Oct – 3 Nov 2024')
    expect(formatNear(parsePeriod('2025-W01'), now)).toBe('30 Dec 2024 – 5 Jan 2025')
  })
})

describe('formatRelative', () => {
  it.each([
    ['2025-W03', '2025-W03', 'this week'],
    ['2025-W02', '2025-W03', 'last week'],
    ['2025-W01', '2025-W03', '30 Dec 2024 – 5 Jan 2025'],
    ['2025-01-15', '2025-01-15', 'today'],
    ['2025-01-14', '2025-01-15', 'yesterday'],
    ['2024-12', '2025-01', 'last month'],
  ])('%s seen from %s is %s', (of, now, text) => {
    expect(formatRelative(parsePeriod(of), parsePeriod(now))).toBe(text)
  })
})

describe('formatClose', () => {
  it.each([
    ['2025-W03', 'Sun 19 Jan, 24:00 UTC'],
    ['2025-01-15', 'Wed 15 Jan, 24:00 UTC'],
    ['2025-01', 'Fri 31 Jan, 24:00 UTC'],
    ['2025-01-15T09', 'Wed 15 Jan, 10:00 UTC'],
  ])('%s closes %s', (label, text) => expect(formatClose(parsePeriod(label), 'UTC')).toBe(text))
})

describe('shortLabel', () => {
  it('is the week’s number', () => expect(shortLabel(parsePeriod('2025-W02'))).toBe('W02'))
  it('is empty for other units', () => expect(shortLabel(parsePeriod('2025-01'))).toBe(''))
})

describe('offsetName and unitWord', () => {
  it('name columns and units', () => {
    expect(offsetName('week', 3)).toBe('Week 3')
    expect([unitWord('day', 1), unitWord('day', 2)]).toEqual(['day', 'days'])
  })
})
