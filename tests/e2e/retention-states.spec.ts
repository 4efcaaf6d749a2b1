import { test as base } from '@playwright/test'
import { startApp } from '../fixtures/app'
import { asOf, expect, expectGrid, loadSample, test, watchFaults, weeks } from '../fixtures/page'
import { startRedis } from '../fixtures/redis'

test('a link that cannot be read names the parameter and leads to a working report', async ({
  page,
  site,
}) => {
  await page.goto(`${site.app.url}/retention?start=signup&return=active&period=fortnight`)
  await expect(page.getByRole('alert').getByText('“period” cannot be read')).toBeVisible()
  await expect(page.getByText(/To mend it: .*day, week, month/)).toBeVisible()
  await page.getByRole('link', { name: 'Open the default report' }).click()
  await expect(page.getByTestId('grid')).toBeVisible()
})

for (const [query, field] of [
  ['start=web%20%26%20(', 'start'],
  ['rows=367', 'rows'],
  ['rows=300&columns=300', 'rows'],
  ['to=2025-W60', 'to'],
  ['start=a&start=b', 'start'],
  ['values=parts', 'values'],
  ['headline=-1', 'headline'],
  ['cohort=second', 'cohort'],
  ['mode=after', 'mode'],
  ['return=%00', 'return'],
] as const)
  test(`?${query} names “${field}”`, async ({ page, site }) => {
    const answer = await page.goto(`${site.app.url}/retention?${query}`)
    expect(answer?.status()).toBeLessThan(500)
    await expect(page.getByRole('alert').getByText(`“${field}” cannot be read`)).toBeVisible()
  })

test('weeks without sign-ups say so and lead to the nearest data', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention?to=2011-W20`)
  await expect(page.getByRole('heading', { name: 'Nobody did signup in these weeks' })).toBeVisible()
  await page.getByRole('button', { name: /^Show the nearest data/ }).click()
  await expect(page.getByTestId('grid')).toBeVisible()
})

test('an event that nobody did says that the return side is empty', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention?return=never`)
  await expect(page.getByRole('heading', { name: 'Nobody did never in these weeks' })).toBeVisible()
  await expect(page.getByText('There is no mark of never at all')).toBeVisible()
})

test('a question that cannot be answered says why, and the sentence is there to change it', async ({
  page,
  site,
}) => {
  await page.goto(`${site.app.url}/retention?start=attr(paid_user)`)
  const alert = page.getByRole('main').getByRole('alert')
  await expect(alert).toContainText('This report cannot be made')
  await expect(alert).toContainText('cohort=recurring')
  await page.getByLabel('Cohort: for the first time').click()
  await page.getByRole('option', { name: /every time/ }).click()
  await expect(page.getByTestId('grid')).toBeVisible()
})

test('an unknown address has a page', async ({ page, site }) => {
  const answer = await page.request.get(`${site.app.url}/nowhere`)
  expect(answer.status()).toBe(404)
})

base('hundreds of names are searched, and a long one is whole in its title', async ({ page }) => {
  const faults = watchFaults(page)
  const redis = await startRedis()
  const app = await startApp({ redisUrl: redis.url, env: { LOG_LEVEL: 'silent' } })
  const long = `checkout:${'a very long step, '.repeat(8)}done`
  const names = ['signup', long, ...Array.from({ length: 300 }, (_, k) => `event:${k}`)]
  try {
    const marks = names.map((event) => ({ event, user: 1 }))
    const answer = await page.request.post(`${app.url}/api/v1/marks`, { data: { marks } })
    expect(answer.status()).toBe(200)
    await page.goto(app.url)
    const picker = page.getByRole('button', { name: /^Return event/ })
    await picker.click()
    await page.getByLabel('Search Return event').fill('event:27')
    await expect(page.getByRole('option')).toHaveCount(11)
    await page.getByLabel('Search Return event').fill('step done')
    await page.keyboard.press('Enter')
    await expect(picker).toHaveAttribute('title', `"${long}"`)
    await expect(page.getByTestId('grid')).toBeVisible()
    expect(faults).toEqual([])
  } finally {
    await app.stop()
    await redis.stop()
  }
})

base('an empty project says how to begin', async ({ page }) => {
  const faults = watchFaults(page)
  const redis = await startRedis()
  const app = await startApp({ redisUrl: redis.url, env: { LOG_LEVEL: 'silent' } })
  try {
    await page.goto(app.url)
    await expect(page.getByRole('heading', { name: 'No events yet' })).toBeVisible()
    await expect(page.getByText('npm run import')).toBeVisible()
    await expect(page.getByRole('button', { name: /^Copy/ })).toHaveCount(3)
    expect(faults).toEqual([])
  } finally {
    await app.stop()
    await redis.stop()
  }
})

base('Redis gone says so, and the page goes on once it is back', async ({ page }) => {
  const faults = watchFaults(page, /503/)
  const options = { now: new Date(), seed: 3, users: 200, weeks: 6 }
  const redis = await startRedis()
  await loadSample(redis, options)
  const app = await startApp({ redisUrl: redis.url, env: { LOG_LEVEL: 'silent' } })
  const gone = page.getByRole('heading', { name: 'Redis does not answer' })
  try {
    await page.goto(app.url)
    await expect(page.getByTestId('grid')).toBeVisible()
    await redis.kill()

    // While the page stands: another question fails, and trying again succeeds without a reload.
    await page.getByLabel('Cohort: for the first time').click()
    await page.getByRole('option', { name: /every time/ }).click()
    await expect(gone).toBeVisible({ timeout: 10_000 })
    await expect(page.getByText('your data is as it was')).toBeVisible()
    await redis.restart()
    await loadSample(redis, options)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByTestId('grid')).toBeVisible({ timeout: 10_000 })

    // While the page is opened.
    await redis.kill()
    await page.reload()
    await expect(gone).toBeVisible()
    await redis.restart()
    await loadSample(redis, options)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByTestId('grid')).toBeVisible({ timeout: 10_000 })
    expect(faults).toEqual([])
  } finally {
    await app.stop()
    await redis.stop()
  }
})

test('the newest of several quick changes wins', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  await page.route('**/api/v1/retention?**cohort=recurring**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await route.continue().catch(() => undefined)
  })
  await page.getByLabel('Cohort: for the first time').click()
  await page.getByRole('option', { name: /every time/ }).click()
  await expect(page.locator('[aria-busy="true"]')).toBeVisible()
  await page.goBack()
  await expect(page.locator('[aria-busy="true"]')).toBeHidden()
  await expectGrid(page, site, weeks(await asOf(page)))
})
