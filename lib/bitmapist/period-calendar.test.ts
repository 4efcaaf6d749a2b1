import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeOf, RUNS, units } from '../../tests/fixtures/laws'
import { label, parsePeriod } from './label'
import {
  day,
  endOf,
  firstDay,
  floor,
  month,
  offset,
  period,
  periodAt,
  range,
  startOf,
  UNITS,
  week,
  within,
  year,
} from './period'

const pad = (value: number, length = 2) => String(value).padStart(length, '0')

interface CalendarDay {
  readonly index: number
  readonly date: string
  readonly dayOfYear: number
  readonly year: number
}

/** Every day of the years 1970 to `lastYear`, counted by the Gregorian rule alone: no Date, nothing of period.ts. */
function* calendar(lastYear: number): Generator<CalendarDay> {
  let index = 0
  for (let y = 1970; y <= lastYear; y++) {
    const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
    const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    let dayOfYear = 0
    for (const [m, length] of lengths.entries())
      for (let d = 1; d <= length; d++)
        yield { index: index++, date: `${y}-${pad(m + 1)}-${pad(d)}`, dayOfYear: ++dayOfYear, year: y }
  }
}

describe('week', () => {
  it('is the week of its Thursday, on every day of 1970 to 2100', () => {
    const days = [...calendar(2101)]
    const wrong: string[] = []
    for (const { index, date, year: y } of days) {
      if (y > 2100) break
      // 1970-01-01 was a Thursday: weekday 3, Monday being 0. ISO 8601: a week belongs to the year of its Thursday.
      const weekday = (index + 3) % 7
      const thursday = days[index - weekday + 3]
      if (thursday === undefined) throw new Error(`no Thursday for ${date}`)
      const expectedLabel = `${thursday.year}-W${pad(Math.ceil(thursday.dayOfYear / 7))}`
      const made = floor('week', parsePeriod(date))
      if (label(made) !== expectedLabel || firstDay(made).index !== index - weekday) wrong.push(date)
    }
    expect(wrong).toEqual([])
  })

  it.each([
    ['1970-01-01', '1970-W01'],
    ['1977-01-01', '1976-W53'],
    ['1999-12-31', '1999-W52'],
    ['2000-01-02', '1999-W52'],
    ['2005-01-01', '2004-W53'],
    ['2008-12-29', '2009-W01'],
    ['2010-01-03', '2009-W53'],
    ['2020-12-31', '2020-W53'],
    ['2021-01-03', '2020-W53'],
    ['2021-01-04', '2021-W01'],
    ['2024-12-30', '2025-W01'],
    ['2027-01-01', '2026-W53'],
  ])('puts %s in %s (ISO 8601 examples)', (date, iso) => {
    expect(label(floor('week', parsePeriod(date)))).toBe(iso)
  })

  it('has a 53rd only in the long ISO years', () => {
    const long = range(year(1970), 131).filter(({ index }) => codeOf(() => week(index, 53)) === 'none')
    // The 53-week years of the 400-year cycle, as ISO 8601 tables list them.
    expect(long.map(({ index }) => index)).toEqual([
      1970, 1976, 1981, 1987, 1992, 1998, 2004, 2009, 2015, 2020, 2026, 2032, 2037, 2043, 2048, 2054, 2060,
      2065, 2071, 2076, 2082, 2088, 2093, 2099,
    ])
  })
})

describe('day', () => {
  it('counts the days of 1970 to 2100 by the Gregorian rule', () => {
    const wrong = [...calendar(2100)].filter(
      ({ index, date }) => parsePeriod(date).index !== index || label(period('day', index)) !== date,
    )
    expect(wrong).toEqual([])
  })

  it.each([
    [1600, true],
    [1700, false],
    [1900, false],
    [1996, true],
    [2000, true],
    [2023, false],
    [2024, true],
    [2100, false],
    [2400, true],
  ])('has a 29 February in %i: %s', (y, leap) => {
    expect(codeOf(() => day(y, 2, 29))).toBe(leap ? 'none' : 'BAD_PERIOD')
    expect(within('day', month(y, 2))).toHaveLength(leap ? 29 : 28)
    expect(within('day', year(y))).toHaveLength(leap ? 366 : 365)
  })
})

describe('periodAt', () => {
  it.each([
    ['2024-12-30T00:00:00.000Z', ['2024-12-30T00', '2024-12-30', '2025-W01', '2024-12', '2024']],
    ['2024-12-29T23:59:59.999Z', ['2024-12-29T23', '2024-12-29', '2024-W52', '2024-12', '2024']],
    ['1969-12-31T23:59:59.999Z', ['1969-12-31T23', '1969-12-31', '1970-W01', '1969-12', '1969']],
    ['0001-01-01T00:00:00.000Z', ['0001-01-01T00', '0001-01-01', '0001-W01', '0001-01', '0001']],
    ['9999-12-31T23:59:59.999Z', ['9999-12-31T23', '9999-12-31', '9999-W52', '9999-12', '9999']],
  ])('puts %s in %j', (instant, labels) => {
    expect(UNITS.map((unit) => label(periodAt(unit, new Date(instant))))).toEqual(labels)
  })

  it('holds every instant between its start and its end', () => {
    const instants = fc.date({
      min: new Date('0002-01-01Z'),
      max: new Date('9998-01-01Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(units, instants, (unit, instant) => {
        const at = periodAt(unit, instant)
        expect(startOf(at).getTime()).toBeLessThanOrEqual(instant.getTime())
        expect(endOf(at).getTime()).toBeGreaterThan(instant.getTime())
        expect(endOf(at)).toEqual(startOf(offset(at, 1)))
        expect(periodAt(unit, startOf(at))).toEqual(at)
      }),
      RUNS,
    )
  })

  it.each([
    [new Date(Number.NaN)],
    [new Date('0000-12-31T23:59:59Z')],
    [new Date('+010000-01-01T00:00:00Z')],
  ])('refuses %s', (instant) => {
    for (const unit of UNITS) expect(codeOf(() => periodAt(unit, instant))).toBe('BAD_TIME')
  })
})
