import { describe, expect, it } from 'vitest'
import { codeOf } from '../../tests/fixtures/laws'
import { label } from './label'
import { parsePeriodOrTime, parseTime } from './time'

describe('parseTime', () => {
  it.each<[string | number, string]>([
    ['2025-02-09', '2025-02-09T00:00:00.000Z'],
    ['2025-02-09T05:30:00Z', '2025-02-09T05:30:00.000Z'],
    ['2025-02-09 05:30:00', '2025-02-09T05:30:00.000Z'],
    ['2025-02-09T05', '2025-02-09T05:00:00.000Z'],
    ['2025-02-09T05:30', '2025-02-09T05:30:00.000Z'],
    ['2025-02-09t05:30:00z', '2025-02-09T05:30:00.000Z'],
    ['2025-02-09T05:30:00.123Z', '2025-02-09T05:30:00.123Z'],
    ['2025-02-09T05:30:00.999999999Z', '2025-02-09T05:30:00.999Z'],
    ['2025-02-09T05:30:00+05:30', '2025-02-09T00:00:00.000Z'],
    ['2025-02-09T00:30:00+0530', '2025-02-08T19:00:00.000Z'],
    ['2025-12-31T23:59:59-01', '2026-01-01T00:59:59.000Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [1_739_079_000, '2025-02-09T05:30:00.000Z'],
    [1_739_079_000.5, '2025-02-09T05:30:00.500Z'],
    ['1739079000', '2025-02-09T05:30:00.000Z'],
    ['1739079000000', '2025-02-09T05:30:00.000Z'],
    // 10¹¹ is where seconds become milliseconds.
    [99_999_999_999, '5138-11-16T09:46:39.000Z'],
    [100_000_000_000, '1973-03-03T09:46:40.000Z'],
    [-86_400, '1969-12-31T00:00:00.000Z'],
  ])('reads %j as %s', (value, instant) => {
    expect(parseTime(value).toISOString()).toBe(instant)
  })

  it.each<[string | number]>([
    [''],
    ['now'],
    ['2025'],
    ['2025-02'],
    ['2025-13-01'],
    ['2025-02-30'],
    ['2023-02-29'],
    ['2025-2-9'],
    ['2025-02-09T24:00:00Z'],
    ['2025-02-09T05:60'],
    ['2025-02-09T05:30:60Z'],
    ['2025-02-09T05:30:00+24:00'],
    ['2025-02-09T05:30:00Z\n'],
    ['2025-02-09\u0000'],
    [' 2025-02-09'],
    ['٢٠٢٥-02-09'],
    ['0000-01-01'],
    ['0001-01-01T00:00:00+01'],
    ['9999-12-31T23:59:59-01'],
    ['02/09/2025'],
    ['1e12'],
    ['0x10000'],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e20],
    [-1e14],
  ])('refuses %j', (value) => {
    expect(codeOf(() => parseTime(value))).toBe('BAD_TIME')
  })
})

describe('parsePeriodOrTime', () => {
  it.each([
    ['2025', '2025'],
    ['2025-W02', '2025-W02'],
    ['2025-01', '2025-01'],
    ['2025-01-06', '2025-01-06'],
    ['2025-01-06T05', '2025-01-06T05'],
  ])('reads %s as the period %s', (text, expected) => {
    const found = parsePeriodOrTime(text)
    expect(found instanceof Date ? 'an instant' : label(found)).toBe(expected)
  })

  it('reads other times as instants, and refuses what is neither', () => {
    expect(parsePeriodOrTime('2025-01-06T05:30:00+01:00')).toEqual(new Date('2025-01-06T04:30:00Z'))
    expect(codeOf(() => parsePeriodOrTime('2021-W53'))).toBe('BAD_PERIOD')
    expect(codeOf(() => parsePeriodOrTime('2024-1'))).toBe('BAD_TIME')
  })
})
