import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist } from '../../lib/bitmapist'
import { startChild } from '../fixtures/child'
import { contents } from '../fixtures/contents'
import { collect } from '../fixtures/golden'
import { expectAgreement } from '../fixtures/identity'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const PREFIX = 'four_'
const USERS = 50_000

let server: PrivateRedis
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server?.stop())

describe('Bitmapist.mark in four processes at once', () => {
  it('gives the same 50,000 new ids dense bits, none twice, and loses none', async () => {
    const writers = [0, 12_500, 25_000, 37_500].map((from) =>
      startChild('mark-writer.ts', [server.url, PREFIX, USERS, from]),
    )
    await Promise.all(writers.map(({ ready }) => ready))
    for (const { go } of writers) go()
    expect(await Promise.all(writers.map(({ answer }) => answer))).toEqual(Array(4).fill(String(USERS)))

    const redis = server.client()
    const bm = new Bitmapist({ redis, prefix: PREFIX, idMode: 'mapped' })
    const month = bm.getMonthEvent('active', new Date('2025-01-15'))
    const ids = Array.from({ length: USERS }, (_, i) => `user-${i}`)
    expect(await month.count()).toBe(USERS)
    const found = await collect(month)
    expect([...found].sort()).toEqual([...ids].sort())

    const { names } = await expectAgreement(redis, PREFIX)
    expect(found).toEqual(names)
    const numbers = Array.from({ length: USERS }, (_, i) => i + 1)
    expect((await contents(redis, `${PREFIX}active_2025-1`))[`${PREFIX}active_2025-1`]).toEqual(numbers)
    const tenth = bm.getDayEvent('active', new Date('2025-01-10'))
    expect([...(await collect(tenth))].sort()).toEqual(ids.filter((_, i) => i % 31 === 9).sort())
  })
})
