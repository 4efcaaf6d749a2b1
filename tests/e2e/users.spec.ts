import type { Page } from '@playwright/test'
import { readGrid } from '../fixtures/grid'
import { labelAt } from '../fixtures/oracle-calendar'
import { asOf, expect, expectGrid, type Site, test, weeks } from '../fixtures/page'

/** A user of a closed cohort, with what the sets know of them. */
function someone({ oracle }: Site, now: Date) {
  const cohort = oracle.members(weeks(now), { row: 4, column: null, which: 'returned' }) ?? new Set()
  const paid = oracle.matching({ attribute: 'paid_user' }, '2026')
  const user = [...cohort].find((id) => !paid.has(id))
  if (user === undefined) throw new Error('the sample has a user without the attribute')
  return { user, paid }
}

const answers = (page: Page) =>
  page
    .getByTestId('answers')
    .locator('dd')
    .evaluateAll((all) => all.map((each) => each.firstElementChild?.textContent))

const yes = (is: boolean) => (is ? 'Yes' : 'No')

/** What the five answers should be for an event on a date; hours are not recorded. */
function expectedAnswers({ oracle }: Site, user: number, event: string, date: Date) {
  const has = (unit: 'day' | 'week' | 'month' | 'year') =>
    yes(oracle.matching({ event }, labelAt(unit, date.getTime())).has(user))
  return ['not recorded', has('day'), has('week'), has('month'), has('year')]
}

test('a user is found from any page, and every answer is the sets’', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  const { user } = someone(site, await asOf(page))
  await page.getByRole('textbox', { name: 'Find a user by id' }).fill(String(user))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`${site.app.url}/users/${user}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`User ${user}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('was last active')
  const now = await asOf(page)
  expect(await answers(page)).toEqual(expectedAnswers(site, user, 'active', now))

  await page.getByLabel('Event').first().selectOption('song:play')
  await expect(page.getByRole('heading', { name: `Did user ${user} do song:play?` })).toBeVisible()
  expect(await answers(page)).toEqual(expectedAnswers(site, user, 'song:play', now))

  const before = new Date(now.getTime() - 40 * 86_400_000)
  await page.getByLabel('Date', { exact: true }).fill(before.toISOString().slice(0, 10))
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page.getByTestId('answers').locator('dt').nth(1)).not.toHaveText('Today')
  expect(await answers(page)).toEqual(expectedAnswers(site, user, 'song:play', before))
})

test('the table and the calendar are the sets’', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  const now = await asOf(page)
  const { user } = someone(site, now)
  await page.goto(`${site.app.url}/users/${user}`)
  const rows = await page
    .getByTestId('events')
    .locator('tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)))
  for (const [event, ...cells] of rows)
    expect([event, ...cells]).toEqual([event, ...expectedAnswers(site, user, event ?? '', now)])

  const year = now.getUTCFullYear()
  const days = Array.from({ length: 366 }, (_, at) => labelAt('day', Date.UTC(year, 0, 1 + at))).filter(
    (day) => day.startsWith(String(year)) && site.oracle.matching({ event: 'active' }, day).has(user),
  )
  const links = page.getByTestId('calendar').locator('td[data-marked] a')
  const marked = await links.evaluateAll((all) =>
    all.map((each) => new URL((each as HTMLAnchorElement).href).searchParams.get('date')),
  )
  expect(marked).toEqual(days)
  await expect(page.getByRole('heading', { name: /^active on/ })).toContainText(`${days.length}`)
  await page.getByRole('link', { name: `‹ ${year - 1}` }).click()
  await expect(page.getByRole('heading', { name: `of ${year - 1}` })).toBeVisible()
})

test('unknown and impossible ids are answered plainly', async ({ page, site }) => {
  await page.goto(`${site.app.url}/users/99999`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    /^No marks for 99999 since \d{1,2} \w{3} \d{4}; the highest id is [\d,]+\.$/,
  )
  const form = page.getByRole('main')
  await form.getByLabel('User id').fill('12x')
  await form.getByRole('button', { name: 'Look up' }).click()
  await expect(form.getByRole('alert')).toContainText('“12x” is no user id')
  await form.getByLabel('User id').fill('88888')
  await form.getByRole('button', { name: 'Look up' }).click()
  await expect(form.getByRole('alert')).toContainText('No marks for 88888')
  await form.getByLabel('User id').fill('1')
  await form.getByRole('button', { name: 'Look up' }).click()
  await expect(page).toHaveURL(`${site.app.url}/users/1`)

  await page.goto(`${site.app.url}/users?id=abc`)
  await expect(form.getByRole('alert')).toContainText('“abc” is no user id')
  await page.goto(`${site.app.url}/users/1?date=yesterday`)
  await expect(form.getByRole('alert')).toContainText('“date” cannot be read')
})

/** Shows a change and makes it. */
async function makeChange(
  page: Page,
  how: { change: string; attribute?: string; event?: string; date?: string },
) {
  const form = page.locator('form', { hasText: how.attribute ? 'An attribute' : 'An event on a date' })
  await form.getByLabel('Change').selectOption(how.change)
  if (how.attribute) await form.getByLabel('Attribute').fill(how.attribute)
  if (how.event) await form.getByLabel('Event').fill(how.event)
  if (how.date) await form.getByLabel('On').fill(how.date)
  await form.getByRole('button', { name: 'Show the change' }).click()
  await page.getByTestId('confirm').getByRole('button').click()
  await expect(page.getByTestId('flash')).toBeVisible()
}

/** An attribute set by hand changes what the grid counts by it, and Undo takes that back. */
async function attributeChangesTheGrid(page: Page, site: Site) {
  await page.goto(`${site.app.url}/retention?who=attr(paid_user)`)
  const now = await asOf(page)
  const { user, paid } = someone(site, now)
  const before = await readGrid(page)
  const grid = page.url()

  await page.goto(`${site.app.url}/users/${user}`)
  await makeChange(page, { change: 'set', attribute: 'paid_user' })
  await expect(page.getByTestId('flash')).toContainText(`Set paid_user for user ${user}`)
  await expect(page.getByTestId('flash')).toContainText('Set: the attribute')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('paid_user')
  await page.goto(grid)
  // The sets with the one user more.
  const size = [...(site.oracle.members(weeks(now), { row: 4, column: null, which: 'returned' }) ?? [])]
  const more = size.filter((id) => paid.has(id) || id === user).length
  const changed = await readGrid(page)
  expect(changed[1 + 12 - 4]?.size).toBe(String(more))
  expect(before[1 + 12 - 4]?.size).toBe(String(more - 1))

  await page.goBack()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByTestId('flash')).toContainText('Undone')
  await page.goto(grid)
  expect(await readGrid(page)).toEqual(before)
}

test('an attribute set by hand changes the grid, and is undone', ({ page, site }) =>
  attributeChangesTheGrid(page, site))

test('an event marked by hand names its bits, and is undone to the bit', async ({ page, site }) => {
  const redis = site.redis.client()
  const user = 777_777
  const bits = async () =>
    Promise.all(
      ['2026-1-2', 'W2026-1', '2026-1'].map((period) => redis.getbit(`trackist_by-hand_${period}`, user)),
    )
  await page.goto(`${site.app.url}/users/${user}`)
  await makeChange(page, { change: 'mark', event: 'by-hand', date: '2026-01-02' })
  await expect(page.getByTestId('flash')).toContainText(
    'Set: day Fri 2 Jan 2026, week 29 Dec 2025 – 4 Jan 2026, month Jan 2026.',
  )
  expect(await bits()).toEqual([1, 1, 1])

  await makeChange(page, { change: 'mark', event: 'by-hand', date: '2026-01-02' })
  await expect(page.getByTestId('flash')).toContainText('Nothing changed')
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0)

  await makeChange(page, { change: 'unmark', event: 'by-hand', date: '2026-01-02' })
  expect(await bits()).toEqual([0, 0, 0])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByTestId('flash')).toContainText('Undone: Marked by-hand')
  expect(await bits()).toEqual([1, 1, 1])
  await makeChange(page, { change: 'unmark', event: 'by-hand', date: '2026-01-02' })
  expect(await bits()).toEqual([0, 0, 0])
})

test('hours that an unmark cleared come back with Undo', async ({ page, site }) => {
  const redis = site.redis.client()
  const hours = [3, 17].map((hour) => `trackist_hourly_2026-1-2-${hour}`)
  const keys = [...hours, 'trackist_hourly_2026-1-2', 'trackist_hourly_W2026-1', 'trackist_hourly_2026-1']
  for (const key of keys) await redis.setbit(key, 5, 1)
  const bits = () => Promise.all(keys.map((key) => redis.getbit(key, 5)))
  await page.goto(`${site.app.url}/users/5`)
  await makeChange(page, { change: 'unmark', event: 'hourly', date: '2026-01-02' })
  await expect(page.getByTestId('flash')).toContainText('hour 03:00–04:00, hour 17:00–18:00, day')
  expect(await bits()).toEqual([0, 0, 0, 0, 0])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByTestId('flash')).toContainText('Undone')
  expect(await bits()).toEqual([1, 1, 1, 1, 1])
  await redis.del(...keys)
})

test('a change that cannot be made says why, in place', async ({ page, site }) => {
  await page.goto(`${site.app.url}/users/1?ask=mark&event=bitop_x&date=2026-01-02`)
  const main = page.getByRole('main')
  await expect(main.getByRole('alert').or(page.getByTestId('confirm'))).toBeVisible()
  await page.goto(`${site.app.url}/users/1?ask=mark&event=active&date=2999-01-02`)
  await page.getByTestId('confirm').getByRole('button').click()
  await expect(page.getByTestId('confirm').getByRole('alert')).toContainText('a day until today')
})

test('display settings are kept, and are the defaults of links that do not say', async ({ page, site }) => {
  await page.goto(`${site.app.url}/settings`)
  await page.getByLabel('Dark').check()
  await page.getByLabel('Users', { exact: true }).check()
  await page.getByLabel('Oldest first').check()
  await page.getByRole('button', { name: 'Keep' }).click()
  await expect(page.getByText('Kept in this browser.')).toBeVisible()
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await expect.poll(background).toBe('rgb(26, 27, 30)')
  await page.goto(`${site.app.url}/retention`)
  expect(await background()).toBe('rgb(26, 27, 30)')
  await expectGrid(page, site, weeks(await asOf(page)), { values: 'count', order: 'oldest' })
  await page.goto(`${site.app.url}/retention?values=rate&order=newest`)
  await expectGrid(page, site, weeks(await asOf(page)))
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a user is looked up, changed, seen in the grid, and changed back', async ({ page, site }) => {
    await page.goto(`${site.app.url}/users`)
    await page.getByRole('main').getByLabel('User id').fill('x')
    await page.getByRole('button', { name: 'Look up' }).click()
    await expect(page.getByRole('main').getByRole('alert')).toContainText('“x” is no user id')
    await page.getByRole('main').getByLabel('User id').fill('1')
    await page.getByRole('button', { name: 'Look up' }).click()
    await expect(page).toHaveURL(`${site.app.url}/users/1`)
    await page.getByRole('textbox', { name: 'Find a user by id' }).fill('2')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(`${site.app.url}/users/2`)
    await attributeChangesTheGrid(page, site)
  })

  test('display settings are kept', async ({ page, site }) => {
    await page.goto(`${site.app.url}/settings`)
    await page.getByLabel('Dark').check()
    await page.getByRole('button', { name: 'Keep' }).click()
    await expect(page.getByText('Kept in this browser.')).toBeVisible()
    await page.goto(`${site.app.url}/users`)
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  })
})
