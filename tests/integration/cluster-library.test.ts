import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attribute, BitcohortError, Bitmapist, event, offset } from '../../lib/bitmapist'
import { ownKey, parseKey } from '../../lib/bitmapist/key'
import { seededRandom } from '../../scripts/sample/random'
import { describeQuery, expectAgreement, requestOf } from '../fixtures/agreement'
import { type PrivateCluster, startCluster } from '../fixtures/cluster'
import { contents } from '../fixtures/contents'
import { collect } from '../fixtures/golden'
import { batches, Model } from '../fixtures/mark-model'
import { randomPlace } from '../fixtures/oracle-queries'
import { answerable, openWorld, type World } from '../fixtures/oracle-world'
import { stir } from '../fixtures/stir'

let cluster: PrivateCluster
let world: World

beforeAll(async () => {
  cluster = await startCluster()
  world = await openWorld(cluster)
})
afterAll(() => cluster?.stop())

/** The keys of a prefix on each node. */
function keysByNode(prefix: string): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    cluster.nodes.map(async (_, index) =>
      (await cluster.node(index).keys('*')).filter((key) => key.startsWith(prefix)),
    ),
  )
}

async function allKeys(prefix: string): Promise<readonly string[]> {
  return (await keysByNode(prefix)).flat()
}

describe('Bitmapist on a cluster', () => {
  it('has its keys on all nodes, and lists what is on each', async () => {
    const sizes = (await keysByNode('trackist_')).map((keys) => keys.length)
    expect(Math.min(...sizes)).toBeGreaterThan(50)
    const { events, attributes } = await world.library(new Date('2026-11-24T10:42:07Z')).events()
    expect(events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['active', 'ios', 'playlist:create', 'signup', 'song:play', 'web']),
    )
    expect(attributes).toEqual(expect.arrayContaining(['country:US', 'newsletter', 'paid_user']))
  })

  it('agrees with an oracle of plain sets on 150 random queries, and on who is behind them', async () => {
    const random = seededRandom(20_261_130)
    let isSomebody = 0
    for (const query of answerable(random, 150)) {
      await expectAgreement(query, world.oracle, world.library(query.now))
      const { row, column, which } = randomPlace(random, query)
      const wanted = world.oracle.members(query, { row, column, which })
      if (wanted === null) continue
      const request = requestOf(query)
      const cell = { row: row === null ? null : offset(request.first, row), column, which }
      const ids = await collect(await world.library(query.now).retentionUsers(request, cell))
      expect(ids, describeQuery(query)).toEqual([...wanted].sort((a, b) => a - b))
      if (ids.length > 0) isSomebody++
    }
    expect(isSomebody).toBeGreaterThan(20)
  })

  it('agrees while slots move', async () => {
    const keys = (await allKeys('trackist_')).filter((key) => /active|signup/.test(key))
    const moving = await stir(cluster, keys, 1)
    try {
      for (const query of answerable(seededRandom(20_261_201), 100))
        await expectAgreement(query, world.oracle, world.library(query.now))
    } finally {
      expect(await moving.stop()).toBeGreaterThan(10)
    }
  })

  it('keeps every mark and unmark that is written while slots move', async () => {
    const prefix = 'moving_'
    const redis = cluster.client()
    const bm = new Bitmapist({ redis, prefix })
    const model = new Model(prefix)
    await writeMoving(prefix, async (marks, tracked) => {
      await bm.mark(marks, tracked)
      for (const mark of marks) model.apply(mark, tracked)
    })
    expect(await contents(redis, prefix)).toEqual(model.contents())
  })
})

describe('Bitmapist of mapped ids on a cluster', () => {
  const nameOf = (user: number) => `user-${user}@example.org`

  it('agrees with the oracle on 60 random tables while slots move, its own too', async () => {
    const { marks, attributes } = world.log
    const redis = cluster.client()
    const library = (now: Date) =>
      new Bitmapist({ redis, prefix: 'mapped_', idMode: 'mapped', clock: () => now })
    const bm = library(new Date())
    for (const trackHourly of [true, false]) {
      const some = marks.filter(({ hourly }) => hourly === trackHourly)
      await bm.mark(
        some.map(({ event, time, user }) => ({ event, time, user: nameOf(user) })),
        { trackHourly },
      )
    }
    await bm.mark(attributes.map(({ attribute, user }) => ({ attribute, user: nameOf(user) })))
    const moving = await stir(
      cluster,
      [...(await allKeys('mapped_')), ...(await allKeys(ownKey('mapped_', '')))],
      3,
    )
    try {
      for (const query of answerable(seededRandom(20_261_203), 60))
        await expectAgreement(query, world.oracle, library(query.now))
    } finally {
      expect(await moving.stop()).toBeGreaterThan(10)
    }
  })

  it('keeps every mark and unmark that is written while slots move, under the id that it was given', async () => {
    const prefix = 'texts_'
    const redis = cluster.client()
    const bm = new Bitmapist({ redis, prefix, idMode: 'mapped' })
    const model = new Model(prefix)
    await writeMoving(prefix, async (marks, tracked) => {
      const named = marks.map((mark) => ({ ...mark, user: nameOf(mark.user) }))
      await untilTaken(() => bm.mark(named, tracked))
      for (const mark of marks) model.apply(mark, tracked)
    })
    const wanted = model.contents()
    expect(Object.keys(await contents(redis, prefix)).sort()).toEqual(Object.keys(wanted).sort())
    for (const [key, users] of Object.entries(wanted)) {
      const meaning = parseKey(prefix, key)
      if (meaning === null) throw new Error(`${key} is not a key`)
      const ids = await collect(
        meaning.kind === 'event'
          ? bm.members(event(meaning.event), meaning.period)
          : bm.members(attribute(meaning.name), null),
      )
      expect([...ids].sort(), key).toEqual(users.map(nameOf).sort())
    }
  })
})

/** Again and again while the numbers of ids are on their way: a script needs all of them on one node. */
async function untilTaken(write: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt < 1000; attempt++)
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof BitcohortError) || error.code !== 'REDIS_UNAVAILABLE') throw error
    }
  throw new Error('the slot never came to rest')
}

type Plan = NonNullable<ReturnType<typeof plansOf>[number]>[number]

/** Batches of marks, the same in every run. */
function plansOf(seed: number) {
  return fc.sample(batches, { seed, numRuns: 60 })
}

/** Writes 20 plans in peace, then 40 while the slots of what they wrote move. */
async function writeMoving(
  prefix: string,
  write: (marks: Plan['marks'], tracked: Omit<Plan, 'marks'>) => Promise<void>,
): Promise<void> {
  const plans = plansOf(20_261_202)
  const apply = async (some: typeof plans) => {
    for (const { marks, ...tracked } of some.flat()) await write(marks, tracked)
  }
  await apply(plans.slice(0, 20))
  const moving = await stir(cluster, [...(await allKeys(prefix)), ...(await allKeys(ownKey(prefix, '')))], 2)
  try {
    await apply(plans.slice(20))
  } finally {
    expect(await moving.stop()).toBeGreaterThan(2)
  }
}
