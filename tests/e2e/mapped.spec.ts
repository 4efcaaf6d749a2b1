import AxeBuilder from '@axe-core/playwright'
import { test as base, type Page } from '@playwright/test'
import { type ServedApp, startApp } from '../fixtures/app'
import { expect, watchFaults } from '../fixtures/page'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const ANN = 'ann@example.com'
const LONG = `${'long-'.repeat(51)}x`
const ODD = [
  'a/b?c=d#e',
  '100% & "more"',
  ' spaces  in between ',
  'ü@例え.jp',
  'first\r\nsecond',
  '<b>bold</b>',
  '%2F',
  LONG,
]
const DAY = '2026-01-05'
const QUESTION =
  'start=signup&return=active&period=week&from=2026-W02&rows=3&columns=3&mode=on&cohort=first&row=2026-W02'

const test = base.extend<{ faults: readonly string[] }, { place: { app: ServedApp; redis: PrivateRedis } }>({
  place: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs from here
    async ({}, use) => {
      const redis = await startRedis()
      const app = await startApp({ redisUrl: redis.url, env: { ID_MODE: 'mapped', LOG_LEVEL: 'silent' } })
      const users = [ANN, ...ODD, ...Array.from({ length: 1100 }, (_, i) => `user-${i}@example.com`)]
      const marks = users.flatMap((user, i) => [
        { event: 'signup', user, time: DAY },
        ...(i % 2 === 0 ? [{ event: 'active', user, time: '2026-01-13' }] : []),
      ])
      const answer = await fetch(`${app.url}/api/v1/marks`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ marks }),
      })
      if (!answer.ok) throw new Error(await answer.text())
      await use({ app, redis })
      await app.stop()
      await redis.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  faults: [
    async ({ page }, use) => {
      const faults = watchFaults(page)
      await use(faults)
      expect(faults).toEqual([])
    },
    { auto: true },
  ],
})

const userUrl = ({ url }: ServedApp, id: string) => `${url}/users/${encodeURIComponent(id)}`
const heading = (page: Page) => page.getByRole('heading', { level: 1 })

async function lookUp(page: Page, id: string) {
  await page.getByRole('main').getByLabel('User id').fill(id)
  await page.getByRole('button', { name: 'Look up' }).click()
}

test('a user is looked up by an e-mail address, from any page', async ({ page, place: { app } }) => {
  await page.goto(`${app.url}/settings`)
  await page.getByRole('textbox', { name: 'Find a user by id' }).fill(ANN)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(userUrl(app, ANN))
  await expect(heading(page)).toContainText(`User ${ANN}`)
  await expect(heading(page)).toContainText('was last active')
  await expect(page).toHaveTitle(`User ${ANN} · Bitcohort`)

  await page.goto(`${app.url}/users`)
  await lookUp(page, `  ${ANN} `)
  await expect(page).toHaveURL(userUrl(app, ANN))
  await page.goto(`${app.url}/users`)
  await lookUp(page, ODD[2] ?? '')
  await expect(page).toHaveURL(userUrl(app, ODD[2] ?? ''))
  await page.goto(`${app.url}/users`)
  await lookUp(page, 'nobody@example.com')
  await expect(page.getByRole('main').getByRole('alert')).toHaveText(
    /^No marks for nobody@example\.com since 5 Jan 2026\.$/,
  )
  await lookUp(page, 'é'.repeat(200))
  await expect(page.getByRole('main').getByRole('alert')).toContainText('a text of at most 256 bytes')
  await page.goto(`${app.url}/users?id=..`)
  await expect(page.getByRole('main').getByRole('alert')).toContainText('an address cannot hold this id')
})

for (const id of ODD)
  test(`the page of ${JSON.stringify(id).slice(0, 40)} is whole, and leads on`, async ({
    page,
    place: { app },
  }) => {
    await page.goto(userUrl(app, id))
    const shown = id.replace('\r\n', '␍␊')
    await expect(heading(page).locator('bdi')).toHaveText(shown, { useInnerText: false })
    await expect(page).toHaveTitle(`User ${shown.length > 20 ? `${shown.slice(0, 19)}…` : shown} · Bitcohort`)
    await expect(page.getByRole('heading', { name: /^Did user/ }).locator('bdi')).toHaveText(
      shown.length > 40 ? `${shown.slice(0, 39)}…` : shown,
    )
    await page.getByTestId('events').getByRole('link', { name: 'active' }).click()
    await expect(page).toHaveURL(/event=active/)
    expect(new URL(page.url()).pathname).toBe(new URL(userUrl(app, id)).pathname)
    await page.getByLabel('Date', { exact: true }).fill(DAY)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect(page).toHaveURL(/date=2026-01-05/)
    await page.getByLabel('Event').first().selectOption('signup')
    await expect(page.getByTestId('answers').locator('dd').nth(1)).toContainText('Yes')
    const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
    expect(fits).toBe(true)
  })

test('a change by hand is of the very id, and is undone', async ({ page, place: { app } }) => {
  const known = async (id: string) => {
    const answer = await fetch(`${app.url}/api/v1/users/${encodeURIComponent(id)}`)
    return (await answer.json()).attributes
  }
  // A form would send the line's end of the second one otherwise.
  for (const id of [ANN, 'first\r\nsecond', 'new@example.com']) {
    await page.goto(userUrl(app, id))
    const form = page.locator('form', { hasText: 'An attribute' })
    await form.getByLabel('Attribute').fill('vip')
    await form.getByRole('button', { name: 'Show the change' }).click()
    await expect(page.getByTestId('confirm')).toContainText('Set vip for user')
    await page.getByTestId('confirm').getByRole('button').click()
    await expect(page.getByTestId('flash')).toContainText('Set: the attribute')
    expect(await known(id)).toEqual(['vip'])
    expect(await known('first\nsecond')).toEqual([])
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByTestId('flash')).toContainText('Undone')
    expect(await known(id)).toEqual([])
  }
})

test('the users of a cell are their ids, page by page', async ({ page, context, place: { app } }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${app.url}/retention/users?${QUESTION}&offset=1`)
  await expect(heading(page)).toHaveText('555 users came back')
  const list = page.getByTestId('users').locator('li')
  await expect(list).toHaveCount(555)
  await expect(list.first()).toContainText(ANN)
  await expect(list.first().getByLabel('of the last 12 weeks')).toBeVisible()
  await page.getByRole('button', { name: `Copy ${ANN}` }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(ANN)
  await list.first().getByRole('link').click()
  await expect(page).toHaveURL(userUrl(app, ANN))

  await page.goto(`${app.url}/retention/users?${QUESTION}`)
  await expect(list).toHaveCount(1000)
  await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('1,000 of 1,109 on this page')
  await page.getByRole('link', { name: 'Next page' }).click()
  await expect(list).toHaveCount(109)
  await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('109 of 1,109 on this page')
  await expect(list.last()).toContainText('user-1099@example.com')
})

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 390])
    test(`no accessibility fault in ${colorScheme} at ${width} pixels`, async ({ page, place: { app } }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 844 })
      const paths = [
        '/users',
        '/users?id=%20',
        `/users/${encodeURIComponent(ANN)}`,
        `/users/${encodeURIComponent(LONG)}?ask=set&attribute=vip`,
        `/users/${encodeURIComponent(LONG)}?date=never`,
        '/users/nobody',
        `/retention/users?${QUESTION}&limit=25`,
        '/settings',
      ]
      for (const path of paths) {
        await page.goto(`${app.url}${path}`)
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
          path,
        ).toEqual([])
        const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
        expect(fits, `${path} is no wider than the window`).toBe(true)
      }
    })

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a user is looked up and changed', async ({ page, place: { app } }) => {
    await page.goto(`${app.url}/users`)
    await lookUp(page, ANN)
    await expect(page).toHaveURL(userUrl(app, ANN))
    await page.goto(`${userUrl(app, ANN)}?ask=set&attribute=gold`)
    await page.getByTestId('confirm').getByRole('button').click()
    await expect(page.getByTestId('flash')).toContainText(`Set gold for user ${ANN}`)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByTestId('flash')).toContainText('Undone')
  })
})
