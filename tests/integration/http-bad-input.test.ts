import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fault, type Http, startHttp } from '../fixtures/http'

let http: Http

beforeAll(async () => {
  http = await startHttp()
})
afterAll(() => http?.stop())

interface Parameter {
  /** A good value, or null for a parameter that is left out of a good call. */
  readonly good: string | null
  readonly required?: true | undefined
  /** An empty value is as none. */
  readonly mayBeEmpty?: true
  /** Of the wrong type or out of range. */
  readonly bad: readonly string[]
}

const EXPRESSION = {
  good: 'a',
  required: true,
  bad: ['(', 'a b', '&', 'a@2025-13', 'bitop_x', 'seg(x)'],
} as const
const UNIT = { good: 'week', required: true, bad: ['1', 'weeks', 'WEEK', 'null'] } as const
const DATES = [
  'x',
  '2025-13',
  '2025-02-30',
  '2021-W53',
  '0000',
  '10000-01-01',
  '-1',
  '1e300',
  '2025-01-06T25',
]

const RETENTION = {
  start: EXPRESSION,
  return: EXPRESSION,
  who: { ...EXPRESSION, good: null, required: undefined },
  period: UNIT,
  from: { good: '2025', bad: DATES },
  to: { good: null, bad: ['2025'] },
  rows: { good: '3', bad: ['x', '0', '-1', '1.5', '367', '1e1', '99999999999', '٣'] },
  columns: { good: '3', bad: ['x', '0', '-1', '1.5', '367', '1e1', '99999999999', 'NaN'] },
  mode: { good: 'every', bad: ['off', 'On', 'on,every', '1'] },
  cohort: { good: 'first', bad: ['1', 'last'] },
  base: { good: 'previous', bad: ['0', 'size', 'Cohort'] },
} as const
const BRACKETS = [
  'x',
  '0,',
  '3-1',
  '0-2,2',
  '1,0',
  '-1',
  '366',
  '0-366',
  '0,1-3,',
  '1;2',
  '1 - 3',
  '01',
  '1e1',
]
const LIST = {
  limit: { good: '10', bad: ['x', '0', '-1', '1.5', '1001', '1e2'] },
  cursor: { good: '5', mayBeEmpty: true, bad: ['x', '-1', '1.5', '4294967296', '05', '1e2', 'null'] },
  format: { good: 'csv', bad: ['xml', '1', 'CSV'] },
} as const

const CALLS: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  '/api/v1/retention': {
    ...RETENTION,
    format: { good: 'csv', bad: ['xml', '1'] },
    layout: { good: 'long', bad: ['tall', '1'] },
    values: { good: 'rate', bad: ['both', '1'] },
  },
  '/api/v1/retention/users': {
    ...RETENTION,
    row: { good: '2025-01-06', bad: [...DATES, '2024', '2028', '2025-W53'] },
    offset: { good: '0', bad: ['x', '-1', '1.5', '3', '366', '1e0'] },
    which: { good: 'missing', bad: ['all', '1', 'Missing'] },
    ...LIST,
  },
  '/api/v1/series': {
    expression: EXPRESSION,
    period: UNIT,
    from: { good: '2025', required: true, bad: DATES },
    to: { good: '2025', bad: [...DATES, '2024-01'] },
    format: { good: 'csv', bad: ['xml'] },
  },
  '/api/v1/count': {
    expression: EXPRESSION,
    period: UNIT,
    date: { good: '2025', bad: DATES },
  },
  '/api/v1/members': {
    expression: EXPRESSION,
    period: UNIT,
    date: { good: '2025', bad: DATES },
    ...LIST,
  },
  '/api/v1/users/5': {
    date: { good: '2025-01-06T05', bad: DATES },
  },
  '/api/v1/users/5/days': {
    event: { good: 'active', required: true, bad: ['bitop_x', 'bitop', 'a'.repeat(201)] },
    from: { good: '2025', required: true, bad: [...DATES, '2014'] },
    to: { good: '2025', bad: [...DATES, '2024'] },
  },
  '/api/v1/events': {},
}

/** Every way to get one parameter of a call wrong, the others being good. */
function faultsOf(path: string): readonly (readonly [string, string, string])[] {
  const parameters = CALLS[path] ?? {}
  return Object.entries(parameters).flatMap(([name, { good, required, mayBeEmpty, bad }]) => {
    const others = Object.entries(parameters).filter(([other, { good }]) => other !== name && good !== null)
    const rest = others.map(([other, value]) => [other, value.good ?? ''])
    const value = good ?? bad[0] ?? ''
    const wrong: readonly (readonly [string, readonly string[]])[] = [
      ...(required ? [['missing', []] as const] : []),
      ...(mayBeEmpty ? [] : [['empty', ['']] as const]),
      ['repeated', [value, value]],
      ['over-long', ['1'.repeat(2001)]],
      ['with NUL', [`${value}\0`]],
      ...bad.map((text) => [text, [text]] as const),
    ]
    return wrong.map(([what, values]) => {
      const query = new URLSearchParams([...rest, ...values.map((text) => [name, text])] as [
        string,
        string,
      ][])
      return [name, what, `${path}?${query}`] as const
    })
  })
}

describe.each(Object.keys(CALLS))('GET %s', (path) => {
  it.each(faultsOf(path))('answers 400 for "%s": %s', async (name, _what, url) => {
    const { status, code, field } = await fault(await http.get(url))
    expect({ status, field }).toEqual({ status: 400, field: name })
    expect(code).toMatch(/^(BAD_[A-Z]+|TOO_LARGE|UNKNOWN_SEGMENT)$/)
  })

  it('answers 200 to the same call with good values', async () => {
    const good = Object.entries(CALLS[path] ?? {}).flatMap(([name, { good }]) =>
      good === null ? [] : [[name, good]],
    )
    expect((await http.get(`${path}?${new URLSearchParams(good as [string, string][])}`)).status).toBe(200)
  })

  it('refuses a parameter that it does not know', async () => {
    expect(await fault(await http.get(`${path}?unheard=1`))).toMatchObject({
      status: 400,
      code: 'BAD_PARAMETER',
      field: 'unheard',
    })
  })
})

describe('GET /api/v1/retention', () => {
  const good = '/api/v1/retention?start=a&return=a&period=week&from=2025&rows=3'
  const faults = [
    ...[...BRACKETS, '', '0\0', '1'.repeat(2001)].map((text) => [
      `brackets=${encodeURIComponent(text)}`,
      'brackets',
    ]),
    ['brackets=0&brackets=1', 'brackets'],
    ['brackets=0,1&columns=2', 'columns'],
    ['brackets=0,1&mode=every', 'brackets'],
    ['base=previous', 'base'],
    ['base=previous&mode=on-or-before', 'base'],
    ['which=missing', 'which'],
    ['row=2025', 'row'],
  ]

  it.each(faults)('answers 400 for %.60s', async (query, field) => {
    expect(await fault(await http.get(`${good}&${query}`))).toMatchObject({ status: 400, field })
  })

  it.each(['brackets=0,1-3,4-7', 'mode=on-or-after', 'mode=on-or-before', 'mode=every&base=previous'])(
    'answers 200 for %s',
    async (query) => {
      expect((await http.get(`${good}&${query}`)).status).toBe(200)
    },
  )
})

describe('GET /api/v1/retention/users', () => {
  const good = '/api/v1/retention/users?start=a&return=a&period=week&from=2025&rows=3'

  it.each([
    ['brackets=0,2-3&offset=1', 'offset'],
    ['brackets=0,2-3&offset=4', 'offset'],
    ['columns=3&offset=3', 'offset'],
    ['which=missing', 'which'],
    ['row=2025-03&offset=0', 'row'],
    ['layout=long&format=csv', 'layout'],
  ])('answers 400 for %s', async (query, field) => {
    expect(await fault(await http.get(`${good}&${query}`))).toMatchObject({ status: 400, field })
  })

  it('answers 400 for a cell that has not begun', async () => {
    const future = '/api/v1/retention/users?start=a&return=a&period=year&from=2025&rows=50'
    expect(await fault(await http.get(`${future}&row=2070`))).toMatchObject({ status: 400, field: 'row' })
    expect(await fault(await http.get(`${future}&row=2070&offset=0`))).toMatchObject({ status: 400 })
  })
})

describe('the id of a user', () => {
  it.each(['x', '-1', '1.5', '4294967296', '05', '1e2', '%20', '99999999999', '%00', 'null'])(
    'is refused where it is %s',
    async (id) => {
      for (const rest of ['', '/days?event=a&from=2025'])
        expect(await fault(await http.get(`/api/v1/users/${id}${rest}`))).toEqual({
          status: 400,
          code: 'BAD_USER',
          field: 'user',
          details: undefined,
        })
    },
  )
})
