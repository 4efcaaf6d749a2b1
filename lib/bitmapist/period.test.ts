import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeOf, periods, RUNS } from '../../tests/fixtures/laws'
import { label, parsePeriod, parseUnit, startLabel } from './label'
import {
  day,
  difference,
  fields,
  hour,
  month,
  type Period,
  period,
  range,
  stateOf,
  UNITS,
  week,
  year,
} from './period'

describe('parsePeriod', () => {
  it('reads back every label', () => {
    fc.assert(
      fc.property(periods, (made) => {
        expect(parsePeriod(label(made))).toEqual(made)
      }),
      RUNS,
    )
  })

  it.each([
    ['2025', 'year', 2025],
    ['0001', 'year', 1],
    ['9999', 'year', 9999],
    ['1970-01', 'month', 23_640],
    ['1970-W01', 'week', 0],
    ['1970-01-01', 'day', 0],
    ['1969-12-31', 'day', -1],
    ['1970-01-01T00', 'hour', 0],
    ['1969-12-31T23', 'hour', -1],
    ['2024-02-29', 'day', 19_782],
  ] as const)('reads %s as the %s %i', (text, unit, index) => {
    expect(parsePeriod(text)).toEqual({ unit, index })
    expect(label(period(unit, index))).toBe(text)
  })

  it.each([
    [''],
    [' '],
    ['2025 '],
    [' 2025'],
    ['2025\n'],
    ['2025-01-06\n'],
    ['2025-01-06\r'],
    ['2025-01-06\u0000'],
    ['25'],
    ['20255'],
    ['-2025'],
    ['+2025'],
    ['0000'],
    ['0000-01-01'],
    ['2024-1'],
    ['2024-1-6'],
    ['2024-01-6'],
    ['2024-001'],
    ['2024-00'],
    ['2024-13'],
    ['2024-01-00'],
    ['2024-01-32'],
    ['2024-04-31'],
    ['2024-02-30'],
    ['2023-02-29'],
    ['1900-02-29'],
    ['2100-02-29'],
    ['2024-W'],
    ['2024-W1'],
    ['2024-W00'],
    ['2021-W53'],
    ['2024-W54'],
    ['2024-w09'],
    ['2024W09'],
    ['2024-W09-1'],
    ['2024-02-09T'],
    ['2024-02-09T5'],
    ['2024-02-09T24'],
    ['2024-02-09T05:00'],
    ['2024-02-09 05'],
    ['2024-02-09t05'],
    ['2024/02/09'],
    ['20240209'],
    ['2024-02-09Z'],
    ['٢٠٢٤'],
    ['２０２４-02'],
    ['2024‐02'],
    ['now'],
    ['1e3'],
  ])('refuses %j', (text) => {
    expect(codeOf(() => parsePeriod(text))).toBe('BAD_PERIOD')
  })

  it('names the field, what came and the remedy', () => {
    expect(() => parsePeriod('2021-W53', 'from')).toThrow(
      '"from" expected a period that exists, got "2021-W53" ("week" expected integer 1..52, got 53); write 2025, 2025-02,',
    )
    expect(() => parsePeriod('soon', 'from')).toThrow(
      '"from" expected a period, got "soon"; write 2025, 2025-02,',
    )
  })

  it('never throws anything but BAD_PERIOD, whatever the text', () => {
    const near = fc.stringMatching(/^[0-9TW:-]{0,14}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        expect(['none', 'BAD_PERIOD']).toContain(codeOf(() => parsePeriod(text)))
      }),
      RUNS,
    )
  })
})

describe('parseUnit', () => {
  it('knows the five units', () => {
    expect(UNITS.map((unit) => parseUnit(unit))).toEqual(['hour', 'day', 'week', 'month', 'year'])
  })

  it.each([[''], ['days'], ['Day'], ['quarter'], ['day\n'], ['constructor']])('refuses %j', (text) => {
    expect(codeOf(() => parseUnit(text, 'period'))).toBe('BAD_PERIOD')
  })
})

describe('period', () => {
  it.each([
    ['day', -719_162, '0001-01-01'],
    ['day', 2_932_896, '9999-12-31'],
    ['month', 12, '0001-01'],
    ['month', 119_999, '9999-12'],
    ['year', 1, '0001'],
    ['year', 9999, '9999'],
  ] as const)('reaches %s %i (%s), and no further than that', (unit, index, text) => {
    expect(label(period(unit, index))).toBe(text)
    expect(codeOf(() => period(unit, index + (index > 100_000 || index === 9999 ? 1 : -1)))).toBe(
      'BAD_PERIOD',
    )
  })

  it.each([[Number.NaN], [0.5], [Number.POSITIVE_INFINITY], [Number.MAX_SAFE_INTEGER]])(
    'refuses the ordinal %d',
    (index) => {
      for (const unit of UNITS) expect(codeOf(() => period(unit, index))).toBe('BAD_PERIOD')
    },
  )

  it('is frozen', () => {
    expect(Object.isFrozen(period('day', 1))).toBe(true)
  })
})

describe('year, month, week, day, hour', () => {
  it.each<[string, () => Period]>([
    ['year 0', () => year(0)],
    ['year 10000', () => year(10_000)],
    ['year 2024.5', () => year(2024.5)],
    ['month 0', () => month(2024, 0)],
    ['month 13', () => month(2024, 13)],
    ['month NaN', () => month(2024, Number.NaN)],
    ['week 0', () => week(2024, 0)],
    ['week 53 of 2021', () => week(2021, 53)],
    ['week 54 of 2020', () => week(2020, 54)],
    ['30 February', () => day(2024, 2, 30)],
    ['31 April', () => day(2024, 4, 31)],
    ['day 0', () => day(2024, 4, 0)],
    ['day in month 13', () => day(2024, 13, 1)],
    ['hour 24', () => hour(2024, 2, 9, 24)],
    ['hour -1', () => hour(2024, 2, 9, -1)],
    ['hour on 30 February', () => hour(2024, 2, 30, 1)],
  ])('refuse %s', (_, make) => {
    expect(codeOf(make)).toBe('BAD_PERIOD')
  })
})

describe('fields', () => {
  it.each([
    ['2024-02-09T05', { year: 2024, month: 2, day: 9, week: 0, hour: 5 }],
    ['2024-02-09', { year: 2024, month: 2, day: 9, week: 0, hour: 0 }],
    ['2025-W01', { year: 2025, month: 12, day: 30, week: 1, hour: 0 }],
    ['2020-W53', { year: 2020, month: 12, day: 28, week: 53, hour: 0 }],
    ['2024-02', { year: 2024, month: 2, day: 1, week: 0, hour: 0 }],
    ['2024', { year: 2024, month: 1, day: 1, week: 0, hour: 0 }],
  ])('of %s are %j', (text, expectedFields) => {
    expect(fields(parsePeriod(text))).toEqual(expectedFields)
  })
})

describe('startLabel', () => {
  it.each([
    ['2025-W02', '2025-01-06'],
    ['2025-01', '2025-01-01'],
    ['2025', '2025-01-01'],
    ['2025-01-06', '2025-01-06'],
    ['2025-01-06T05', '2025-01-06T05'],
  ])('of %s is %s', (text, start) => {
    expect(startLabel(parsePeriod(text))).toBe(start)
  })
})

describe('stateOf', () => {
  it.each([
    ['2024-W52', 'closed'],
    ['2025-W01', 'open'],
    ['2025-W02', 'future'],
  ])('says that %s is %s while 2025-W01 runs', (text, state) => {
    expect(stateOf(parsePeriod(text), parsePeriod('2025-W01'))).toBe(state)
  })
})

describe('difference', () => {
  it('refuses two units', () => {
    expect(codeOf(() => difference(parsePeriod('2024'), parsePeriod('2024-01')))).toBe('BAD_PERIOD')
  })
})

describe('range', () => {
  it('gives successive periods, and none for 0', () => {
    expect(range(parsePeriod('2020-W52'), 3).map(label)).toEqual(['2020-W52', '2020-W53', '2021-W01'])
    expect(range(parsePeriod('2024'), 0)).toEqual([])
  })
})
