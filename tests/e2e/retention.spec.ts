import { expectedMeans, readGrid } from '../fixtures/grid'
import { labelAt, shift } from '../fixtures/oracle-calendar'
import { asOf, expect, expectGrid, test, weeks } from '../fixtures/page'

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.app.url)
  await expect(page.getByTestId('grid')).toBeVisible()
})

test('home opens the report with every default in its URL', async ({ page, site }) => {
  const url = new URL(page.url())
  expect(url.pathname).toBe('/retention')
  const params = Object.fromEntries(url.searchParams)
  expect(params).toEqual({
    start: 'signup',
    return: 'active',
    period: 'week',
    to: labelAt('week', Date.now()),
    rows: '13',
    columns: '13',
    mode: 'on',
    cohort: 'first',
    values: 'rate',
    order: 'newest',
    heat: 'scale',
    view: 'table',
    headline: '1',
  })
  await expectGrid(page, site, weeks(await asOf(page)))
  await expect(page).toHaveTitle('signup → active, retention · Bitcohort')
})

test('the mean row is the weighted mean of the closed cells', async ({ page, site }) => {
  const [mean] = await readGrid(page)
  expect(mean?.cells).toEqual(expectedMeans(site.oracle.retention(weeks(await asOf(page)))))
})

test('the table begins at most 320 pixels down', async ({ page }) => {
  const box = await page.getByTestId('grid').boundingBox()
  expect(box?.y).toBeLessThanOrEqual(320)
})

test('every control changes the numbers as the sets say, and back and forward undo and redo it', async ({
  page,
  site,
}) => {
  const now = await asOf(page)
  const query = weeks(now)
  const choose = async (picker: string, option: string | RegExp) => {
    await page.getByLabel(picker, { exact: false }).first().click()
    await page.getByRole('option', { name: option }).first().click()
  }

  await page.getByRole('button', { name: /^Return event/ }).click()
  await page.getByLabel('Search Return event').fill('play')
  await page.getByRole('option', { name: /^song:play/ }).click()
  const played = { ...query, return: { event: 'song:play' } }
  await expectGrid(page, site, played)

  await choose('Cohort: for the first time', 'every time')
  const everyTime = { ...played, cohort: 'recurring' as const }
  await expectGrid(page, site, everyTime)

  await page.getByRole('button', { name: /^Start event/ }).click()
  await page.getByLabel('Search Start event').fill('active & ios')
  await page.getByRole('option', { name: /Use/ }).click()
  const onPhones = {
    ...everyTime,
    start: { op: '&' as const, of: [{ event: 'active' }, { event: 'ios' }] as const },
  }
  await expectGrid(page, site, onPhones)

  await page.getByRole('button', { name: '+ who also' }).click()
  await page.getByRole('textbox', { name: 'Who also' }).fill('attr(paid_user) - web')
  await page.getByRole('button', { name: 'Apply' }).click()
  const who = { op: '-' as const, of: [{ attribute: 'paid_user' }, { event: 'web' }] as const }
  await expectGrid(page, site, { ...onPhones, who })
  await expect(page.getByText('Attributes are as of now')).toBeVisible()
  await expect(
    page.getByText(/^Exact as of \d\d:\d\d:\d\d UTC: every mark until then is counted\.$/),
  ).toBeVisible()

  await page.getByRole('button', { name: 'Remove Who also' }).click()
  await page.getByRole('button', { name: /^Weeks after/ }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Weeks after' }).fill('5')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Cohorts/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: '9' }).click()
  await page.getByRole('button', { name: /^Up to/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^last week/ })
    .click()
  const last = shift(labelAt('week', now.getTime()), -1)
  const small = { ...onPhones, rows: 9, columns: 6, first: shift(last, -8) }
  await expectGrid(page, site, small)

  await page.goBack()
  await expectGrid(page, site, { ...small, first: shift(small.first, 1) })
  await page.goForward()
  await expectGrid(page, site, small)
})

for (const [unit, option] of [
  ['day', /^day/],
  ['month', /^month/],
] as const)
  test(`by ${unit} the grid has that unit’s usual size`, async ({ page, site }) => {
    const now = await asOf(page)
    await page.getByLabel('Period: week').click()
    await page.getByRole('option', { name: option }).click()
    const side = unit === 'day' ? 31 : 13
    const first = shift(labelAt(unit, now.getTime()), 1 - side)
    await expectGrid(page, site, { ...weeks(now), first, rows: side, columns: side })
  })

test('counts, order and colours are in the URL, and a copied link shows the same', async ({
  page,
  site,
  context,
}) => {
  const query = weeks(await asOf(page))
  await page.locator('label', { hasText: 'Users' }).click()
  await page.getByText('Oldest first').click()
  await page.getByText('Against the mean').click()
  await page.getByRole('button', { name: 'Week 3' }).click()
  await expectGrid(page, site, query, { values: 'count', order: 'oldest' })
  await expect(page.getByTestId('figures')).toContainText('Week-3 retention')
  await expect(page).toHaveURL(/values=count&order=oldest&heat=mean&view=table&headline=3/)

  const copy = await context.newPage()
  await copy.goto(page.url())
  await expectGrid(copy, site, query, { values: 'count', order: 'oldest' })
  await expect(copy.getByTestId('figures')).toContainText('Week-3 retention')
})

test('a cell’s tooltip says what its numbers are', async ({ page, site }) => {
  const table = site.oracle.retention(weeks(await asOf(page)))
  const row = table.rows.at(-4)
  const cell = row?.cells[2]
  await page.locator('[data-r="3"][data-k="2"]').hover()
  const tooltip = page.getByRole('tooltip')
  await expect(tooltip).toContainText(`${cell?.count} of ${row?.size} came back`)
  await expect(tooltip).toContainText(/\(95.%: \d+\.\d–\d+\.\d\) · active in .* · signup in .* · closed/)
  await page.locator('[data-r="3"][data-k="3"]').hover()
  await expect(tooltip).toContainText(/so far; closes Sun \d+ \w+, 24:00 UTC/)
})

test('the curves have a tab of their own', async ({ page }) => {
  await page.getByRole('tab', { name: 'Curves' }).click()
  await expect(page.getByRole('img', { name: /Retention curves/ })).toBeVisible()
  await expect(page).toHaveURL(/view=curves/)
})
