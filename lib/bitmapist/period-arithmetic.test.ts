import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeOf, ofUnit, periods, RUNS, units } from '../../tests/fixtures/laws'
import { label, parsePeriod } from './label'
import {
  ceiling,
  day,
  difference,
  firstDay,
  floor,
  lastDay,
  offset,
  range,
  startOf,
  within,
  year,
} from './period'
import { zoneOf } from './zone'

describe('floor', () => {
  it('is idempotent', () => {
    fc.assert(
      fc.property(units, periods, (unit, of) => {
        const once = floor(unit, of)
        expect(floor(unit, once)).toEqual(once)
      }),
      RUNS,
    )
  })

  it('gives a period that holds the first day', () => {
    fc.assert(
      fc.property(units, periods, (unit, of) => {
        const coarse = floor(unit, of)
        expect(firstDay(coarse).index).toBeLessThanOrEqual(firstDay(of).index)
        expect(lastDay(coarse).index).toBeGreaterThanOrEqual(firstDay(of).index)
      }),
      RUNS,
    )
  })

  it.each([
    ['day', '2025-W02', '2025-01-06'],
    ['month', '2025-W01', '2024-12'],
    ['year', '2025-W01', '2024'],
    ['week', '2025', '2025-W01'],
    ['week', '2021', '2020-W53'],
    ['hour', '2024-02', '2024-02-01T00'],
    ['day', '2024-02-29T23', '2024-02-29'],
    ['week', '1969-12-28', '1969-W52'],
  ] as const)('gives the %s of %s: %s', (unit, of, expectedLabel) => {
    expect(label(floor(unit, parsePeriod(of)))).toBe(expectedLabel)
  })
})

describe('ceiling', () => {
  it('is idempotent, and never before floor', () => {
    fc.assert(
      fc.property(units, periods, (unit, of) => {
        const last = ceiling(unit, of)
        expect(ceiling(unit, last)).toEqual(last)
        expect(difference(floor(unit, of), last)).toBeGreaterThanOrEqual(0)
      }),
      RUNS,
    )
  })

  it.each([
    ['day', '2025-W02', '2025-01-12'],
    ['day', '2024-02', '2024-02-29'],
    ['day', '2100-02', '2100-02-28'],
    ['month', '2024', '2024-12'],
    ['week', '2024', '2025-W01'],
    ['hour', '2024-02-09', '2024-02-09T23'],
    ['hour', '2024', '2024-12-31T23'],
  ] as const)('gives the last %s of %s: %s', (unit, of, expectedLabel) => {
    expect(label(ceiling(unit, parsePeriod(of)))).toBe(expectedLabel)
  })
})

describe('offset', () => {
  const counts = fc.integer({ min: -2_000, max: 900 })

  it('is additive, keeps zero, and is undone by its negative', () => {
    fc.assert(
      fc.property(
        periods,
        fc.integer({ min: -400, max: 400 }),
        fc.integer({ min: -400, max: 400 }),
        (of, a, b) => {
          expect(offset(offset(of, a), b)).toEqual(offset(of, a + b))
          expect(offset(of, 0)).toEqual(of)
          expect(offset(offset(of, a), -a)).toEqual(of)
        },
      ),
      RUNS,
    )
  })

  it('is what difference measures', () => {
    const near = units.chain((unit) => fc.tuple(ofUnit(unit), fc.integer({ min: -900, max: 900 })))
    fc.assert(
      fc.property(near, ([of, count]) => {
        expect(difference(of, offset(of, count))).toBe(count)
      }),
      RUNS,
    )
  })

  it('keeps order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), counts, (k, count) => {
        const of = parsePeriod(['2024-02-29T23', '2024-02-29', '2020-W53', '2024-12', '2024'][k] ?? '2024')
        expect(Math.sign(startOf(offset(of, count)).getTime() - startOf(of).getTime())).toBe(Math.sign(count))
      }),
      RUNS,
    )
  })

  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2024-02-28', 2, '2024-03-01'],
    ['2100-02-28', 1, '2100-03-01'],
    ['2024-01', -1, '2023-12'],
    ['2024-12', 1, '2025-01'],
    ['2020-W53', 1, '2021-W01'],
    ['2024-W01', -1, '2023-W52'],
    ['2024-12-31T23', 1, '2025-01-01T00'],
    ['1970-01-01T00', -1, '1969-12-31T23'],
    ['2024', -1, '2023'],
  ])('moves %s by %i to %s', (of, count, expectedLabel) => {
    expect(label(offset(parsePeriod(of), count))).toBe(expectedLabel)
  })

  it('refuses to leave the years 1 to 9999', () => {
    expect(codeOf(() => offset(year(9999), 1))).toBe('BAD_PERIOD')
    expect(codeOf(() => offset(day(1, 1, 1), -1))).toBe('BAD_PERIOD')
  })

  it.each([[0.5], [1e9], [-1e15], [Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY], [Number.NaN]])(
    'refuses to move by %d at once, whatever hours a clock jumps over',
    (count) => {
      const from = parsePeriod('2025-03-30T01')
      expect(codeOf(() => offset(from, count, zoneOf('Europe/Berlin')))).toBe('BAD_PERIOD')
    },
  )

  it('counts the hours that a clock has, over many jumps', () => {
    const zone = zoneOf('Europe/Berlin')
    const from = parsePeriod('2000-01-01T00')
    const hours = range(from, 200_000, zone)
    for (const k of [1, 2_044, 2_045, 87_600, 199_999]) expect(offset(from, k, zone)).toEqual(hours[k])
    const last = hours.at(-1) ?? from
    for (const k of [1, 5_000, 199_999]) expect(offset(last, -k, zone)).toEqual(hours.at(-1 - k))
  })
})

describe('within', () => {
  it('tiles days by hours, weeks, months and years by days, years by months', () => {
    const pairs = [
      ['hour', 'day'],
      ['day', 'week'],
      ['day', 'month'],
      ['day', 'year'],
      ['month', 'year'],
    ] as const
    for (const [fine, coarse] of pairs)
      fc.assert(
        fc.property(ofUnit(coarse), (of) => {
          const inner = within(fine, of)
          expect(inner[0]).toEqual(floor(fine, of))
          expect(inner.at(-1)).toEqual(ceiling(fine, of))
          expect(within(fine, offset(of, 1))[0]).toEqual(offset(ceiling(fine, of), 1))
          expect(inner.every((part) => difference(of, floor(coarse, part)) === 0)).toBe(true)
        }),
        { ...RUNS, numRuns: 50 },
      )
  })

  it.each([
    ['hour', '2024-02-09', 24],
    ['day', '2020-W53', 7],
    ['day', '2024-02', 29],
    ['day', '2023', 365],
    ['month', '2024', 12],
  ] as const)('counts the %ss of %s: %i', (unit, of, count) => {
    expect(within(unit, parsePeriod(of))).toHaveLength(count)
  })
})
