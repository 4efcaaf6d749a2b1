import { describe, expect, it } from 'vitest'
import { faultOf } from '../../tests/fixtures/faults'
import { label, UTC, type Zone, zoneOf } from '../bitmapist/face'
import { parseRetentionQuery, printRetentionQuery } from './retention'

const NOW = new Date('2025-01-15T10:42:07Z')
const GOOD = 'start=signup&return=active&period=week'
const parse = (query: string, zone: Zone = UTC) =>
  parseRetentionQuery(new URLSearchParams(query), { now: NOW, zone })

describe('parseRetentionQuery', () => {
  it.each([
    ['mode=on-or-after', { mode: 'on-or-after' }],
    ['mode=on-or-before', { mode: 'on-or-before' }],
    ['mode=every&base=previous', { mode: 'every', base: 'previous' }],
    [
      'brackets=0,1-3,4-7',
      {
        columns: 8,
        brackets: [
          [0, 0],
          [1, 3],
          [4, 7],
        ],
      },
    ],
    ['brackets=5-5', { columns: 6, brackets: [[5, 5]] }],
    ['brackets=365&rows=366', { columns: 366, brackets: [[365, 365]] }],
    ['period=hour&rows=366&columns=54', { rows: 366, columns: 54 }],
  ])('reads %s', (query, part) => {
    expect(parse(`start=a&return=b&period=week&${query}`.replace('week&period=hour', 'hour'))).toMatchObject(
      part,
    )
  })

  it("reads dates by the zone's clock", () => {
    const berlin = zoneOf('Europe/Berlin')
    const apia = zoneOf('Pacific/Apia')
    const saoPaulo = zoneOf('America/Sao_Paulo')
    const first = (query: string, zone: Zone) => label(parse(`start=a&return=b&${query}`, zone).first)
    expect(first('period=day&from=2025-01-05T23:30:00Z', berlin)).toBe('2025-01-06')
    expect(first('period=hour&from=2025-01-05T23:30', berlin)).toBe('2025-01-05T23')
    expect(first('period=hour&rows=3&to=2025-03-30T04', berlin)).toBe('2025-03-30T01')
    expect(first('period=day&rows=3&to=2012-01-01', apia)).toBe('2011-12-29')
    expect(first('period=hour&from=2017-10-15', saoPaulo)).toBe('2017-10-15T01')
    expect(faultOf(() => first('period=day&from=2011-12-30', apia))).toMatchObject({
      code: 'BAD_PERIOD',
      field: 'from',
      message: expect.stringMatching(/^"from" expected a period that Pacific\/Apia has, got "2011-12-30"; /),
    })
    expect(faultOf(() => first('period=week&to=2011-12-30T12', apia)).field).toBe('to')
  })

  it.each([
    [`${GOOD}&brackets=0,1-3&mode=every`, 'BAD_MODE', 'brackets'],
    [`${GOOD}&brackets=0,1-3&columns=4`, 'BAD_PARAMETER', 'columns'],
    [`${GOOD}&brackets=`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=0&brackets=1`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=0,`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=,0`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=0, 1`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=01`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=-1`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=1-`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=3-1`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=0-2,2-4`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=4,1`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=1,1`, 'BAD_PARAMETER', 'brackets'],
    [`${GOOD}&brackets=366`, 'BAD_ROWS', 'brackets'],
    [`${GOOD}&brackets=0-999`, 'BAD_ROWS', 'brackets'],
    [`${GOOD}&rows=366&brackets=${Array.from({ length: 55 }, (_, k) => k)}`, 'TOO_LARGE', 'rows'],
    [`${GOOD}&from=9999-12-06&rows=1&brackets=7`, 'BAD_PERIOD', 'from'],
  ])('refuses %s with %s of %s', (query, code, field) => {
    expect(faultOf(() => parse(query))).toMatchObject({ code, field })
  })

  it('says why it refuses brackets', () => {
    expect(faultOf(() => parse(`${GOOD}&brackets=0-2,2`)).message).toBe(
      '"brackets" expected offsets that ascend without overlapping, got "0-2,2"; see docs/api.md for the parameters of this call',
    )
  })
})

describe('printRetentionQuery', () => {
  it('is read back in a zone that jumps over hours', () => {
    const berlin = zoneOf('Europe/Berlin')
    const query = parse('start=a&return=b&period=hour&from=2025-03-30T01&rows=3', berlin)
    const text = printRetentionQuery(query, berlin).toString()
    expect(text).toContain('to=2025-03-30T04')
    expect(parse(text, berlin)).toEqual(query)
  })

  it('writes brackets in place of columns, and the base where it is not the cohort', () => {
    const print = (query: string) => printRetentionQuery(parse(`${GOOD}&${query}`)).toString()
    expect(print('brackets=0,1-3,4-4')).toBe(
      'start=signup&return=active&period=week&to=2025-W03&rows=12&mode=on&cohort=first&brackets=0%2C1-3%2C4',
    )
    expect(print('mode=every&base=previous')).toMatch(/&columns=12&mode=every&cohort=first&base=previous$/)
  })
})
