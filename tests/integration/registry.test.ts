import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { label, parsePeriod } from '../../lib/bitmapist/label'
import { dataRange, earliest, listEvents, Registry } from '../../lib/bitmapist/registry'
import { Server } from '../../lib/bitmapist/store/server'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const KEYS = [
  't_a_b_2024-3-9',
  't_a_b_2024-3',
  't_a_b_W2024-10',
  't_a_b_2024-12',
  't_months_2023-5',
  't_paid_user_u',
]
const FOREIGN = [
  'other_a_2024-1',
  't_bitop_x_2024-1',
  't_a_2024-13',
  'bitcohort:{t_}:meta',
  'tx_a_2024-1',
  't_a_2024-01',
]

let redis: PrivateRedis
let now = 0

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  const client = redis.client()
  await client.flushall()
  for (const key of [...KEYS, ...FOREIGN]) await client.setbit(key, 3, 1)
})

function registry(prefix = 't_') {
  return new Registry(new Server(redis.client(), `${prefix}probe`), prefix, () => new Date(now))
}

describe('Registry', () => {
  it('finds events with their months, and attributes, and nothing that is not ours', async () => {
    expect(listEvents(await registry().read())).toEqual({
      events: [
        { name: 'a_b', first: '2024-03', last: '2024-12' },
        { name: 'months', first: '2023-05', last: '2023-05' },
      ],
      attributes: ['paid_user'],
    })
  })

  it('takes a prefix with glob characters for what it says', async () => {
    await redis.client().setbit('[t]*_a_2024-1', 3, 1)
    expect(listEvents(await registry('[t]*_').read()).events).toEqual([
      { name: 'a', first: '2024-01', last: '2024-01' },
    ])
  })

  it('finds keys that another writer has made since', async () => {
    const found = registry()
    await found.read()
    await redis.client().setbit('t_new_2025-1', 3, 1)
    now += 60_000
    expect((await found.read()).events.has('new')).toBe(true)
  })

  it('scans once for all who wait', async () => {
    const found = registry()
    const [first, second] = await Promise.all([found.read(), found.read()])
    expect(first).toBe(second)
  })

  it('does not answer by a scan that was under way when this process wrote a new key', async () => {
    const client = redis.client()
    const scan = client.scan.bind(client)
    let release = () => {}
    const gate = new Promise<void>((open) => {
      release = open
    })
    const slowly = async (cursor: string) => {
      const reply = await scan(cursor)
      await gate
      return reply
    }
    const found = new Registry(
      new Server(Object.assign(client, { scan: slowly }), 'probe'),
      't_',
      () => new Date(now++),
    )
    const early = found.read()
    await redis.client().setbit('t_new_2025-1-1', 3, 1)
    found.note([{ kind: 'event', event: 'new', period: parsePeriod('2025-01-01') }])
    const late = found.read()
    release()
    await early
    expect((await late).events.has('new')).toBe(true)
    expect((await found.read()).events.has('new')).toBe(true)
  })
})

describe('earliest', () => {
  it('is the earliest key of the unit, else where another unit begins', async () => {
    const snapshot = await registry().read()
    const text = (names: string[], unit: 'day' | 'week' | 'month' | 'year') => {
      const found = earliest(snapshot, names, unit)
      return found && label(found)
    }
    expect(text(['a_b'], 'day')).toBe('2024-03-09')
    expect(text(['a_b'], 'year')).toBe('2024')
    expect(text(['a_b', 'months'], 'day')).toBe('2023-05-01')
    expect(text(['a_b', 'months'], 'month')).toBe('2023-05')
    expect(text(['nobody'], 'week')).toBeNull()
  })
})

describe('dataRange', () => {
  it('goes by days where there are any, else by what there is', async () => {
    const snapshot = await registry().read()
    const text = (names: string[]) => {
      const found = dataRange(snapshot, names)
      return found && [label(found.first), label(found.last)]
    }
    expect(text(['a_b'])).toEqual(['2024-03-09', '2024-03-09'])
    expect(text(['a_b', 'months'])).toEqual(['2023-05-01', '2024-03-09'])
    expect(text([])).toBeNull()
  })
})
