import assert from 'node:assert/strict'
import { parsePeriod } from '../../../lib/bitmapist'
import { offset } from '../../../lib/bitmapist/face'
import { and, eachUser } from '../bitmap'
import { keysOf, makeActivity, store } from '../data'
import type { Lab, Section } from '../lab'
import type { Contender } from '../measure'
import { openOurs, PREFIX, squareRequest } from '../ours'
import { bitopMembers } from '../peers/bitop'
import { DuckDb } from '../peers/duckdb'

const USERS = 1_000_000
const ROW = 40
const COLUMN = 4
const PAGE = 50

/** The users behind a cell: all of them, and a page of them. */
export const members: Section = { name: 'members', run }

async function run(lab: Lab): Promise<void> {
  const span = { first: parsePeriod('2024-W01'), count: 52 }
  const activity = makeActivity({ ...span, users: USERS, order: 'sign-up', seed: 20240105 })
  const keys = keysOf(PREFIX, 'active', span)
  await store(lab.other, keys, activity.active)
  const [row, column] = [activity.active[ROW], activity.active[ROW + COLUMN]]
  assert(row && column)
  const expected: number[] = []
  eachUser(and(row, column), (user) => expected.push(user))

  const duckdb = await DuckDb.open(activity, (text) => lab.note(text))
  const two = keys.filter((_, p) => p === ROW || p === ROW + COLUMN)
  const bitop = () => bitopMembers(lab.other, PREFIX, two)
  assert.deepEqual(await bitop(), expected)
  const peers = [
    { name: 'BITOP, GET, and a walk through the bytes', run: bitop },
    await duckdb.members(ROW, ROW + COLUMN, expected),
  ]

  const { cold, warm, close } = openOurs(lab, span)
  const request = squareRequest({ start: 'active', ...span })
  const cell = { row: offset(span.first, ROW), column: COLUMN, which: 'returned' } as const
  const all = async (bm: typeof cold): Promise<Contender> => {
    const list = async () => {
      const users: number[] = []
      for await (const chunk of (await bm.retentionUsers(request, cell)).chunks())
        for (const user of chunk) users.push(user)
      return users
    }
    assert.deepEqual(await list(), expected)
    return { name: 'ours', run: list, watched: true }
  }
  const page = async () => (await warm.retentionUsers(request, cell)).page({ after: null, limit: PAGE })
  assert.deepEqual((await page()).users, expected.slice(0, PAGE))
  const ours = { cold: await all(cold), warm: await all(warm) }
  await lab.compare(`The ${expected.length.toLocaleString('en')} users of a cell, 1,000,000 users`, [
    ...peers.map((peer) => ({ name: 'all, cold', ours: ours.cold, peer })),
    ...peers.map((peer) => ({ name: 'all, warm', ours: ours.warm, peer })),
    {
      name: `a page of ${PAGE}, warm`,
      ours: { name: 'ours', run: page, watched: true },
      peer: { ...ours.warm, name: 'ours, all, warm', watched: false },
    },
  ])
  close()
  duckdb.close()
}
