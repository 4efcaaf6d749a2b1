import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOf } from '../../tests/fixtures/faults'
import { ofUnit, RUNS } from '../../tests/fixtures/laws'
import { BASES, type Bracket, label, MODES, parsePeriod, UNITS } from '../bitmapist/face'
import { parseRetentionQuery, printRetentionQuery, retentionParameters } from './retention'

const NOW = new Date('2025-01-15T10:42:07Z')
const GOOD = 'start=signup&return=active&period=week'

const parse = (query: string) => parseRetentionQuery(new URLSearchParams(query), { now: NOW })
const firstOf = (query: string) => label(parse(`start=a&return=b&${query}`).first)

describe('parseRetentionQuery', () => {
  it('fills in what is optional', () => {
    expect(parse(GOOD)).toEqual({
      start: 'signup',
      who: null,
      return: 'active',
      first: parsePeriod('2024-W44'),
      rows: 12,
      columns: 12,
      mode: 'on',
      cohort: 'first',
      base: 'cohort',
      brackets: null,
    })
  })

  it('reads every parameter', () => {
    const query = `${GOOD}&who=ios|web&from=2025-01-06&rows=1&columns=366&mode=on&cohort=recurring&base=cohort`
    expect(parse(query)).toEqual({
      start: 'signup',
      who: 'ios | web',
      return: 'active',
      first: parsePeriod('2025-W02'),
      rows: 1,
      columns: 366,
      mode: 'on',
      cohort: 'recurring',
      base: 'cohort',
      brackets: null,
    })
  })

  it.each([
    ['period=day&from=2025-W02', '2025-01-06'],
    ['period=day&from=2025-01', '2025-01-01'],
    ['period=week&from=2025-01-08', '2025-W02'],
    ['period=week&from=2025-01-08T23:59:59Z', '2025-W02'],
    ['period=month&from=1736121600', '2025-01'],
    ['period=year&from=2025-06', '2025'],
    ['period=day&rows=1&to=2025-W02', '2025-01-12'],
    ['period=day&rows=3&to=2025-01', '2025-01-29'],
    ['period=hour&rows=1&to=2025-01-06', '2025-01-06T23'],
    ['period=week&rows=2&to=2025-01-08', '2025-W01'],
    ['period=month&rows=13', '2024-01'],
    ['period=day&from=0001-01-01', '0001-01-01'],
  ])('begins %s at %s', (query, first) => {
    expect(firstOf(query)).toBe(first)
  })

  it.each([
    ['', 'BAD_PARAMETER', 'start'],
    ['return=a&period=week', 'BAD_PARAMETER', 'start'],
    ['start=a&period=week', 'BAD_PARAMETER', 'return'],
    ['start=a&return=b', 'BAD_PARAMETER', 'period'],
    ['start=&return=b&period=week', 'BAD_PARAMETER', 'start'],
    ['start=a&return=&period=week', 'BAD_PARAMETER', 'return'],
    ['start=a&return=b&period=', 'BAD_PARAMETER', 'period'],
    [`${GOOD}&who=`, 'BAD_PARAMETER', 'who'],
    [`${GOOD}&from=`, 'BAD_PARAMETER', 'from'],
    [`${GOOD}&to=`, 'BAD_PARAMETER', 'to'],
    [`${GOOD}&rows=`, 'BAD_PARAMETER', 'rows'],
    [`${GOOD}&columns=`, 'BAD_PARAMETER', 'columns'],
    [`${GOOD}&mode=`, 'BAD_PARAMETER', 'mode'],
    [`${GOOD}&cohort=`, 'BAD_PARAMETER', 'cohort'],
    [`${GOOD}&base=`, 'BAD_PARAMETER', 'base'],
    [`${GOOD}&start=signup`, 'BAD_PARAMETER', 'start'],
    [`${GOOD}&return=b`, 'BAD_PARAMETER', 'return'],
    [`${GOOD}&period=day`, 'BAD_PARAMETER', 'period'],
    [`${GOOD}&who=a&who=a`, 'BAD_PARAMETER', 'who'],
    [`${GOOD}&from=2025&from=2025`, 'BAD_PARAMETER', 'from'],
    [`${GOOD}&to=2025&to=2025`, 'BAD_PARAMETER', 'to'],
    [`${GOOD}&rows=1&rows=1`, 'BAD_PARAMETER', 'rows'],
    [`${GOOD}&columns=1&columns=1`, 'BAD_PARAMETER', 'columns'],
    [`${GOOD}&mode=on&mode=on`, 'BAD_PARAMETER', 'mode'],
    [`${GOOD}&cohort=first&cohort=first`, 'BAD_PARAMETER', 'cohort'],
    [`${GOOD}&base=cohort&base=cohort`, 'BAD_PARAMETER', 'base'],
    [`start=a%00&return=b&period=week`, 'BAD_PARAMETER', 'start'],
    [`start=a&return=%0A&period=week`, 'BAD_PARAMETER', 'return'],
    [`start=a&return=b&period=week%00`, 'BAD_PARAMETER', 'period'],
    [`${GOOD}&who=%7F`, 'BAD_PARAMETER', 'who'],
    [`${GOOD}&from=2025%00`, 'BAD_PARAMETER', 'from'],
    [`${GOOD}&to=2025%00`, 'BAD_PARAMETER', 'to'],
    [`${GOOD}&rows=1%00`, 'BAD_PARAMETER', 'rows'],
    [`${GOOD}&columns=1%00`, 'BAD_PARAMETER', 'columns'],
    [`${GOOD}&mode=on%00`, 'BAD_PARAMETER', 'mode'],
    [`${GOOD}&cohort=first%00`, 'BAD_PARAMETER', 'cohort'],
    [`start=${'a'.repeat(2001)}&return=b&period=week`, 'BAD_PARAMETER', 'start'],
    [`${GOOD}&who=${'a'.repeat(2001)}`, 'BAD_PARAMETER', 'who'],
    [`${GOOD}&rows=${'1'.repeat(2001)}`, 'BAD_PARAMETER', 'rows'],
    [`${GOOD}&from=${'1'.repeat(2001)}`, 'BAD_PARAMETER', 'from'],
    [`start=a%26&return=b&period=week`, 'BAD_EXPRESSION', 'start'],
    [`start=a&return=(b&period=week`, 'BAD_EXPRESSION', 'return'],
    [`${GOOD}&who=bitop_x`, 'BAD_EXPRESSION', 'who'],
    [`start=${'a'.repeat(201)}&return=b&period=week`, 'BAD_EXPRESSION', 'start'],
    [`${GOOD}&who=ios - seg(staff)`, 'UNKNOWN_SEGMENT', 'who'],
    [`start=${Array(60).fill('a'.repeat(31)).join('|')}&return=b&period=week`, 'BAD_EXPRESSION', 'start'],
    ['start=a&return=b&period=fortnight', 'BAD_PERIOD', 'period'],
    ['start=a&return=b&period=Week', 'BAD_PERIOD', 'period'],
    [`${GOOD}&from=soon`, 'BAD_PERIOD', 'from'],
    [`${GOOD}&from=2021-W53`, 'BAD_PERIOD', 'from'],
    [`${GOOD}&from=2025-02-30T00:00:00Z`, 'BAD_PERIOD', 'from'],
    [`${GOOD}&to=2025-13`, 'BAD_PERIOD', 'to'],
    [`${GOOD}&to=0000`, 'BAD_PERIOD', 'to'],
    [`${GOOD}&to=0001-01-01&rows=2`, 'BAD_PERIOD', 'to'],
    [`${GOOD}&from=9999-12-01&rows=12`, 'BAD_PERIOD', 'from'],
    // That of 9999-12-27 is the last week of all.
    [`${GOOD}&from=9999-12-27&rows=2&columns=1`, 'BAD_PERIOD', 'from'],
    [`${GOOD}&from=2025&to=2025`, 'BAD_PARAMETER', 'to'],
    [`${GOOD}&rows=0`, 'BAD_ROWS', 'rows'],
    [`${GOOD}&rows=-1`, 'BAD_ROWS', 'rows'],
    [`${GOOD}&rows=1.5`, 'BAD_ROWS', 'rows'],
    [`${GOOD}&rows=1e2`, 'BAD_ROWS', 'rows'],
    [`${GOOD}&rows=0x10`, 'BAD_ROWS', 'rows'],
    [`${GOOD}&rows=%2012`, 'BAD_ROWS', 'rows'],
    [`${GOOD}&rows=many`, 'BAD_ROWS', 'rows'],
    [`${GOOD}&rows=367`, 'BAD_ROWS', 'rows'],
    [`${GOOD}&columns=0`, 'BAD_ROWS', 'columns'],
    [`${GOOD}&columns=367`, 'BAD_ROWS', 'columns'],
    [`${GOOD}&columns=99999999999999999999`, 'BAD_ROWS', 'columns'],
    [`${GOOD}&rows=366&columns=55`, 'TOO_LARGE', 'rows'],
    [`${GOOD}&mode=never`, 'BAD_MODE', 'mode'],
    [`${GOOD}&cohort=second`, 'BAD_COHORT', 'cohort'],
    [`${GOOD}&base=previous`, 'BAD_MODE', 'base'],
    [`${GOOD}&mode=on-or-after&base=previous`, 'BAD_MODE', 'base'],
    [`${GOOD}&base=row`, 'BAD_MODE', 'base'],
    [`${GOOD}&which=missing`, 'BAD_PARAMETER', 'which'],
    [`${GOOD}&columms=3`, 'BAD_PARAMETER', 'columms'],
    [`${GOOD}&%00=3`, 'BAD_PARAMETER', '\0'],
    [`${GOOD}&__proto__=3`, 'BAD_PARAMETER', '__proto__'],
  ])('refuses %s with %s of %s', (query, code, field) => {
    expect(faultOf(() => parse(query))).toMatchObject({ code, field })
  })

  it('says what was expected, what came, and the remedy', () => {
    expect(faultOf(() => parse(`${GOOD}&rows=500`)).message).toBe(
      '"rows" expected integer 1..366, got "500"; use an integer within the limits',
    )
    expect(faultOf(() => parse('start=a&return=b')).message).toBe(
      '"period" expected hour, day, week, month or year, got nothing; see docs/api.md for the parameters of this call',
    )
  })
})

const names = fc.stringMatching(/^[a-z][a-z0-9_:]{0,12}$/)
const texts = fc.oneof(
  names,
  fc.tuple(names, names).map(([a, b]) => `${a} | ${b}`),
  names.map((name) => `"${name} é & more" - attr(x)`),
)
const queries = fc
  .record({
    start: texts,
    who: fc.option(texts),
    return: texts,
    first: fc.constantFrom(...UNITS).chain(ofUnit),
    rows: fc.integer({ min: 1, max: 141 }),
    columns: fc.integer({ min: 1, max: 141 }),
    cohort: fc.constantFrom('first' as const, 'recurring' as const),
    mode: fc.constantFrom(...MODES),
    base: fc.constantFrom(...BASES),
    steps: fc.option(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 20 })),
  })
  .map(({ steps, base, ...query }) => ({
    ...query,
    base: query.mode === 'every' ? base : ('cohort' as const),
    ...(steps && query.mode === 'on' ? bracketsBy(steps) : { brackets: null, columns: query.columns }),
  }))

/** Brackets by their gap from the one before, and their length less one. */
function bracketsBy(steps: readonly (readonly [number, number])[]) {
  let next = 0
  const brackets = steps.map(([gap, more]): Bracket => {
    const from = next + gap
    next = from + more + 1
    return [from, next - 1]
  })
  return { brackets, columns: next }
}

describe('printRetentionQuery', () => {
  it('is read back to the same question', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const text = printRetentionQuery(query).toString()
        expect(parse(text)).toEqual(query)
      }),
      { ...RUNS, numRuns: 500 },
    )
  })

  it('writes the parameters in one order, up to the last row', () => {
    const query = parse(`${GOOD}&from=2025-W02&rows=3&who=ios`)
    expect(printRetentionQuery(query).toString()).toBe(
      'start=signup&return=active&who=ios&period=week&to=2025-W04&rows=3&columns=12&mode=on&cohort=first',
    )
  })
})

describe('retentionParameters', () => {
  it('passes over what is no part of a report', () => {
    expect(retentionParameters(new URLSearchParams('view=count&start=a&utm=x&start=b')).toString()).toBe(
      'start=a&start=b',
    )
  })
})
