import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { readGrid } from '../fixtures/grid'
import { expect, test } from '../fixtures/page'

async function expectNoViolations(page: Page, what: string) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  expect(said, what).toEqual([])
}

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 390])
    test(`no accessibility fault in ${colorScheme} at ${width} pixels`, async ({ page, site }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 844 })
      await page.goto(`${site.app.url}/retention`)
      await expect(page.getByTestId('grid')).toBeVisible()
      await expectNoViolations(page, 'the report')

      await page.locator('label', { hasText: 'Against the mean' }).click()
      await expectNoViolations(page, 'colours against the mean')

      await page.getByRole('button', { name: /^Start event/ }).click()
      await expect(page.getByRole('option').first()).toBeVisible()
      await expectNoViolations(page, 'the event picker')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: /^Up to/ }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await expectNoViolations(page, 'the end picker')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: '+ who also' }).click()
      await page.getByRole('textbox', { name: 'Who also' }).fill('web & (')
      await expect(page.getByText('Position 8')).toBeVisible()
      await expectNoViolations(page, 'a wrong expression')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: 'Theme' }).click()
      await expectNoViolations(page, 'the theme menu')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Export' }).click()
      await expectNoViolations(page, 'the export menu')
      await page.keyboard.press('Escape')
      await page.locator('[data-r="2"][data-k="1"]').click()
      await expectNoViolations(page, 'a cell’s detail')

      const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
      expect(fits, 'nothing is wider than the window').toBe(true)
    })

test('the whole page can be used by the keyboard alone', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  await expect(page.getByTestId('grid')).toBeVisible()
  const before = await readGrid(page)
  const reach = async (name: RegExp) => {
    const target = page.locator('h1').getByLabel(name).or(page.locator('h1').getByRole('button', { name }))
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab')
      if (await target.first().evaluate((element) => element === document.activeElement)) return
    }
    throw new Error(`Tab does not reach ${name}`)
  }

  await reach(/^Return event/)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Search Return event')).toBeFocused()
  await page.keyboard.type('song')
  await expect(page.locator('[data-combobox-selected]')).toContainText('song:play')
  await page.keyboard.press('Enter')
  await expect.poll(() => readGrid(page)).not.toEqual(before)
  await expect(page.getByRole('button', { name: 'Return event: song:play' })).toBeFocused()

  await reach(/^Up to/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^this week/ })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Up to: last week' })).toBeFocused()
})

test('the arrow keys move in the grid, and Enter opens a cell', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  const at = (r: number, k: number) => page.locator(`[data-r="${r}"][data-k="${k}"]`)
  await at(2, 1).focus()
  await page.keyboard.press('ArrowRight')
  await expect(at(2, 2)).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(at(3, 2)).toBeFocused()
  await page.keyboard.press('Home')
  await expect(at(3, -1)).toBeFocused()
  await page.keyboard.press('End')
  await expect(at(3, 12)).toBeFocused()
  await page.keyboard.press('Control+Home')
  await expect(at(-2, 0)).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('figures')).toContainText('Week-2 retention')

  await at(4, 1).focus()
  await page.keyboard.press('Enter')
  const detail = page.getByRole('dialog', { name: 'About this cell' })
  await expect(detail).toContainText('came back')
  await page.keyboard.press('Escape')
  await expect(detail).toBeHidden()
  await expect(at(4, 1)).toBeFocused()

  // One stop for Tab: the next one leaves the grid.
  await page.keyboard.press('Tab')
  await expect(page.getByTestId('grid').locator(':focus')).toHaveCount(0)
})

test('the theme is chosen, kept, and right in the first frame', async ({ page, site }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(`${site.app.url}/retention`)
  await page.getByRole('button', { name: 'Theme' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await expect.poll(background).toBe('rgb(26, 27, 30)')
  await page.reload({ waitUntil: 'commit' })
  await page.waitForFunction(() => document.body !== null)
  expect(await background()).toBe('rgb(26, 27, 30)')
})

test('the rail collapses to icons and stays so; on a phone it is a drawer', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  await page.getByRole('button', { name: 'Collapse' }).click()
  await page.reload()
  await expect(page.getByRole('button', { name: 'Expand' })).toBeVisible()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('button', { name: 'Menu' }).click()
  await expect(page.getByRole('dialog').getByRole('link', { name: 'Retention' })).toBeVisible()
})
