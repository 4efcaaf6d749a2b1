import { describe, expect, it } from 'vitest'
import { faultOf } from '../../tests/fixtures/faults'
import { parsePeriod } from '../bitmapist/face'
import { parseCountQuery, parseSeriesQuery } from './series'

const NOW = new Date('2025-01-15T10:42:07Z')
const series = (query: string) => parseSeriesQuery(new URLSearchParams(query), { now: NOW })
const count = (query: string) => parseCountQuery(new URLSearchParams(query), { now: NOW })

describe('parseSeriesQuery', () => {
  it('reads a range, up to now unless asked otherwise', () => {
    expect(series('expression=a%26b&period=day&from=2025-W01&to=2025-01')).toEqual({
      expression: 'a & b',
      from: parsePeriod('2024-12-30'),
      to: parsePeriod('2025-01-31'),
    })
    expect(series('expression=a&period=week&from=2025').to).toEqual(parsePeriod('2025-W03'))
  })

  it('takes up to 3,660 points', () => {
    expect(series('expression=a&period=day&from=2015-01-01&to=2025-01-07').to.index).toBe(20095)
  })

  it.each([
    ['period=day&from=2025', 'BAD_PARAMETER', 'expression'],
    ['expression=a&from=2025', 'BAD_PARAMETER', 'period'],
    ['expression=a&period=day', 'BAD_PARAMETER', 'from'],
    ['expression=&period=day&from=2025', 'BAD_PARAMETER', 'expression'],
    ['expression=a&period=&from=2025', 'BAD_PARAMETER', 'period'],
    ['expression=a&period=day&from=', 'BAD_PARAMETER', 'from'],
    ['expression=a&period=day&from=2025&to=', 'BAD_PARAMETER', 'to'],
    ['expression=a&expression=a&period=day&from=2025', 'BAD_PARAMETER', 'expression'],
    ['expression=a&period=day&period=day&from=2025', 'BAD_PARAMETER', 'period'],
    ['expression=a&period=day&from=2025&from=2025', 'BAD_PARAMETER', 'from'],
    ['expression=a&period=day&from=2025&to=2025&to=2025', 'BAD_PARAMETER', 'to'],
    ['expression=a%00&period=day&from=2025', 'BAD_PARAMETER', 'expression'],
    ['expression=a&period=day&from=2025%00', 'BAD_PARAMETER', 'from'],
    [`expression=${'a'.repeat(2001)}&period=day&from=2025`, 'BAD_PARAMETER', 'expression'],
    ['expression=a+b&period=day&from=2025', 'BAD_EXPRESSION', 'expression'],
    ['expression=a&period=days&from=2025', 'BAD_PERIOD', 'period'],
    ['expression=a&period=day&from=x', 'BAD_PERIOD', 'from'],
    ['expression=a&period=day&from=2025&to=x', 'BAD_PERIOD', 'to'],
    ['expression=a&period=day&from=2025-01-02&to=2025-01-01', 'BAD_PERIOD', 'to'],
    ['expression=a&period=day&from=2025-01-16', 'BAD_PERIOD', 'to'],
    ['expression=a&period=day&from=2014-12-31&to=2025-01-07', 'TOO_LARGE', 'from'],
    ['expression=a&period=hour&from=0001&to=9999', 'TOO_LARGE', 'from'],
    ['expression=a&period=day&from=2025&date=2025', 'BAD_PARAMETER', 'date'],
  ])('refuses %s with %s of %s', (query, code, field) => {
    expect(faultOf(() => series(query))).toMatchObject({ code, field })
  })
})

describe('parseCountQuery', () => {
  it.each([
    ['expression=a&period=week', '2025-W03'],
    ['expression=a&period=week&date=2025-01-06', '2025-W02'],
    ['expression=a&period=month&date=2025', '2025-01'],
    ['expression=a&period=day&date=2025-01-06T23:59:59-02:00', '2025-01-07'],
  ])('reads %s as %s', (query, at) => {
    expect(count(query)).toEqual({ expression: 'a', at: parsePeriod(at) })
  })

  it.each([
    ['period=day', 'BAD_PARAMETER', 'expression'],
    ['expression=a', 'BAD_PARAMETER', 'period'],
    ['expression=a&period=day&date=', 'BAD_PARAMETER', 'date'],
    ['expression=a&period=day&date=2025&date=2025', 'BAD_PARAMETER', 'date'],
    ['expression=a&period=day&date=%00', 'BAD_PARAMETER', 'date'],
    ['expression=a&period=day&date=yesterday', 'BAD_PERIOD', 'date'],
    ['expression=a&period=day&date=10000-01-01', 'BAD_PERIOD', 'date'],
    ['expression=a&period=day&from=2025', 'BAD_PARAMETER', 'from'],
  ])('refuses %s with %s of %s', (query, code, field) => {
    expect(faultOf(() => count(query))).toMatchObject({ code, field })
  })
})
