import type { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist, periodAt, UNITS, type UserId } from '../../lib/bitmapist'
import type { Marks } from '../../lib/bitmapist/marks'
import { startCluster } from '../fixtures/cluster'
import { contents } from '../fixtures/contents'
import { collect } from '../fixtures/golden'
import { expectAgreement as expectBothWays } from '../fixtures/identity'
import {
  type History,
  historiesOf,
  INTEGER_IDS,
  MAPPED_IDS,
  piecesOf,
  write,
} from '../fixtures/mark-histories'
import { Model } from '../fixtures/mark-model'
import { startRedis } from '../fixtures/redis'

/** A test takes 13 to 30 s where both cores have other work too. */
const TIMEOUT_MS = 180_000
/** 100,000 marks and unmarks. */
const histories = historiesOf({ seed: 20_241_127, count: 10, marks: 10_000 })
const clock = () => new Date('2025-06-30T12:00:00Z')

interface Place<Id extends UserId> {
  readonly client: Redis | Cluster
  readonly prefix: string
  readonly bm: Marks<Id>
  readonly ids: readonly Id[]
  /** The bits of ids, once they are marked. */
  bits(): Promise<(id: Id) => number>
}

async function expectAgreement<Id extends UserId>(place: Place<Id>, history: History): Promise<void> {
  const { client, prefix, bm, ids } = place
  const model = new Model<Id>(prefix)
  for (const piece of piecesOf(history, ids)) {
    await write(bm, piece)
    for (const mark of piece.marks) model.apply(mark, piece)
  }
  const bitOf = await place.bits()
  expect(await contents(client, prefix), prefix).toEqual(model.contents(bitOf))
  await Promise.all(
    questionsOf(place, { history, model }).map(async ({ handle, users }) => {
      const ordered = [...users].sort((a, b) => bitOf(a) - bitOf(b))
      expect(await collect(handle), `${prefix} ${handle}`).toEqual(ordered)
      expect(await handle.count()).toBe(users.size)
      for (const id of [...ids.slice(0, 1), ...ids.slice(-1)])
        expect(await handle.has(id)).toBe(users.has(id))
    }),
  )
}

/** Both attributes, and both events in the periods of two instants, with the users that they should have. */
function questionsOf<Id extends UserId>(
  { bm }: Place<Id>,
  { history, model }: { readonly history: History; readonly model: Model<Id> },
) {
  const times = history.marks.flatMap((mark) => ('event' in mark && mark.time ? [mark.time] : []))
  return history.names.flatMap((name) => [
    { handle: bm.getAttribute(name), users: model.holders(name) },
    ...[times.at(0), times.at(-1)].flatMap((time) =>
      UNITS.map((unit) => {
        const period = periodAt(unit, time ?? clock())
        return { handle: bm.getEvent(name, period), users: model.members(name, period) }
      }),
    ),
  ])
}

const places: readonly (readonly [
  string,
  () => Promise<{ client(): Redis | Cluster; stop(): Promise<void> }>,
])[] = [
  ['one Redis', startRedis],
  ['a cluster', startCluster],
]

describe.each(places)('Bitmapist on %s', (_, start) => {
  let client: Redis | Cluster
  let stop: (() => Promise<void>) | undefined
  beforeAll(async () => {
    const place = await start()
    client = place.client()
    stop = place.stop
  })
  afterAll(() => stop?.())

  it(
    'agrees with sets of users by day after 100,000 marks and unmarks of integer ids',
    async () => {
      for (const [i, history] of histories.entries()) {
        const prefix = `integer${i}_`
        const bm = new Bitmapist({ redis: client, prefix, clock })
        await expectAgreement({ client, prefix, bm, ids: INTEGER_IDS, bits: async () => Number }, history)
      }
    },
    TIMEOUT_MS,
  )

  it(
    'agrees with them after as many of mapped ids',
    async () => {
      for (const [i, history] of histories.entries()) {
        const prefix = `mapped${i}_`
        const bm = new Bitmapist({ redis: client, prefix, clock, idMode: 'mapped' })
        const bits = async () => {
          const { names } = await expectBothWays(client, prefix)
          return (id: string) => names.indexOf(id) + 1
        }
        await expectAgreement({ client, prefix, bm, ids: MAPPED_IDS, bits }, history)
      }
    },
    TIMEOUT_MS,
  )
})
