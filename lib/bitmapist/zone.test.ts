import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventKey } from './key'
import { label, parsePeriod } from './label'
import {
  between,
  difference,
  endOf,
  exists,
  offset,
  periodAt,
  range,
  startOf,
  type Unit,
  within,
} from './period'
import { parseTime } from './time'
import { UTC, type Zone, zoneOf } from './zone'

const berlin = zoneOf('Europe/Berlin')
const saoPaulo = zoneOf('America/Sao_Paulo')
const apia = zoneOf('Pacific/Apia')
const kolkata = zoneOf('Asia/Kolkata')
const lordHowe = zoneOf('Australia/Lord_Howe')

const at = (unit: Unit, instant: string, zone: Zone) => label(periodAt(unit, new Date(instant), zone))
const next = (text: string, count: number, zone: Zone) => label(offset(parsePeriod(text), count, zone))
const begins = (text: string, zone: Zone) => startOf(parsePeriod(text), zone).toISOString()
const ends = (text: string, zone: Zone) => endOf(parsePeriod(text), zone).toISOString()

describe('zoneOf', () => {
  it.each(['', 'Mars/Base', '+01:00', 'UTC+1', 'Europe/Berlin\0', '__proto__'])('refuses %j', (name) => {
    expect(() => zoneOf(name)).toThrow(/"timeZone" expected an IANA time zone/)
  })

  it('knows the clock of a place at any instant', () => {
    expect(at('hour', '2025-01-06T23:30:00Z', berlin)).toBe('2025-01-07T00')
    expect(at('day', '2025-01-06T23:30:00Z', berlin)).toBe('2025-01-07')
    expect(at('week', '2025-01-05T23:30:00Z', berlin)).toBe('2025-W02')
    expect(at('month', '2024-12-31T23:00:00Z', berlin)).toBe('2025-01')
    expect(at('hour', '2025-01-06T18:29:59Z', kolkata)).toBe('2025-01-06T23')
    expect(at('day', '2025-01-06T18:30:00Z', kolkata)).toBe('2025-01-07')
  })

  it('gives back the instant of every local time that its clock shows once', () => {
    const instant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2099, 0, 1) })
    for (const zone of [berlin, saoPaulo, apia, kolkata, lordHowe, UTC])
      fc.assert(
        fc.property(instant, (ms) => {
          const found = zone.instant(zone.local(ms))
          expect(found).toBeLessThanOrEqual(ms)
          expect(zone.local(found)).toBe(zone.local(ms))
        }),
        { seed: 20111230, numRuns: 500 },
      )
  })
})

describe('a day of 23 hours: Europe/Berlin 2025-03-30', () => {
  it('has no hour 2, and its offsets count labels', () => {
    expect(at('hour', '2025-03-30T00:59:59Z', berlin)).toBe('2025-03-30T01')
    expect(at('hour', '2025-03-30T01:00:00Z', berlin)).toBe('2025-03-30T03')
    expect(exists(parsePeriod('2025-03-30T02'), berlin)).toBe(false)
    expect(within('hour', parsePeriod('2025-03-30'), berlin)).toHaveLength(23)
    expect(next('2025-03-30T01', 1, berlin)).toBe('2025-03-30T03')
    expect(next('2025-03-30T03', -1, berlin)).toBe('2025-03-30T01')
    expect(difference(parsePeriod('2025-03-30T00'), parsePeriod('2025-03-31T00'), berlin)).toBe(23)
    expect(range(parsePeriod('2025-03-30T01'), 3, berlin).map(label)).toEqual([
      '2025-03-30T01',
      '2025-03-30T03',
      '2025-03-30T04',
    ])
  })

  it('begins and ends by the local clock', () => {
    expect(begins('2025-03-30', berlin)).toBe('2025-03-29T23:00:00.000Z')
    expect(ends('2025-03-30', berlin)).toBe('2025-03-30T22:00:00.000Z')
  })
})

describe('a day of 25 hours: Europe/Berlin 2025-10-26', () => {
  it('has one hour 2 for both, under 24 keys', () => {
    for (const instant of ['2025-10-26T00:00:00Z', '2025-10-26T01:59:59Z'])
      expect(at('hour', instant, berlin)).toBe('2025-10-26T02')
    expect(at('hour', '2025-10-26T02:00:00Z', berlin)).toBe('2025-10-26T03')
    const hours = within('hour', parsePeriod('2025-10-26'), berlin)
    expect(new Set(hours.map((of) => eventKey('t_', 'a', of))).size).toBe(24)
    expect(begins('2025-10-26T02', berlin)).toBe('2025-10-26T00:00:00.000Z')
    expect(ends('2025-10-26T02', berlin)).toBe('2025-10-26T02:00:00.000Z')
    expect(ends('2025-10-26', berlin)).toBe('2025-10-26T23:00:00.000Z')
  })
})

describe('a day without midnight: America/Sao_Paulo 2017-10-15', () => {
  it('begins at one', () => {
    expect(at('hour', '2017-10-15T02:59:59Z', saoPaulo)).toBe('2017-10-14T23')
    expect(at('hour', '2017-10-15T03:00:00Z', saoPaulo)).toBe('2017-10-15T01')
    expect(begins('2017-10-15', saoPaulo)).toBe('2017-10-15T03:00:00.000Z')
    expect(next('2017-10-14T23', 1, saoPaulo)).toBe('2017-10-15T01')
    expect(within('hour', parsePeriod('2017-10-15'), saoPaulo).map(label)[0]).toBe('2017-10-15T01')
    expect(next('2017-10-14', 1, saoPaulo)).toBe('2017-10-15')
  })

  it('takes a time that the clock jumps over for the moment of the jump', () => {
    expect(parseTime('2017-10-15T00:30', 'time', saoPaulo).toISOString()).toBe('2017-10-15T03:00:00.000Z')
    expect(parseTime('2017-10-15T01:30', 'time', saoPaulo).toISOString()).toBe('2017-10-15T03:30:00.000Z')
    expect(parseTime('2017-10-15T00:30Z', 'time', saoPaulo).toISOString()).toBe('2017-10-15T00:30:00.000Z')
  })
})

describe('a day that never was: Pacific/Apia 2011-12-30', () => {
  it('has no label, key or offset', () => {
    expect(at('day', '2011-12-30T09:59:59Z', apia)).toBe('2011-12-29')
    expect(at('day', '2011-12-30T10:00:00Z', apia)).toBe('2011-12-31')
    expect(exists(parsePeriod('2011-12-30'), apia)).toBe(false)
    expect(next('2011-12-29', 1, apia)).toBe('2011-12-31')
    expect(next('2011-12-31', -1, apia)).toBe('2011-12-29')
    expect(next('2011-12-29T23', 1, apia)).toBe('2011-12-31T00')
    expect(within('day', parsePeriod('2011-12'), apia)).toHaveLength(30)
    expect(within('day', parsePeriod('2011-W52'), apia).map(label)).not.toContain('2011-12-30')
    expect(difference(parsePeriod('2011-12-29'), parsePeriod('2012-01-01'), apia)).toBe(2)
    expect(difference(parsePeriod('2012-01-01'), parsePeriod('2011-12-29'), apia)).toBe(-2)
  })
})

describe('between', () => {
  it('has both ends where the zone has them, and none of the zone where it has not', () => {
    const labels = (from: string, to: string) => between(parsePeriod(from), parsePeriod(to), apia).map(label)
    expect(labels('2011-12-29', '2011-12-31')).toEqual(['2011-12-29', '2011-12-31'])
    expect(labels('2011-12-30', '2011-12-31')).toEqual(['2011-12-31'])
    expect(labels('2011-12-29', '2011-12-30')).toEqual(['2011-12-29'])
    expect(labels('2011-12-30', '2011-12-30')).toEqual([])
    expect(labels('2011-12-31', '2011-12-29')).toEqual([])
    expect(labels('2011-11', '2012-01')).toEqual(['2011-11', '2011-12', '2012-01'])
    expect(() => labels('2011-11', '2011-12-30')).toThrow('"period" expected a month, got "a day"')
  })
})

describe('offset, by the labels of a zone', () => {
  it('is additive and undone by its negative, and counts as difference does', () => {
    const start = fc.integer({ min: Date.UTC(2011, 11, 20), max: Date.UTC(2012, 0, 10) })
    const step = fc.integer({ min: -400, max: 400 })
    for (const unit of ['hour', 'day'] as const)
      fc.assert(
        fc.property(start, step, step, (ms, a, b) => {
          const of = periodAt(unit, new Date(ms), apia)
          const there = offset(of, a, apia)
          expect(exists(there, apia)).toBe(true)
          expect(offset(there, -a, apia)).toEqual(of)
          expect(offset(there, b, apia)).toEqual(offset(of, a + b, apia))
          expect(difference(of, there, apia)).toBe(a)
        }),
        { seed: 20111230, numRuns: 500 },
      )
  })
})
