import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fault, type Http, MARKS, startHttp } from '../fixtures/http'

let http: Http

beforeAll(async () => {
  http = await startHttp()
  expect((await http.mark(MARKS)).status).toBe(200)
})
afterAll(() => http?.stop())

const GRID =
  '/api/v1/retention?start=signup&return=active&period=week&from=2025-W02&rows=2&columns=2&cohort=recurring'

describe('GET /api/v1/retention', () => {
  it('answers with the table', async () => {
    const response = await http.get(GRID)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const closed = (offset: number, count: number) => ({ offset, count, state: 'closed', flag: null })
    expect(await response.json()).toMatchObject({
      period: 'week',
      mode: 'on',
      cohort: 'recurring',
      start: 'signup',
      who: null,
      return: 'active',
      timeZone: 'UTC',
      users: 3,
      rows: [
        { start: '2025-01-06', label: '2025-W02', size: 2, cells: [closed(0, 2), closed(1, 1)] },
        { start: '2025-01-13', label: '2025-W03', size: 1, cells: [closed(0, 1), { offset: 1, count: 0 }] },
      ],
    })
  })

  it('narrows the cohorts to who', async () => {
    const { rows } = await (await http.get(`${GRID}&who=attr(paid_user)`)).json()
    expect(rows.map(({ size }: { size: number }) => size)).toEqual([1, 0])
  })

  it('has the same numbers as CSV, in both layouts', async () => {
    const table = await (await http.get(GRID)).json()
    const wide = await http.get(`${GRID}&format=csv`)
    expect(wide.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(wide.headers.get('content-disposition')).toBe(
      'attachment; filename="retention-signup-active-2025-w03.csv"',
    )
    expect(await wide.text()).toBe('cohort,size,0,1\r\n2025-W02,2,2,1\r\n2025-W03,1,1,0\r\n')
    expect(await (await http.get(`${GRID}&format=csv&values=rate`)).text()).toBe(
      'cohort,size,0,1\r\n2025-W02,2,1.0000,0.5000\r\n2025-W03,1,1.0000,0.0000\r\n',
    )
    const long: readonly Record<string, string>[] = parse(
      await (await http.get(`${GRID}&format=csv&layout=long`)).text(),
      { columns: true },
    )
    type Row = { start: string; size: number; cells: { offset: number; count: number; state: string }[] }
    const cells = table.rows.flatMap(({ start, size, cells }: Row) =>
      cells.map(({ offset, count, state }) => [start, `${size}`, `${offset}`, `${count}`, state]),
    )
    expect(long.map((c) => [c.cohort_start, c.size, c.offset, c.count, c.state])).toEqual(cells)
  })

  it('leaves future cells empty', async () => {
    const year = new Date().getUTCFullYear()
    const future = `/api/v1/retention?start=signup&return=active&period=year&from=${year}&rows=2&columns=2`
    const { rows } = await (await http.get(future)).json()
    expect(rows[0].state).toBe('open')
    expect(rows[1]).toMatchObject({ state: 'future', size: null })
    expect(await (await http.get(`${future}&format=csv`)).text()).toBe(
      `cohort,size,0,1\r\n${year},${rows[0].size},${rows[0].cells[0].count},\r\n${year + 1},,,\r\n`,
    )
  })

  it('gives zeros for an event that nobody marked', async () => {
    const { rows } = await (await http.get(GRID.replace('start=signup', 'start=nothing'))).json()
    expect(rows[0]).toMatchObject({ size: 0, cells: [{ count: 0 }, { count: 0 }] })
  })

  it.each([
    ['mode=on-or-after', [2, 1]],
    ['mode=on-or-before', [2, 1]],
    ['mode=every', [2, 1]],
    ['mode=every&base=previous', [2, 1]],
  ])('counts by %s', async (query, counts) => {
    const { rows, ...table } = await (await http.get(`${GRID}&${query}`)).json()
    expect(rows[0].cells.map(({ count }: { count: number }) => count)).toEqual(counts)
    expect(`mode=${table.mode}&base=${table.base}`).toContain(query)
  })

  it('counts by brackets, as JSON and as CSV', async () => {
    const path = `${GRID.replace('&columns=2', '')}&brackets=0,1-3`
    const table = await (await http.get(path)).json()
    expect(table.brackets).toEqual([
      [0, 0],
      [1, 3],
    ])
    expect(await (await http.get(`${path}&format=csv`)).text()).toBe(
      'cohort,size,0,1-3\r\n2025-W02,2,2,1\r\n2025-W03,1,1,0\r\n',
    )
    expect(await (await http.get(`${path}&format=csv&values=rate`)).text()).toContain(
      '2025-W02,2,1.0000,0.5000',
    )
  })

  const good = 'start=signup&return=active&period=week&from=2025-W02'
  it.each([
    ['', 'BAD_PARAMETER', 'start'],
    [`${good}&start=x`, 'BAD_PARAMETER', 'start'],
    [`${good}&who=`, 'BAD_PARAMETER', 'who'],
    [`${good}&who=%00`, 'BAD_PARAMETER', 'who'],
    [`${good}&who=${'x'.repeat(2001)}`, 'BAD_PARAMETER', 'who'],
    [`${good}&who=(`, 'BAD_EXPRESSION', 'who'],
    [`${good}&who=seg(x)`, 'UNKNOWN_SEGMENT', 'who'],
    [`${good}&rows=0`, 'BAD_ROWS', 'rows'],
    [`${good}&rows=366&columns=366`, 'TOO_LARGE', 'rows'],
    [`${good}&to=2025`, 'BAD_PARAMETER', 'to'],
    [`${good}&mode=never`, 'BAD_MODE', 'mode'],
    [`${good}&cohort=all`, 'BAD_COHORT', 'cohort'],
    [`${good}&base=previous`, 'BAD_MODE', 'base'],
    [`${good}&brackets=1,0`, 'BAD_PARAMETER', 'brackets'],
    [`${good}&which=missing`, 'BAD_PARAMETER', 'which'],
    [`${good}&format=xml`, 'BAD_PARAMETER', 'format'],
    [`${good}&format=csv&layout=x`, 'BAD_PARAMETER', 'layout'],
    [`${good}&format=csv&values=x`, 'BAD_PARAMETER', 'values'],
    [`${good}&unheard=1`, 'BAD_PARAMETER', 'unheard'],
    ['start=signup&return=active&period=week&from=%zz', 'BAD_PERIOD', 'from'],
    ['start=signup&return=active&period=eon', 'BAD_PERIOD', 'period'],
    ['start=signup@2025-W02&return=active&period=week&cohort=first', 'BAD_COHORT', 'start'],
  ])('refuses %.80s with 400', async (query, code, field) => {
    expect(await fault(await http.get(`/api/v1/retention?${query}`))).toMatchObject({
      status: 400,
      code,
      field,
    })
  })
})
