import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attribute, parsePeriod } from '../../lib/bitmapist'
import type { System } from '../fixtures/golden'
import { anyEventOf, type ExpectedTable, openDataSet, readRecords } from '../fixtures/real-data'
import { NO_SHARED, sharedFolder } from '../fixtures/shared'

interface Segments {
  readonly periods: readonly string[]
  readonly attribute_user_counts: Readonly<Record<string, number>>
  readonly segments: Readonly<
    Record<string, Pick<ExpectedTable, 'sizes' | 'counts'> & { readonly users: number }>
  >
}

/**
 * segments_month.json gives each user the country of their first invoice. Ours are all countries that a user ever
 * bought from, and 8 users have two of them: [ours, theirs].
 */
const TWO_COUNTRIES = {
  Austria: [11, 9],
  Belgium: [25, 24],
  Cyprus: [8, 7],
  Denmark: [9, 8],
  Spain: [31, 29],
  Switzerland: [21, 20],
}

const shared = sharedFolder()

if (shared === null) it.skip(`segments of real data (${NO_SHARED})`, () => {})
else describe('online_retail/expected/segments_month.json', () => segmentsAgree(join(shared, 'data')))

function segmentsAgree(folder: string): void {
  const files = join(folder, 'online_retail')
  const expected: Segments = JSON.parse(readFileSync(join(files, 'expected', 'segments_month.json'), 'utf8'))
  const countries = Object.keys(expected.attribute_user_counts)
  let system: System
  beforeAll(async () => {
    system = await openDataSet('online_retail', folder)
    const first = new Map(
      readRecords(join(files, 'events.csv'))
        .toReversed()
        .map((row) => [Number(row.user_id), row.attribute]),
    )
    await system.bm.mark([...first].map(([user, country]) => ({ attribute: `first:${country}`, user })))
  })
  afterAll(() => system?.stop())

  const usersBy = async (prefix: string) =>
    Object.fromEntries(
      await Promise.all(
        countries.map(async (name) => [name, await system.bm.getAttribute(prefix + name).count()] as const),
      ),
    )

  it('has every country as an attribute', async () => {
    const { attributes } = await system.bm.events()
    expect(attributes.filter((name) => name.startsWith('country:'))).toEqual(
      countries.map((name) => `country:${name}`).sort(),
    )
  })

  it('counts the users of each country, but for the 8 who have two', async () => {
    const theirs = expected.attribute_user_counts
    const ours = await usersBy('country:')
    const differing = countries.filter((name) => ours[name] !== theirs[name]).sort()
    expect(Object.fromEntries(differing.map((name) => [name, [ours[name], theirs[name]]]))).toEqual(
      TWO_COUNTRIES,
    )
    expect(await usersBy('first:')).toEqual(theirs)
  })

  it.each(Object.entries(expected.segments))(
    'gives the first cohorts of %s by who',
    async (country, { users, sizes, counts }) => {
      const active = anyEventOf('online_retail')
      const columns = expected.periods.length
      const report = await system.bm.retention({
        start: active,
        return: active,
        who: attribute(`first:${country}`),
        cohort: 'first',
        first: parsePeriod(expected.periods[0] ?? ''),
        rows: columns,
        columns,
      })
      expect(report.users).toBe(users)
      expect(report.rows.map((row) => row.size)).toEqual(sizes)
      expect(report.rows.map((row, r) => row.cells.slice(0, columns - r).map((cell) => cell.count))).toEqual(
        counts,
      )
    },
  )
}
