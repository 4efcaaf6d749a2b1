import fc from 'fast-check'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, day, offset, type Period, parseExpression } from '../../lib/bitmapist'
import { eventKey } from '../../lib/bitmapist/key'
import { clientRows, trackedClients } from '../fixtures/clients'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const FIRST = day(2025, 1, 6)
const DAYS = 4
const NOW = new Date('2025-01-09T12:00:00Z')
const NAMES = ['a', 'b', 'c'] as const
/** Ids from the first bytes to far behind them, some in one chunk, some not. */
const IDS = [0, 1, 7, 8, 130, 9000, 131_071, 131_072, 140_000, 3_000_000, 3_000_001]

let redis: PrivateRedis
let writer: Redis

beforeAll(async () => {
  redis = await startRedis()
  writer = redis.client()
})
afterAll(() => redis.stop())

function open(cacheBytes: number): Bitmapist {
  return new Bitmapist({ redis: redis.client(), cacheBytes, clock: () => NOW, prefix: 'p_' })
}

const name = fc.constantFrom(...NAMES)
const which = fc.integer({ min: 0, max: DAYS - 1 })
const user = fc.constantFrom(...IDS)
const reader = fc.constantFrom(0, 1)

/** Connections that hear of changes, those whose reads are tracked, and all others but the writer's. */
const KINDS = ['listeners', 'readers', 'others'] as const
type Kind = (typeof KINDS)[number]

async function kill(kind: Kind): Promise<void> {
  const { listeners, readers } = await trackedClients(writer)
  const own = String(await writer.client('ID'))
  const others = (await clientRows(writer)).flatMap(({ id = '' }) =>
    [own, ...listeners, ...readers].includes(id) ? [] : [id],
  )
  for (const id of { listeners, readers, others }[kind]) await writer.client('KILL', 'ID', id)
}

type Step =
  | {
      readonly do: 'write'
      readonly name: string
      readonly at: number
      readonly user: number
      readonly bit: 0 | 1
    }
  | {
      readonly do: 'mark'
      readonly by: number
      readonly name: string
      readonly at: number
      readonly user: number
    }
  | { readonly do: 'remove'; readonly name: string; readonly at: number }
  | { readonly do: 'kill'; readonly which: Kind }
  | { readonly do: 'restart' }
  | { readonly do: 'count'; readonly by: number; readonly at: number }
  | { readonly do: 'grid'; readonly by: number; readonly cohort: 'first' | 'recurring' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write'), name, at: which, user, bit: fc.constantFrom(0, 1) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('mark'), by: reader, name, at: which, user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), name, at: which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('kill'), which: fc.constantFrom(...KINDS) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('count'), by: reader, at: which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('grid'),
      by: reader,
      cohort: fc.constantFrom('first', 'recurring'),
    }),
  },
) as fc.Arbitrary<Step>

/** Everybody's marks. */
class Model {
  private readonly sets = new Map<string, Set<number>>()

  of(event: string, at: number): Set<number> {
    const key = `${event} ${at}`
    const set = this.sets.get(key) ?? new Set()
    this.sets.set(key, set)
    return set
  }

  clear(): void {
    this.sets.clear()
  }

  /** `(a | b) - c` */
  expression(at: number): number {
    const any = new Set([...this.of('a', at), ...this.of('b', at)])
    return [...any].filter((id) => !this.of('c', at).has(id)).length
  }

  /** Rows of `a`, who came in an earlier one left out for `first`; the counts of `b`. */
  grid(cohort: 'first' | 'recurring'): (number | null)[][] {
    const before = new Set<number>()
    return Array.from({ length: DAYS }, (_, r) => {
      const row = [...this.of('a', r)].filter((id) => cohort === 'recurring' || !before.has(id))
      for (const id of this.of('a', r)) before.add(id)
      const cells = Array.from({ length: DAYS }, (__, k) =>
        r + k < DAYS ? row.filter((id) => this.of('b', r + k).has(id)).length : null,
      )
      return [row.length, ...cells]
    })
  }
}

const EXPRESSION = parseExpression('(a | b) - c')
const GRID = {
  start: parseExpression('a'),
  return: parseExpression('b'),
  first: FIRST,
  rows: DAYS,
  columns: DAYS,
}
const dayAt = (at: number): Period => offset(FIRST, at)

async function play(readers: readonly Bitmapist[], model: Model, one: Step): Promise<void> {
  const by = (i: number) => readers[i] as Bitmapist
  switch (one.do) {
    case 'write':
      await writer.setbit(eventKey('p_', one.name, dayAt(one.at)), one.user, one.bit)
      if (one.bit) model.of(one.name, one.at).add(one.user)
      else model.of(one.name, one.at).delete(one.user)
      return
    case 'mark':
      await by(one.by).mark([
        { event: one.name, user: one.user, time: new Date(Date.UTC(2025, 0, 6 + one.at)) },
      ])
      model.of(one.name, one.at).add(one.user)
      return
    case 'remove':
      await writer.del(eventKey('p_', one.name, dayAt(one.at)))
      model.of(one.name, one.at).clear()
      return
    case 'kill':
      await kill(one.which)
      return
    case 'restart':
      await redis.restart()
      model.clear()
      return
    case 'count':
      expect(await by(one.by).count(EXPRESSION, dayAt(one.at))).toBe(model.expression(one.at))
      return
    case 'grid': {
      const table = await by(one.by).retention({ ...GRID, cohort: one.cohort })
      const found = table.rows.map(({ size, cells }) => [size, ...cells.map((cell) => cell.count)])
      expect(found).toEqual(model.grid(one.cohort))
      return
    }
    default:
      return one satisfies never
  }
}

describe('the caches of two processes', () => {
  it('answer as if they were not there, whatever a third writes', async () => {
    const limits = fc.constantFrom(3000, 20_000, 200_000, 64 * 1024 * 1024)
    // After a connection was lost nothing is kept for a moment: most walks go without.
    const calm = step.filter((each) => each.do !== 'kill' && each.do !== 'restart')
    const walk = fc.oneof(
      { weight: 3, arbitrary: fc.array(calm, { maxLength: 80 }) },
      { weight: 1, arbitrary: fc.array(step, { maxLength: 80 }) },
    )
    const property = fc.asyncProperty(limits, limits, walk, async (one, other, steps) => {
      await writer.flushall()
      const readers = [open(one), open(other)]
      const model = new Model()
      try {
        for (const each of steps) await play(readers, model, each)
      } finally {
        for (const bm of readers) bm.close()
      }
    })
    await fc.assert(property, { seed: 20250106, numRuns: 60 })
  })

  it('hold each mark that was acknowledged before the question, while others are being written', async () => {
    await writer.flushall()
    const readers = [open(64 * 1024 * 1024), open(100_000)]
    const key = eventKey('p_', 'a', FIRST)
    let acknowledged = 0
    let sent = 0
    let isOver = false
    const write = async () => {
      while (!isOver) {
        sent++
        await writer.setbit(key, sent * 37, 1)
        acknowledged++
        if (sent % 50 === 0) await kill(KINDS[(sent / 50) % KINDS.length] ?? 'listeners')
      }
    }
    const ask = async (bm: Bitmapist) => {
      for (let i = 0; i < 600; i++) {
        const least = acknowledged
        const users = await bm.count(parseExpression('a'), FIRST)
        expect(users).toBeGreaterThanOrEqual(least)
        expect(users).toBeLessThanOrEqual(sent)
      }
    }
    const writing = write()
    await Promise.all(readers.map(ask)).finally(() => {
      isOver = true
    })
    await writing
    for (const bm of readers) {
      expect(await bm.count(parseExpression('a'), FIRST)).toBe(acknowledged)
      bm.close()
    }
  })
})
