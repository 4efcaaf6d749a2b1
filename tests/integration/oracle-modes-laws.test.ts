import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bracket, baseOf, type Mode, type RetentionTable, rateOf } from '../../lib/bitmapist'
import { seededRandom } from '../../scripts/sample/random'
import { requestOf } from '../fixtures/agreement'
import type { OracleRetentionQuery } from '../fixtures/oracle'
import { randomTiling } from '../fixtures/oracle-queries'
import { answerable, openWorld, type World } from '../fixtures/oracle-world'

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.stop())

/** What the definitions say that modes and brackets have to do with each other, cell by cell. */
describe('the modes and brackets of one question', () => {
  type Asked = (mode: Mode, brackets?: readonly Bracket[]) => Promise<RetentionTable>

  async function each(count: number, check: (ask: Asked, query: OracleRetentionQuery) => Promise<void>) {
    const random = seededRandom(20_261_126)
    for (const { brackets, ...query } of answerable(random, count)) {
      const request = { ...requestOf(query), base: 'cohort' as const, columns: Math.max(2, query.columns) }
      await check(
        (mode, tiles) => world.library(query.now).retention({ ...request, mode, brackets: tiles }),
        query,
      )
    }
  }
  const countsOf = ({ rows }: RetentionTable) =>
    rows.map(({ cells }) => cells.flatMap(({ count }) => count ?? []))
  /** Whether no count of a row is higher than the one before it. */
  const falls = (counts: readonly number[]) =>
    counts.every((count, k) => k === 0 || count <= (counts[k - 1] ?? 0))

  it('has brackets of one offset each for the very cells of mode=on', () =>
    each(60, async (ask) => {
      const { rows, mean, users } = await ask('on')
      const tiles = mean.rows.map((_, k): Bracket => [k, k])
      expect(await ask('on', tiles)).toMatchObject({ rows, mean, users })
    }))

  it('has on-or-before at k for the bracket from 1 to k, and never falls from 1 on', () =>
    each(60, async (ask) => {
      const upTo = countsOf(await ask('on-or-before'))
      const columns = Math.max(...upTo.map(({ length }) => length))
      if (columns === 0) return
      const brackets = Array.from({ length: columns }, (_, k): Bracket => (k === 0 ? [0, 0] : [1, k]))
      const within = countsOf(await ask('on', brackets))
      upTo.forEach((counts, r) => {
        expect(within[r]?.slice(0, counts.length)).toEqual(counts)
        expect(falls(counts.slice(1).reverse())).toBe(true)
      })
    }))

  it('has on-or-after for mode=on and all that comes later, and it never rises', () =>
    each(60, async (ask) => {
      const on = countsOf(await ask('on'))
      const [later, streak] = [countsOf(await ask('on-or-after')), countsOf(await ask('every'))]
      on.forEach((counts, r) => {
        expect(falls(later[r] ?? [])).toBe(true)
        expect(falls(streak[r] ?? [])).toBe(true)
        expect(streak[r]?.[0]).toBe(counts[0])
        counts.forEach((count, k) => {
          expect(later[r]?.[k]).toBeGreaterThanOrEqual(count)
          expect(streak[r]?.[k]).toBeLessThanOrEqual(count)
        })
      })
    }))

  it('has in brackets that tile the offsets at least the users of the bracket over all, in none more', () =>
    each(60, async (ask, { rows }) => {
      const tiles = randomTiling(seededRandom(rows), 1 + (rows % 5))
      const whole: Bracket = [0, tiles.at(-1)?.[1] ?? 0]
      const counts = countsOf(await ask('on', [...tiles, whole]))
      for (const [r, parts] of countsOf(await ask('on', tiles)).entries()) {
        // A row that has not begun has no cell with a count.
        const all = parts.length === 0 ? 0 : (counts[r]?.at(-1) ?? 0)
        expect(parts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(all)
        expect(Math.max(0, ...parts)).toBeLessThanOrEqual(all)
      }
    }))

  it('has with base=previous steps whose product is the streak’s own rate', () =>
    each(60, async (ask) => {
      for (const row of (await ask('every')).rows) {
        let product = rateOf(row.cells[0]?.count ?? null, row.size)
        row.cells.slice(1).forEach((cell, k) => {
          const step = rateOf(cell.count, baseOf(row, k + 1, 'previous'))
          if (product === null || step === null) return
          product *= step
          expect(product).toBeCloseTo(rateOf(cell.count, row.size) ?? Number.NaN, 12)
        })
      }
    }))
})
