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

const CALLS: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  '/api/v1/retention': {
    start: EXPRESSION,
    return: EXPRESSION,
    who: { ...EXPRESSION, good: null, required: undefined },
    period: UNIT,
    from: { good: '2025', bad: DATES },
    to: { good: null, bad: ['2025'] },
    rows: { good: '3', bad: ['x', '0', '-1', '1.5', '367', '1e1', '99999999999', '٣'] },
    columns: { good: '3', bad: ['x', '0', '-1', '1.5', '367', '1e1', '99999999999', 'NaN'] },
    mode: { good: 'on', bad: ['off', 'on-or-after', 'on-or-before', 'every'] },
    cohort: { good: 'first', bad: ['1', 'last'] },
    base: { good: 'cohort', bad: ['previous', '0'] },
    brackets: { good: null, bad: ['0,1-3'] },
    which: { good: null, bad: ['missing'] },
    format: { good: 'csv', bad: ['xml', '1'] },
    layout: { good: 'long', bad: ['tall', '1'] },
    values: { good: 'rate', bad: ['both', '1'] },
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
  '/api/v1/events': {},
}

/** Every way to get one parameter of a call wrong, the others being good. */
function faultsOf(path: string): readonly (readonly [string, string, string])[] {
  const parameters = CALLS[path] ?? {}
  return Object.entries(parameters).flatMap(([name, { good, required, bad }]) => {
    const others = Object.entries(parameters).filter(([other, { good }]) => other !== name && good !== null)
    const rest = others.map(([other, value]) => [other, value.good ?? ''])
    const value = good ?? bad[0] ?? ''
    const wrong: readonly (readonly [string, readonly string[]])[] = [
      ...(required ? [['missing', []] as const] : []),
      ['empty', ['']],
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
