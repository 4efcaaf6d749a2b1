import AxeBuilder from '@axe-core/playwright'
import { test as base, type Page } from '@playwright/test'
import { startApp } from '../fixtures/app'
import { expect, test, watchFaults } from '../fixtures/page'
import { startRedis } from '../fixtures/redis'
import { slowWayTo } from '../fixtures/slow'

const line = (page: Page) => page.getByRole('main').getByRole('status')

test('the settings say since when events are known, and look for new ones', async ({ page, site }) => {
  await page.goto(`${site.app.url}/settings`)
  await expect(line(page)).toHaveText(/^Events as of \d\d:\d\d:\d\d UTC: \d+\sevents, \d+\sattributes?\.$/)
  const before = await page.locator('main time').getAttribute('datetime')
  const count = Number((await line(page).textContent())?.match(/: (\d+)/)?.[1])
  await site.redis.client().setbit('trackist_elsewhere_2026-1', 7, 1)
  await page.waitForTimeout(1100)
  await page.getByRole('button', { name: 'Look for new events' }).click()
  await expect(line(page)).toContainText(`${count + 1}\u00a0events`)
  expect(await page.locator('main time').getAttribute('datetime')).not.toBe(before)
  await site.redis.client().del('trackist_elsewhere_2026-1')
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('new events are looked for', async ({ page, site }) => {
    await site.redis.client().setbit('trackist_unscripted_2026-1', 7, 1)
    await page.goto(`${site.app.url}/settings`)
    await page.getByRole('button', { name: 'Look for new events' }).click()
    await expect(line(page)).toContainText('Events as of')
    await page.goto(`${site.app.url}/users/7`)
    await expect(page.locator('#event-names option[value=unscripted]')).toHaveCount(1)
    await site.redis.client().del('trackist_unscripted_2026-1')
  })
})

base('a Redis that others filled shows how far its reading is, and then its report', async ({ page }) => {
  const faults = watchFaults(page)
  const redis = await startRedis()
  const client = redis.client()
  // What the Python library would have written, among many keys of others.
  await client.eval("for i = 1, 400000 do redis.call('set', 'other:' .. i, '') end", 0)
  for (const event of ['signup', 'active'])
    for (const period of ['2026-1-5', 'W2026-2', '2026-1'])
      await client.setbit(`trackist_${event}_${period}`, 3, 1)
  const slow = await slowWayTo(redis.port, 15)
  const app = await startApp({ redisUrl: `redis://127.0.0.1:${slow.port}`, env: { LOG_LEVEL: 'silent' } })
  await page.goto(`${app.url}/retention`)
  await expect(line(page)).toHaveText(/^Reading which events this Redis has: \d+\s%$/)
  await expect(page.getByText(/^[\d,]+ of 400,00\d keys/)).toBeVisible()
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations).toEqual([])
  await page.goto(`${app.url}/settings`)
  await expect(line(page)).toContainText('Reading which events this Redis has')
  await expect(line(page)).toHaveText(/^Events as of \d\d:\d\d:\d\d UTC: 2\sevents, 0\sattributes\.$/, {
    timeout: 40_000,
  })
  await page.goto(`${app.url}/retention`)
  await expect(page.getByTestId('grid')).toBeVisible()
  expect(faults).toEqual([])
  await app.stop()
  slow.stop()
  await redis.stop()
})
