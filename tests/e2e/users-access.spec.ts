import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { labelAt, shift } from '../fixtures/oracle-calendar'
import { asOf, expect, type Site, test, weeks } from '../fixtures/page'

async function expectNoViolations(page: Page, what: string) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  expect(said, what).toEqual([])
}

const QUESTION = 'start=signup&return=active&period=week&rows=13&columns=13&mode=on&cohort=first'

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 390])
    test(`no accessibility fault in ${colorScheme} at ${width} pixels`, async ({ page, site }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 844 })
      const row = shift(labelAt('week', Date.now()), -5)
      for (const path of [
        '/users',
        '/users?id=abc',
        '/users/1',
        '/users/99999',
        '/users/1?date=2026-07-17&ask=unmark&event=active',
        '/users/1?ask=set&attribute=vip',
        '/users/1?date=never',
        `/retention/users?${QUESTION}&row=${row}&offset=1`,
        `/retention/users?${QUESTION}&row=${row}&offset=1&which=missing`,
        '/settings',
      ]) {
        await page.goto(`${site.app.url}${path}`)
        await expectNoViolations(page, path)
        const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
        expect(fits, `${path} is no wider than the window`).toBe(true)
      }
      await page.goto(`${site.app.url}/retention?brackets=0,1-3,4-7`)
      await page.getByRole('button', { name: /^Weeks after/ }).click()
      await page.getByLabel('Custom columns').fill('3-1')
      await expect(page.getByText('offsets that ascend')).toBeVisible()
      await expectNoViolations(page, 'custom columns')
      await page.keyboard.press('Escape')
      await page.getByLabel('Counted: in').click()
      await expectNoViolations(page, 'the modes')
    })

/** The three ways in which a page of elsewhere, or a program, would send a form. */
const ORIGINS = [
  ['a foreign', 'http://evil.example'],
  ['a null', 'null'],
  ['no', undefined],
] as const

for (const [name, origin] of ORIGINS)
  test(`a form with ${name} Origin is refused and changes nothing`, async ({ page, site }) => {
    const redis = site.redis.client()
    const state = async () => {
      const keys = (await redis.keys('*')).sort()
      return Promise.all(keys.map(async (key) => [key, await redis.dump(key).then((dump) => dump?.length)]))
    }
    const before = await state()
    const bit = () => redis.getbit('trackist_vip_u', 1)

    // What the page's own form would send without scripts.
    await page.goto(`${site.app.url}/users/1?ask=set&attribute=vip`)
    const fields = await page
      .getByTestId('confirm')
      .locator('form')
      .evaluate((form) =>
        [...new FormData(form as HTMLFormElement)].map(([field, value]) => [field, String(value)]),
      )
    for (const path of ['/users/1', '/users', '/settings', '/retention']) {
      const body = new FormData()
      for (const [field, value] of fields) if (field) body.set(field, value ?? '')
      const answer = await fetch(`${site.app.url}${path}`, {
        method: 'POST',
        body,
        headers: origin === undefined ? {} : { origin },
        redirect: 'manual',
      })
      expect(answer.status, path).toBe(403)
    }
    expect(await bit()).toBe(0)
    expect(await state()).toEqual(before)
  })

/** The ids of a list, from its first page to its last. */
async function readList(page: Page): Promise<readonly number[]> {
  if ((await page.getByText('Nobody.').count()) > 0) return []
  const links = page.getByTestId('users').locator('a')
  const read = () => links.evaluateAll((all) => all.map((each) => Number(each.textContent)))
  const ids = await read()
  while ((await page.getByRole('link', { name: 'Next page' }).count()) > 0) {
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect(page.getByText(`after ${ids.at(-1)}`)).toBeVisible()
    ids.push(...(await read()))
  }
  return ids
}

const ascending = (set: ReadonlySet<number> | null) => [...(set ?? [])].sort((a, b) => a - b)

async function expectLists(
  page: Page,
  site: Site,
  question: string,
  query: Parameters<typeof site.oracle.members>[0],
) {
  for (const [row, column] of [
    [0, 1],
    [4, 2],
    [8, 1],
    [8, 2],
    [4, null],
    [null, 1],
  ] as const)
    for (const which of ['returned', 'missing'] as const) {
      if (column === null && which === 'missing') continue
      const label = row === null ? '' : `&row=${shift(query.first, row)}`
      const offset = column === null ? '' : `&offset=${query.brackets?.[column]?.[0] ?? column}`
      await page.goto(`${site.app.url}/retention/users?${question}${label}${offset}&which=${which}`)
      const expected = ascending(site.oracle.members(query, { row, column, which }))
      await expect(page.getByRole('heading', { level: 1 })).toContainText(
        `${expected.length.toLocaleString('en-US')}`,
      )
      expect(await readList(page), `${question}${label}${offset} ${which}`).toEqual(expected)
    }
}

test('every list is the sets’, in every mode', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  const query = weeks(await asOf(page))
  const base = `start=signup&return=active&period=week&rows=13&from=${query.first}&cohort=first`
  await expectLists(page, site, `${base}&columns=13&mode=on`, query)
  for (const mode of ['on-or-after', 'on-or-before', 'every'] as const)
    await expectLists(page, site, `${base}&columns=13&mode=${mode}`, { ...query, mode })
  const brackets = [
    [0, 0],
    [1, 3],
    [4, 7],
  ] as const
  await expectLists(page, site, `${base}&brackets=0,1-3,4-7`, { ...query, brackets, columns: 8 })
})

test('a cell, a size and a mean lead to their users, and on to one of them', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  const query = weeks(await asOf(page))
  const open = async (r: number, k: number) => {
    await page.locator(`[data-r="${r}"][data-k="${k}"]`).focus()
    await page.keyboard.press('Enter')
  }
  // The newest row is on top: row 4 of the grid is row 8 of the report.
  await open(4, 1)
  await page.getByRole('link', { name: /^Show the [\d,]+\susers?$/ }).click()
  await expect(page.getByTestId('users')).toBeVisible()
  const returned = ascending(site.oracle.members(query, { row: 8, column: 1, which: 'returned' }))
  expect(await readList(page)).toEqual(returned)
  await page.getByRole('link', { name: /^Did not/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('did not come back')
  expect(await readList(page)).toEqual(
    ascending(site.oracle.members(query, { row: 8, column: 1, which: 'missing' })),
  )
  await page.goBack()
  await page.goBack()

  await open(4, -1)
  await page.getByRole('link', { name: /^Show the/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('in the cohort')
  expect(await readList(page)).toEqual(
    ascending(site.oracle.members(query, { row: 8, column: null, which: 'returned' })),
  )
  await page.goBack()

  await open(-1, 1)
  await page.getByRole('link', { name: 'those who did not' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('did not come back')
  const missing = ascending(site.oracle.members(query, { row: null, column: 1, which: 'missing' }))
  expect(await readList(page)).toEqual(missing.slice(0, 1000))

  await page.getByTestId('users').locator('a').first().click()
  await expect(page).toHaveURL(`${site.app.url}/users/${missing[0]}`)
})

test('the dots beside an id are its last twelve weeks', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  const now = await asOf(page)
  const row = shift(labelAt('week', now.getTime()), -6)
  await page.goto(`${site.app.url}/retention/users?${QUESTION}&row=${row}&offset=1`)
  const read = await page
    .getByTestId('users')
    .locator('li')
    .evaluateAll((all) =>
      all.map((each) => [
        Number(each.querySelector('a')?.textContent),
        each.querySelector('svg[data-dots]')?.getAttribute('data-dots'),
      ]),
    )
  const periods = Array.from({ length: 12 }, (_, back) => shift(labelAt('week', now.getTime()), back - 11))
  const sets = periods.map((period) => site.oracle.matching({ event: 'active' }, period))
  expect(read).toEqual(
    read.map(([user]) => [user, sets.map((set) => (set.has(Number(user)) ? '1' : '0')).join('')]),
  )
})

test('pages of a thousand, and all as CSV', async ({ page, site }) => {
  await page.goto(`${site.app.url}/retention`)
  const now = await asOf(page)
  const query = { ...weeks(now), cohort: 'recurring' as const }
  const question = `start=signup&return=active&period=week&rows=13&columns=13&mode=on&cohort=recurring&from=${query.first}`
  const all = ascending(site.oracle.members(query, { row: null, column: null, which: 'returned' }))
  expect(all.length).toBeGreaterThan(2000)
  await page.goto(`${site.app.url}/retention/users?${question}`)
  expect(await readList(page)).toEqual(all)
  const href = await page.getByRole('link', { name: 'All as CSV' }).getAttribute('href')
  const csv = await (await page.request.get(`${site.app.url}${href}`)).text()
  expect(csv).toBe(`user\r\n${all.map((id) => `${id}\r\n`).join('')}`)
})

test('ids are copied', async ({ page, site, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${site.app.url}/users/7`)
  await page.getByRole('button', { name: 'Copy 7' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('7')
})
