import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { shift } from '../fixtures/oracle-calendar'
import { asOf, expect, test, weeks } from '../fixtures/page'

/** Downloads by the export menu; the rows of the file, whose lines end as RFC 4180 has it. */
async function download(page: Page, item: string): Promise<string[][]> {
  await page.getByRole('button', { name: 'Export' }).click()
  const waiting = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: item, exact: true }).click()
  const file = await waiting
  const text = await readFile(await file.path(), 'utf8')
  expect(file.suggestedFilename()).toMatch(/\.csv$/)
  expect(text.endsWith('\r\n')).toBe(true)
  return parse(text)
}

test.beforeEach(async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
})

test('Counts has a row a cohort with the oracle’s counts', async ({ page, site }) => {
  const table = site.oracle.retention(weeks(await asOf(page)))
  const [head, ...rows] = await download(page, 'Counts')
  expect(head).toEqual(['cohort', 'size', ...Array.from({ length: 13 }, (_, k) => String(k))])
  expect(rows).toEqual(
    table.rows.map(({ label, size, cells }) => [
      label,
      String(size ?? ''),
      ...cells.map(({ count }) => String(count ?? '')),
    ]),
  )
})

test('Percentages has rates to four decimals', async ({ page, site }) => {
  const table = site.oracle.retention(weeks(await asOf(page)))
  const [, ...rows] = await download(page, 'Percentages')
  const rate = (count: number | null, size: number | null) => (count === null || !size ? null : count / size)
  for (const [r, row] of table.rows.entries())
    for (const [k, { count }] of row.cells.entries()) {
      const written = rows[r]?.[k + 2] ?? ''
      const expected = rate(count, row.size)
      if (expected === null) expect(written).toBe('')
      else {
        expect(written).toMatch(/^[01]\.\d{4}$/)
        expect(Math.abs(Number(written) - expected)).toBeLessThanOrEqual(0.00005000001)
      }
    }
})

test('One row per cell has every cell with its period and state', async ({ page, site }) => {
  const table = site.oracle.retention(weeks(await asOf(page)))
  const [head, ...rows] = await download(page, 'One row per cell, with state')
  expect(head?.join()).toBe(
    'cohort_start,cohort_end,size,size_state,offset,period_start,period_end,count,rate,state',
  )
  const monday = (label: string, weeksOn: number) => startOfWeek(shift(label, weeksOn))
  const seen = rows.map(([start, , size, sizeState, offset, at, , count, , state]) =>
    [start, size, sizeState, offset, at, count, state].join(),
  )
  expect(seen).toEqual(
    table.rows.flatMap((row) =>
      row.cells.map(({ offset, count, state }) =>
        [row.start, row.size ?? '', row.state, offset, monday(row.label, offset), count ?? '', state].join(),
      ),
    ),
  )
})

/** The Monday of an ISO week, by the rule that 4 January lies in week 1. */
function startOfWeek(label: string): string {
  const [year, week] = label.split('-W').map(Number)
  const fourth = new Date(Date.UTC(year ?? 0, 0, 4))
  const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * 86_400_000
  return new Date(monday + ((week ?? 1) - 1) * 7 * 86_400_000).toISOString().slice(0, 10)
}
