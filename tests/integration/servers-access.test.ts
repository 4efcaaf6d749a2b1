import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { attribute, Bitmapist, event, not, parsePeriod } from '../../lib/bitmapist'
import { Server } from '../../lib/bitmapist/store/server'
import { collect } from '../fixtures/golden'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOON = new Date('2025-01-08T12:00:00Z')
const PROBE = 'bitcohort:{trackist_}:probe'
/** As docs/servers.md has them. */
const READER = '%R~trackist_* %R~bitcohort:{trackist_}:* +@read +@connection -@dangerous'
const WRITER = '~trackist_* ~bitcohort:{trackist_}:* +@read +@write +@scripting +@connection -@dangerous'

const READS = { pieces: true, lengths: true, firstBits: true, sizes: true }
const WRITES = { bitfields: true, unlink: true, scripts: true, records: true, conditions: true }
const NO_WRITES = { bitfields: false, unlink: false, scripts: false, records: false, conditions: false }

const NO_SCRIPTS = {
  code: 'BAD_SETTINGS',
  field: 'ID_MODE',
  message: expect.stringContaining('ID_MODE expected integer'),
}

let redis: PrivateRedis
let admin: Redis

beforeAll(async () => {
  redis = await startRedis()
  admin = redis.client()
})
afterAll(() => redis?.stop())
beforeEach(async () => {
  await admin.flushall()
  const bm = new Bitmapist({ redis: admin })
  await bm.mark([3, 5, 700_000].map((user) => ({ event: 'active', user, time: NOON })))
  await bm.markAttribute('paid', 5)
})

let made = 0
/** A connection of a user who may do what the rules say, and nothing else. */
async function clientOf(rules: string): Promise<Redis> {
  const name = `user${made++}`
  await admin.acl(
    'SETUSER',
    name,
    'on',
    '>secret',
    'resetkeys',
    'resetchannels',
    '-@all',
    ...rules.split(' '),
  )
  return redis.client({ username: name, password: 'secret', enableReadyCheck: false })
}

async function capabilitiesOf(rules: string) {
  return new Server(await clientOf(rules), PROBE).capabilities()
}

const libraryOf = async (rules: string, prefix = 'trackist_') =>
  new Bitmapist({ redis: await clientOf(rules), prefix, clock: () => NOON })

describe('Server.capabilities', () => {
  it.each([
    ['all of a writing user', WRITER, { ...READS, ...WRITES }],
    ['those of reading alone', READER, { ...READS, ...NO_WRITES }],
    ['no scripts without EVAL', `${WRITER} -@scripting`, { ...READS, ...WRITES, scripts: false }],
    ['no pieces without GETRANGE', `${WRITER} -getrange`, { ...READS, ...WRITES, pieces: false }],
    [
      'none where the keys are not allowed',
      '~trackist_* +@all',
      { pieces: false, lengths: false, firstBits: false, sizes: true, ...NO_WRITES },
    ],
  ])('are %s', async (_, rules, capabilities) => {
    expect(await capabilitiesOf(rules)).toEqual(capabilities)
  })
})

describe('Bitmapist by a user who may only read', () => {
  it('answers all that it is asked', async () => {
    const bm = await libraryOf(READER)
    const day = bm.getDayEvent('active', NOON)
    expect(await day.count()).toBe(3)
    expect([await day.has(5), await day.has(6)]).toEqual([true, false])
    expect(await bm.count(not(attribute('paid')), null)).toBe(2)
    expect(await bm.events()).toMatchObject({ events: [{ name: 'active' }], attributes: ['paid'] })
    const request = { start: event('active'), return: event('active'), first: parsePeriod('2025-01') }
    const { rows } = await bm.retention({ ...request, rows: 1, columns: 1, cohort: 'first' })
    expect(rows[0]?.cells[0]?.count).toBe(3)
    expect(await bm.userDays(5, { event: 'active', ...RANGE })).toEqual([parsePeriod('2025-01-08')])
  })

  it('counts and lists mapped ids, and says why it cannot look one up', async () => {
    await admin.flushall()
    const writer = new Bitmapist({ redis: admin, idMode: 'mapped' })
    await writer.mark(['ann', 'bob'].map((user) => ({ event: 'active', user, time: NOON })))
    const bm = new Bitmapist({ redis: await clientOf(READER), idMode: 'mapped', clock: () => NOON })
    const day = bm.getDayEvent('active', NOON)
    expect(await day.count()).toBe(2)
    expect(await collect(day)).toEqual(['ann', 'bob'])
    await expect(day.has('ann')).rejects.toMatchObject(NO_SCRIPTS)
  })

  it('says why it cannot write, and writes nothing', async () => {
    const bm = await libraryOf(READER)
    const before = (await admin.keys('*')).sort()
    await expect(bm.markEvent('active', 9, { time: NOON })).rejects.toThrow('NOPERM')
    await expect(bm.unmarkEvent('active', 5, { time: NOON })).rejects.toThrow('NOPERM')
    await expect(bm.deleteAllEvents()).rejects.toThrow('NOPERM')
    expect((await admin.keys('*')).sort()).toEqual(before)
    expect(await bm.getDayEvent('active', NOON).count()).toBe(3)
  })
})

const RANGE = { from: parsePeriod('2025-01-01'), to: parsePeriod('2025-01-31') }

describe('Bitmapist by a user who may write', () => {
  it('marks, unmarks and deletes', async () => {
    const bm = await libraryOf(WRITER)
    await bm.mark([8, 9].map((user) => ({ event: 'active', user, time: NOON })))
    await bm.unmarkEvent('active', 5, { time: NOON })
    expect(await bm.getDayEvent('active', NOON).count()).toBe(4)
    expect(await bm.count(not(attribute('paid')), null)).toBe(4)
    await bm.deleteAllEvents()
    expect((await admin.keys('trackist_*')).sort()).toEqual([])
  })

  it('maps ids, unless it may run no scripts', async () => {
    const mapped = async (rules: string) =>
      new Bitmapist({ redis: await clientOf(rules), idMode: 'mapped', clock: () => NOON })
    await admin.flushall()
    const refused = await mapped(`${WRITER} -@scripting`)
    await expect(refused.markEvent('active', 'ann', { time: NOON })).rejects.toMatchObject(NO_SCRIPTS)
    expect(await admin.keys('*')).toEqual([])
    const bm = await mapped(WRITER)
    await bm.markEvent('active', 'ann', { time: NOON })
    expect(await bm.getDayEvent('active', NOON).has('ann')).toBe(true)
  })
})
