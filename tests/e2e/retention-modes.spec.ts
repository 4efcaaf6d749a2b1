import { readGrid } from '../fixtures/grid'
import { asOf, expect, expectGrid, test, weeks } from '../fixtures/page'

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.app.url)
  await expect(page.getByTestId('grid')).toBeVisible()
})

test('every way of counting is picked in the sentence, and counts as the sets say', async ({
  page,
  site,
}) => {
  const query = weeks(await asOf(page))
  const choose = async (picker: RegExp, option: string) => {
    await page.getByLabel(picker).first().click()
    await page.getByRole('option', { name: option }).first().click()
  }
  await choose(/^Counted/, 'in that week or later')
  await expectGrid(page, site, { ...query, mode: 'on-or-after' })
  await expect(page.getByText('Numbers are to date')).toBeVisible()
  await choose(/^Counted/, 'at least once by then')
  await expectGrid(page, site, { ...query, mode: 'on-or-before' })
  await choose(/^Counted/, 'in every week until then')
  await expectGrid(page, site, { ...query, mode: 'every' })

  await choose(/^Share/, 'of the week before')
  await page.locator('label', { hasText: 'Users' }).click()
  await expectGrid(
    page,
    site,
    { ...query, mode: 'every', base: 'previous' },
    { values: 'count', order: 'newest' },
  )
  await page.locator('label', { hasText: '%' }).click()
  const [mean] = await readGrid(page)
  const { weighted } = site.oracle.retention({ ...query, mode: 'every', base: 'previous' }).mean
  expect(mean?.cells.map((text) => text === '–')).toEqual(weighted.map((rate) => rate === null))

  await choose(/^Counted/, 'in that week')
  await expectGrid(page, site, query)
})

test('custom columns are typed, checked in place, and named by their weeks', async ({ page, site }) => {
  const query = weeks(await asOf(page))
  await page.getByRole('button', { name: /^Weeks after/ }).click()
  const field = page.getByLabel('Custom columns')
  await field.fill('0, 4–2')
  await expect(page.getByText('offsets that ascend without overlapping')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Use these columns' })).toBeDisabled()
  await field.fill('0, 1–3, 4-7')
  await page.keyboard.press('Enter')
  const brackets = [
    [0, 0],
    [1, 3],
    [4, 7],
  ] as const
  await expectGrid(page, site, { ...query, brackets, columns: 8 })
  const heads = page.getByTestId('grid').locator('thead tr').first().getByRole('columnheader')
  expect((await heads.allInnerTexts()).slice(1)).toEqual(['Week 0', 'Weeks 1–3', 'Weeks 4–7'])
  await expect(page.getByTestId('figures')).toContainText('Weeks 1–3 retention')

  await page.locator('[data-r="6"][data-k="1"]').click()
  await expect(page.getByRole('dialog', { name: 'About this cell' })).toContainText('active at least once in')
})

test('hours can be picked, and say so where none are tracked', async ({ page }) => {
  await page.getByLabel('Period: week').click()
  await page.getByRole('option', { name: /^hour/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('in an')
  await expect(page.getByRole('heading', { name: /^Nobody did signup in these hours/ })).toBeVisible()
})
