import { describe, expect, it } from 'vitest'
import { type RetentionTable, zoneOf } from '../bitmapist/face'
import { fileName, retentionCsv, seriesCsv, userLines } from './csv'

/** Three weeks of which the second runs; 20 and 0 users. */
const TABLE: RetentionTable = {
  period: 'week',
  mode: 'on',
  cohort: 'first',
  start: 'signup',
  who: null,
  return: 'active',
  base: 'cohort',
  timeZone: 'UTC',
  asOf: '2025-01-15T10:42:07Z',
  exact: true,
  dataFrom: '2024-12-30',
  dataTo: '2025-01-15',
  users: 3,
  rows: [
    {
      start: '2025-01-06',
      label: '2025-W02',
      size: 3,
      state: 'closed',
      flag: 'history',
      cells: [
        { offset: 0, count: 3, state: 'closed', flag: null },
        { offset: 1, count: 1, state: 'open', flag: null },
      ],
    },
    {
      start: '2025-01-13',
      label: '2025-W03',
      size: 0,
      state: 'open',
      flag: null,
      cells: [
        { offset: 0, count: 0, state: 'open', flag: 'silent' },
        { offset: 1, count: null, state: 'future', flag: null },
      ],
    },
    {
      start: '2025-01-20',
      label: '2025-W04',
      size: null,
      state: 'future',
      flag: null,
      cells: [
        { offset: 0, count: null, state: 'future', flag: null },
        { offset: 1, count: null, state: 'future', flag: null },
      ],
    },
  ],
  mean: { weighted: [1, null], simple: [1, null], rows: [1, 0] },
}

describe('userLines', () => {
  it.each([
    [[], ''],
    [[0, 17, 4_294_967_295], '0\r\n17\r\n4294967295\r\n'],
    [['u@example.com', '550e8400-e29b-41d4'], 'u@example.com\r\n550e8400-e29b-41d4\r\n'],
    [['a,b', 'a"b', 'a\nb', 'ü'], '"a,b"\r\n"a""b"\r\n"a\nb"\r\nü\r\n'],
    [['=1', '+1', '-1', '@a', '\tb'], "'=1\r\n'+1\r\n'-1\r\n'@a\r\n'\tb\r\n"],
    [[' a ', "'a", 'a b'], " a \r\n'a\r\na b\r\n"],
  ])('writes %j', (ids, text) => {
    expect(userLines(ids)).toBe(text)
  })
})

describe('retentionCsv', () => {
  it('writes counts, a row a cohort', () => {
    expect(retentionCsv(TABLE, { layout: 'wide', values: 'count' })).toBe(
      'cohort,size,0,1\r\n2025-W02,3,3,1\r\n2025-W03,0,0,\r\n2025-W04,,,\r\n',
    )
  })

  it('writes rates to four decimals, none over no users', () => {
    expect(retentionCsv(TABLE, { layout: 'wide', values: 'rate' })).toBe(
      'cohort,size,0,1\r\n2025-W02,3,1.0000,0.3333\r\n2025-W03,0,,\r\n2025-W04,,,\r\n',
    )
  })

  it('writes a row a cell with its state; ends are the last day', () => {
    expect(retentionCsv(TABLE, { layout: 'long', values: 'count' }).split('\r\n')).toEqual([
      'cohort_start,cohort_end,size,size_state,offset,period_start,period_end,count,rate,state',
      '2025-01-06,2025-01-12,3,closed,0,2025-01-06,2025-01-12,3,1.0000,closed',
      '2025-01-06,2025-01-12,3,closed,1,2025-01-13,2025-01-19,1,0.3333,open',
      '2025-01-13,2025-01-19,0,open,0,2025-01-13,2025-01-19,0,,open',
      '2025-01-13,2025-01-19,0,open,1,2025-01-20,2025-01-26,,,future',
      '2025-01-20,2025-01-26,,future,0,2025-01-20,2025-01-26,,,future',
      '2025-01-20,2025-01-26,,future,1,2025-01-27,2025-02-02,,,future',
      '',
    ])
  })

  it('heads brackets by their offsets, and spans them', () => {
    const [first] = TABLE.rows
    if (first === undefined) throw new Error('no row')
    const cell = { count: 2, state: 'open', flag: null } as const
    const brackets = [
      [0, 0],
      [1, 3],
      [4, 7],
    ] as const
    const cells = [first.cells[0] ?? { ...cell, offset: 0 }, { ...cell, offset: 1 }, { ...cell, offset: 4 }]
    const table = { ...TABLE, brackets, rows: [{ ...first, cells }] }
    expect(retentionCsv(table, { layout: 'wide', values: 'count' })).toBe(
      'cohort,size,0,1-3,4-7\r\n2025-W02,3,3,2,2\r\n',
    )
    expect(retentionCsv(table, { layout: 'long', values: 'count' }).split('\r\n').slice(2, 4)).toEqual([
      '2025-01-06,2025-01-12,3,closed,1-3,2025-01-13,2025-02-02,2,0.6667,open',
      '2025-01-06,2025-01-12,3,closed,4-7,2025-02-03,2025-03-02,2,0.6667,open',
    ])
  })

  it('rates by the base', () => {
    const [first] = TABLE.rows
    const count = (offset: number, count: number) => ({ offset, count, state: 'closed', flag: null }) as const
    const rows = first
      ? [{ ...first, size: 8, cells: [count(0, 8), count(1, 2), count(2, 0), count(3, 0)] }]
      : []
    const table = { ...TABLE, mode: 'every', base: 'previous', rows } as const
    expect(retentionCsv(table, { layout: 'wide', values: 'rate' })).toBe(
      'cohort,size,0,1,2,3\r\n2025-W02,8,,0.2500,0.0000,\r\n',
    )
    expect(retentionCsv(table, { layout: 'long', values: 'rate' }).split('\r\n')[2]).toMatch(
      /,2,0\.2500,closed$/,
    )
  })

  it("counts offsets by the zone's clock", () => {
    const [first] = TABLE.rows
    const rows = first ? [{ ...first, start: '2011-12-29', label: '2011-12-29' }] : []
    const table = { ...TABLE, period: 'day', rows } as const
    const csv = retentionCsv(table, { layout: 'long', values: 'count', zone: zoneOf('Pacific/Apia') })
    expect(csv.split('\r\n')[2]).toMatch(/,1,2011-12-31,2011-12-31,/)
  })

  it('guards texts that a spreadsheet would take for a formula, and quotes as RFC 4180 has it', () => {
    const row = { start: '2025-01-06', size: 1, state: 'closed', flag: null, cells: [] } as const
    for (const [label, cell] of [
      ['=1+1', "'=1+1"],
      ['+1', "'+1"],
      ['-1', "'-1"],
      ['@a', "'@a"],
      ['\ta', "'\ta"],
      ['\ra', `"'\ra"`],
      ['a,"b"', '"a,""b"""'],
    ])
      expect(
        retentionCsv(
          { ...TABLE, rows: [{ ...row, label: label ?? '' }] },
          { layout: 'wide', values: 'count' },
        ),
      ).toBe(`cohort,size\r\n${cell},1\r\n`)
  })

  it('names hours by themselves', () => {
    const cells = [{ offset: 0, count: 1, state: 'closed', flag: null }] as const
    const row = {
      start: '2025-01-06T23',
      label: '2025-01-06T23',
      size: 1,
      state: 'closed',
      flag: null,
    } as const
    const csv = retentionCsv(
      { ...TABLE, period: 'hour', rows: [{ ...row, cells }] },
      { layout: 'long', values: 'count' },
    )
    expect(csv.split('\r\n')[1]).toBe(
      '2025-01-06T23,2025-01-06T23,1,closed,0,2025-01-06T23,2025-01-06T23,1,1.0000,closed',
    )
  })
})

describe('seriesCsv', () => {
  it('writes a row a point', () => {
    const points = [
      { start: '2025-01-06', count: 12, state: 'closed' },
      { start: '2025-01-13', count: null, state: 'future' },
    ] as const
    const series = {
      period: 'week',
      expression: 'a',
      timeZone: 'UTC',
      asOf: '',
      exact: true,
      points,
    } as const
    expect(seriesCsv(series)).toBe('start,count,state\r\n2025-01-06,12,closed\r\n2025-01-13,,future\r\n')
  })
})

describe('fileName', () => {
  it.each([
    [['retention', 'signup', 'song:play', '2025-W03'], 'retention-signup-song-play-2025-w03'],
    [['series', '"a/../b" & é'], 'series-a-b'],
    [['series', '日本'], 'series'],
    [['a', 'x'.repeat(99)], `a-${'x'.repeat(40)}`],
  ])('makes of %j %s', (words, name) => {
    expect(fileName(words)).toBe(name)
  })
})
