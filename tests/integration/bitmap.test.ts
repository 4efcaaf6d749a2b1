import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  and,
  attribute,
  type Bitmap,
  Bitmapist,
  type Expression,
  event,
  minus,
  not,
  or,
  parsePeriod,
  startOf,
  xor,
} from '../../lib/bitmapist'
import { matches } from '../fixtures/expressions'
import { collect } from '../fixtures/golden'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const MONTHS = ['2024-01', '2024-02', '2025-01'].map((text) => parsePeriod(text))
const EVENTS = ['a', 'b', 'never']
const ATTRIBUTES = ['paid', 'nobody']
/** Around the ends of bytes, words and blocks, so that bitmaps end apart from each other. */
const USERS = [
  0, 1, 7, 8, 63, 64, 127, 128, 129, 1_000, 4_095, 4_096, 65_535, 65_536, 2_097_151, 2_097_152, 2_097_153,
]

let server: PrivateRedis
let bm: Bitmapist
/** Who is in what: an event's month, or an attribute. */
const sets = new Map<string, ReadonlySet<number>>()
const nameOf = (leaf: Expression) => JSON.stringify(leaf)

beforeAll(async () => {
  server = await startRedis()
  bm = new Bitmapist({ redis: server.client(), clock: () => new Date('2026-11-24T00:00:00Z') })
  for (const [i, name] of EVENTS.entries())
    for (const [m, month] of MONTHS.entries()) {
      const users = name === 'never' ? [] : USERS.filter((user) => (user + i + m * 3) % (i + m + 2) === 0)
      await bm.mark(users.map((user) => ({ event: name, user, time: startOf(month) })))
      sets.set(nameOf(event(name, month)), new Set(users))
    }
  await bm.mark([1, 64, 2_097_153].map((user) => ({ attribute: 'paid', user })))
  sets.set(nameOf(attribute('paid')), new Set([1, 64, 2_097_153]))
})
afterAll(() => server.stop())

const isIn = (user: number) => (leaf: Expression) => sets.get(nameOf(leaf))?.has(user) ?? false
const known = () => USERS.filter((user) => [...sets.values()].some((users) => users.has(user)))

const leaves = fc.oneof(
  fc.tuple(fc.constantFrom(...EVENTS), fc.constantFrom(...MONTHS)).map(([name, month]) => event(name, month)),
  fc.constantFrom(...ATTRIBUTES).map((name) => attribute(name)),
)
const trees: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => {
  const items = fc.array(tie('tree'), { minLength: 1, maxLength: 3 })
  return {
    tree: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'tree' },
      leaves,
      items.map((parts) => and(...parts)),
      items.map((parts) => or(...parts)),
      items.map((parts) => xor(...parts)),
      fc.tuple(tie('tree'), items).map(([from, remove]) => minus(from, ...remove)),
      tie('tree').map(not),
    ),
  }
}).tree

/** The same set, put together by handles alone. */
function handleOf(tree: Expression): Bitmap {
  switch (tree.kind) {
    case 'event':
      return bm.getMonthEvent(tree.name, tree.at ? startOf(tree.at) : undefined)
    case 'attribute':
      return bm.getAttribute(tree.name)
    case 'not':
      return handleOf(tree.of).not()
    case 'minus':
      return handleOf(tree.from).minus(...tree.remove.map(handleOf))
    case 'segment':
      throw new Error('no segments here')
    default: {
      const [first, ...others] = tree.items.map(handleOf)
      if (first === undefined) throw new Error('no items')
      return first[tree.kind](...others)
    }
  }
}

describe('Bitmap', () => {
  it('counts, lists and finds whom its expression means, whatever the expression', async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.constantFrom(...USERS), async (tree, user) => {
        const expected = known().filter((id) => matches(tree, isIn(id)))
        const handle = handleOf(tree)
        expect(handle.expression).toEqual(tree)
        expect(await collect(handle)).toEqual(expected)
        expect(await handle.count()).toBe(expected.length)
        expect(await handle.has(user)).toBe(expected.includes(user))
        expect(await handle.hasEventsMarked()).toBe(expected.length > 0)
      }),
      { seed: 20_241_124, numRuns: 300 },
    )
  })

  it('does no I/O before it is asked', async () => {
    const idle = server.client({ lazyConnect: true })
    const unread = new Bitmapist({ redis: idle })
    unread.getMonthEvent('a').and(unread.getAttribute('paid')).not()
    expect(idle.status).toBe('wait')
  })

  it('of a year is the OR of its months, as they are when it is asked', async () => {
    const year = bm.getYearEvent('late', new Date('2024-06-01T00:00:00Z'))
    expect(await year.count()).toBe(0)
    await bm.markEvent('late', 3, { time: new Date('2024-01-01T00:00:00Z') })
    await bm.markEvent('late', 4, { time: new Date('2024-12-31T23:59:59Z') })
    await bm.markEvent('late', 5, { time: new Date('2025-01-01T00:00:00Z') })
    expect(await collect(year)).toEqual([3, 4])
    expect(await server.client().keys('*late_2024')).toEqual([])
  })
})
