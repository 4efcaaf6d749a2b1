import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, type Mark } from '../../lib/bitmapist'
import { MARKS_A_WRITE } from '../../lib/bitmapist/batch'
import { contents } from '../fixtures/place'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = new Date('2024-12-30T05:30:00Z')

let server: PrivateRedis
let redis: ReturnType<PrivateRedis['client']>
let bm: Bitmapist

beforeAll(async () => {
  server = await startRedis()
  redis = server.client()
})
afterAll(() => server.stop())
beforeEach(async () => {
  await redis.flushall()
  bm = new Bitmapist({ redis, clock: () => NOW })
})

const held = () => contents(redis, 'trackist_')
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

describe('Batch', () => {
  it('does no I/O before it is flushed, and none where it is empty', async () => {
    const idle = server.client({ lazyConnect: true })
    const batch = new Bitmapist({ redis: idle }).batch()
    expect(await batch.flush()).toBe(0)
    batch.markEvent('a', 1)
    batch.unmarkAttribute('b', 1)
    expect(batch.size).toBe(2)
    expect(idle.status).toBe('wait')
  })

  it('writes its marks in their order, and is empty then', async () => {
    const batch = bm.batch()
    batch.markEvent('a', 1)
    batch.unmarkEvent('a', 1)
    batch.unmarkEvent('a', 2)
    batch.markEvent('a', 2)
    batch.markAttribute('paid', 1)
    batch.unmarkAttribute('paid', 1)
    batch.unmarkAttribute('paid', 2)
    batch.markAttribute('paid', 2)
    expect([await batch.flush(), batch.size, await batch.flush()]).toEqual([8, 0, 0])
    expect(await held()).toEqual({
      'a_2024-12': [2],
      'a_2024-12-30': [2],
      'a_W2025-1': [2],
      paid_u: [2],
    })
  })

  it('takes the options of each mark before its own, and its own before its library’s', async () => {
    const tracking = new Bitmapist({ redis, prefix: 't_', trackHourly: true, clock: () => NOW })
    const batch = tracking.batch({ trackUnique: true })
    batch.markEvent('a', 1)
    batch.markEvent('b', 1, { trackHourly: false })
    batch.markEvent('c', 1, { trackUnique: false, time: new Date('2024-02-09T12:00:00Z') })
    await batch.flush()
    expect(Object.keys(await contents(redis, 't_'))).toEqual([
      ...['a_2024-12', 'a_2024-12-30', 'a_2024-12-30-5', 'a_W2025-1', 'a_u'],
      ...['b_2024-12', 'b_2024-12-30', 'b_W2025-1', 'b_u'],
      ...['c_2024-2', 'c_2024-2-9', 'c_2024-2-9-12', 'c_W2024-6'],
    ])
  })

  it('leaves what its marks one by one would leave', async () => {
    const step = fc.record({
      op: fc.constantFrom('mark', 'unmark'),
      user: fc.nat(2),
      name: fc.constantFrom('a', 'b'),
      day: fc.nat(3),
      what: fc.constantFrom('event', 'hourly', 'unique', 'attribute'),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const prefixes = [`x${run}_`, `y${run++}_`] as const
        const [single, batched] = prefixes.map((prefix) => new Bitmapist({ redis, prefix, clock: () => NOW }))
        const batch = batched?.batch()
        for (const { op, user, name, day, what } of steps)
          for (const target of [single, batch]) {
            const time = new Date(NOW.getTime() + day * 86_400_000)
            const options = { time, trackHourly: what === 'hourly', trackUnique: what === 'unique' }
            if (what === 'attribute')
              await (op === 'mark' ? target?.markAttribute(name, user) : target?.unmarkAttribute(name, user))
            else if (op === 'mark') await target?.markEvent(name, user, options)
            else await target?.unmarkEvent(name, user, options)
          }
        expect(await batch?.flush()).toBe(steps.length)
        expect(await contents(redis, prefixes[1])).toEqual(await contents(redis, prefixes[0]))
      }),
      { seed: 20_241_124, numRuns: 60 },
    )
  })

  it('keeps its marks where Redis refuses them, to be flushed again', async () => {
    await redis.lpush('trackist_a_2024-12', 'x')
    const batch = bm.batch()
    batch.markEvent('a', 1)
    await expect(batch.flush()).rejects.toMatchObject({ code: 'WRONG_TYPE' })
    batch.markEvent('a', 2)
    expect(batch.size).toBe(2)
    await redis.del('trackist_a_2024-12')
    expect(await batch.flush()).toBe(2)
    expect((await held())['a_2024-12']).toEqual([1, 2])
  })

  it('writes nothing where a mark is bad, and names each', async () => {
    const batch = bm.batch()
    batch.markEvent('a', 1)
    batch.markEvent('bitop_a', 1)
    batch.markAttribute('a', -1)
    const error = await errorOf(batch.flush())
    expect(error).toMatchObject({ code: 'BAD_MARKS', details: [{ index: 1 }, { index: 2 }] })
    expect(await redis.dbsize()).toBe(0)
    batch.clear()
    expect([batch.size, await batch.flush()]).toEqual([0, 0])
  })

  it('leaves marks that come during a flush to the next one', async () => {
    const batch = bm.batch()
    batch.markEvent('a', 1)
    const flushes = [batch.flush(), batch.flush()]
    await Promise.resolve()
    batch.markEvent('a', 2)
    expect([...(await Promise.all(flushes)), batch.size]).toEqual([1, 1, 0])
    expect((await held())['a_2024-12']).toEqual([1, 2])
  })

  it('sends 10,000 changes of mind in few commands', async () => {
    const batch = bm.batch()
    for (let user = 0; user < 10_000; user++)
      if (user % 2 === 0) batch.markEvent('a', user)
      else batch.unmarkEvent('a', user)
    await redis.config('RESETSTAT')
    expect(await batch.flush()).toBe(10_000)
    const calls = /cmdstat_bitfield:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]
    expect(Number(calls)).toBeLessThan(1_000)
    expect(await bm.getDayEvent('a').count()).toBe(5_000)
  })
})

describe('Bitmapist.markAll', () => {
  const marks = function* (count: number): Generator<Mark> {
    for (let user = 0; user < count; user++) yield { event: 'a', user }
  }

  it.each<[string, () => AsyncIterable<Mark> | Iterable<Mark>]>([
    ['a list', () => [...marks(120)]],
    ['a generator', () => marks(120)],
    [
      'an asynchronous generator',
      async function* () {
        yield* marks(120)
      },
    ],
  ])('writes what %s gives', async (_, source) => {
    expect(await bm.markAll(source(), { trackUnique: true })).toBe(120)
    expect(await bm.getDayEvent('a').count()).toBe(120)
    expect(await bm.getAttribute('a').count()).toBe(120)
  })

  it('writes nothing of nothing', async () => {
    expect(await bm.markAll([])).toBe(0)
    expect(await redis.dbsize()).toBe(0)
  })

  it('keeps the order of marks over many writes', async () => {
    const total = MARKS_A_WRITE * 2 + 7
    const source = function* (): Generator<Mark> {
      for (let i = 0; i < total; i++) yield { op: i < total - 3 ? 'mark' : 'unmark', event: 'a', user: i % 5 }
    }
    expect(await bm.markAll(source())).toBe(total)
    // The last three take users back: 4, 0 and 1.
    expect((await held())['a_2024-12']).toEqual([2, 3])
  })

  it('names bad marks by their places in the source, and writes none of their 50,000', async () => {
    const source = function* (): Generator<Mark> {
      yield* marks(MARKS_A_WRITE + 100)
      yield { event: 'a', user: -1 }
      yield { event: 'a', user: 1 }
    }
    const error = await errorOf(bm.markAll(source()))
    expect(error).toMatchObject({ code: 'BAD_MARKS', field: 'marks', details: [{ index: 50_100 }] })
    expect(String(error)).toContain('at 50100 of the source, in the batch from 50000 on; mend')
    expect(await bm.getDayEvent('a').count()).toBe(MARKS_A_WRITE)
  })
})
