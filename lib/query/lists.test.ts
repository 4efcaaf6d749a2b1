import { describe, expect, it } from 'vitest'
import { faultOf } from '../../tests/fixtures/faults'
import { label, parsePeriod, zoneOf } from '../bitmapist/face'
import { parseMembersQuery, parseRetentionUsersQuery, parseUserDate, parseUserDaysQuery } from './lists'

const NOW = new Date('2025-01-15T10:42:07Z')
const GRID = 'start=a&return=b&period=week&from=2025-W01&rows=3'
const apia = zoneOf('Pacific/Apia')
const of = (query: string) => new URLSearchParams(query)
const users = (query: string) => parseRetentionUsersQuery(of(`${GRID}&${query}`), { now: NOW })

describe('parseRetentionUsersQuery', () => {
  it.each([
    ['row=2025-01-08&offset=3', { row: parsePeriod('2025-W02'), column: 3, which: 'returned' }],
    ['row=2025-W02&offset=0&which=missing', { row: parsePeriod('2025-W02'), column: 0, which: 'missing' }],
    ['row=2025-W02', { row: parsePeriod('2025-W02'), column: null, which: 'returned' }],
    ['offset=11', { row: null, column: 11, which: 'returned' }],
    ['', { row: null, column: null, which: 'returned' }],
    ['brackets=0,2-4,9&offset=0', { row: null, column: 0, which: 'returned' }],
    ['brackets=0,2-4,9&offset=4', { row: null, column: 1, which: 'returned' }],
    ['brackets=0,2-4,9&offset=9', { row: null, column: 2, which: 'returned' }],
  ])('reads the cell of %s', (query, cell) => {
    expect(users(query).cell).toEqual(cell)
  })

  it.each([
    ['', { format: 'json', limit: 1000, after: null }],
    ['limit=5&cursor=', { format: 'json', limit: 5, after: null }],
    ['limit=5&cursor=0', { format: 'json', limit: 5, after: 0 }],
    ['cursor=4294967295', { format: 'json', limit: 1000, after: 4_294_967_295 }],
    ['format=csv&limit=5&cursor=7', { format: 'csv' }],
  ])('reads the page of %s', (query, output) => {
    expect(users(query).output).toEqual(output)
  })

  it.each([
    ['offset=12', 'BAD_ROWS', 'offset'],
    ['offset=-1', 'BAD_ROWS', 'offset'],
    ['brackets=0,2-4&offset=1', 'BAD_ROWS', 'offset'],
    ['brackets=0,2-4&offset=5', 'BAD_ROWS', 'offset'],
    ['row=x', 'BAD_PERIOD', 'row'],
    ['which=both', 'BAD_PARAMETER', 'which'],
    ['limit=1001', 'BAD_ROWS', 'limit'],
    ['limit=0', 'BAD_ROWS', 'limit'],
    ['cursor=-1', 'BAD_PARAMETER', 'cursor'],
    ['cursor=07', 'BAD_PARAMETER', 'cursor'],
    ['cursor=4294967296', 'BAD_PARAMETER', 'cursor'],
    ['cursor=&cursor=', 'BAD_PARAMETER', 'cursor'],
    ['format=csv&limit=0', 'BAD_ROWS', 'limit'],
    ['layout=long', 'BAD_PARAMETER', 'layout'],
    ['row=', 'BAD_PARAMETER', 'row'],
  ])('refuses %s with %s of %s', (query, code, field) => {
    expect(faultOf(() => users(query))).toMatchObject({ code, field })
  })

  it("reads the row by the zone's clock", () => {
    const query = of('start=a&return=b&period=day&from=2011-12-29&rows=2&row=2011-12-30T10:00:00Z')
    const { cell } = parseRetentionUsersQuery(query, { now: NOW, zone: apia })
    expect(cell.row).toEqual(parsePeriod('2011-12-31'))
  })
})

describe('parseMembersQuery', () => {
  it('reads a count and a page', () => {
    expect(parseMembersQuery(of('expression=a%26b&period=week&limit=2&cursor=9'), { now: NOW })).toEqual({
      expression: 'a & b',
      at: parsePeriod('2025-W03'),
      output: { format: 'json', limit: 2, after: 9 },
    })
  })
})

describe('parseUserDate', () => {
  it.each([
    ['2025-01-06', '2025-01-06'],
    ['2025-W02', '2025-01-06'],
    ['2025', '2025-01-01'],
    ['2025-01-06T05', '2025-01-06T05'],
    ['2025-01-06T05:30:00Z', '2025-01-06T05'],
    ['1736139600', '2025-01-06T05'],
  ])('reads %s as %s', (date, named) => {
    const period = parseUserDate(of(`date=${date}`), {})
    expect(period && label(period)).toBe(named)
  })

  it('is null for none', () => expect(parseUserDate(of(''), {})).toBeNull())

  it.each(['2011-12-30', '2011-12-30T05', 'x', ''])('refuses %s', (date) => {
    expect(faultOf(() => parseUserDate(of(`date=${date}`), { zone: apia })).field).toBe('date')
  })
})

describe('parseUserDaysQuery', () => {
  it('reads a range of days, until today unless asked otherwise', () => {
    expect(parseUserDaysQuery(of('event=odd name!&from=2025-W01&to=2025-01'), { now: NOW })).toEqual({
      event: 'odd name!',
      from: parsePeriod('2024-12-30'),
      to: parsePeriod('2025-01-31'),
    })
    expect(parseUserDaysQuery(of('event=a&from=2025'), { now: NOW }).to).toEqual(parsePeriod('2025-01-15'))
  })

  it.each([
    ['from=2025', 'BAD_PARAMETER', 'event'],
    ['event=a', 'BAD_PARAMETER', 'from'],
    ['event=bitop_a&from=2025', 'BAD_EVENT', 'event'],
    ['event=a&from=2015-01-01&to=2025-01-08', 'TOO_LARGE', 'from'],
    ['event=a&from=2026', 'BAD_PERIOD', 'to'],
    ['event=a&from=2025&period=day', 'BAD_PARAMETER', 'period'],
  ])('refuses %s with %s of %s', (query, code, field) => {
    expect(faultOf(() => parseUserDaysQuery(of(query), { now: NOW }))).toMatchObject({ code, field })
  })
})
