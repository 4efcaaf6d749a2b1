import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, event, parsePeriod, startOf } from '../../lib/bitmapist'
import { ERRORS } from '../../lib/bitmapist/errors'
import { Meta } from '../../lib/bitmapist/meta'
import { Server } from '../../lib/bitmapist/store/server'
import { checkData } from '../../lib/server/check-data'
import { readConfig } from '../../lib/server/config'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const KEY = 'bitcohort:{trackist_}:meta'
const REFUSAL =
  'TIME_ZONE expected "Europe/Berlin", as the data under "trackist_" has it, got "UTC"; set it as the data has it, or keep other data under another KEY_PREFIX'
const DAY = parsePeriod('2025-01-06')

let server: PrivateRedis

beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  await server.client().flushall()
})

const open = (timeZone = 'UTC', options = {}) =>
  new Bitmapist({ redis: server.client(), timeZone, ...options })
const problem = (env: Record<string, string> = {}) => checkData(readConfig({ REDIS_URL: server.url, ...env }))

describe('the settings of a project', () => {
  it('are set at the first write, not at a read or a refused batch', async () => {
    const bm = open('Europe/Berlin')
    await bm.events()
    await bm.count(event('a'), DAY)
    await bm.mark([])
    await expect(bm.markEvent('a', -1)).rejects.toMatchObject({ code: 'BAD_MARKS' })
    expect(await server.client().exists(KEY)).toBe(0)
    await bm.markEvent('a', 1)
    expect(JSON.parse((await server.client().get(KEY)) ?? '')).toEqual({
      schema: 1,
      timeZone: 'Europe/Berlin',
      idMode: 'integer',
      since: expect.stringMatching(/^\d{4}-.*Z$/),
    })
  })

  it('refuse every use by a process with another zone', async () => {
    await open('Europe/Berlin').markEvent('a', 1)
    const refusal = { code: 'BAD_SETTINGS', field: 'TIME_ZONE', message: REFUSAL }
    const other = open()
    for (const use of [
      () => other.events(),
      () => other.count(event('a'), DAY),
      () => other.user(1),
      () => other.getAttribute('x').has(1),
      () => other.check(),
      () => other.markEvent('a', 2),
      () => other.unmarkAttribute('a', 1),
    ])
      await expect(use()).rejects.toMatchObject(refusal)
    expect(await problem()).toBe(REFUSAL)
  })

  it('refuse another way to keep ids, and a layout that is not known', async () => {
    await open().markEvent('a', 1)
    await expect(open('UTC', { idMode: 'mapped' }).events()).rejects.toMatchObject({
      message: expect.stringMatching(
        /^ID_MODE expected "integer", as the data under "trackist_" has it, got/,
      ),
    })
    for (const text of ['{"schema":2,"timeZone":"UTC","idMode":"integer"}', '7', 'x', '']) {
      await server.client().set(KEY, text)
      await expect(open().events()).rejects.toMatchObject({ code: 'BAD_SETTINGS', field: 'SCHEMA' })
    }
  })

  it('know one zone by its names', async () => {
    await open('Asia/Calcutta').markEvent('a', 1)
    await open('Asia/Kolkata').markEvent('a', 2)
    await expect(open('Asia/Colombo').markEvent('a', 2)).rejects.toMatchObject({ code: 'BAD_SETTINGS' })
    await server.client().set(KEY, '{"schema":1,"timeZone":"Mars/Olympus","idMode":"integer"}')
    await expect(open().events()).rejects.toMatchObject({ field: 'TIME_ZONE' })
  })

  it('are those of one prefix', async () => {
    await open('Europe/Berlin').markEvent('a', 1)
    await open('UTC', { prefix: 'other_' }).markEvent('a', 1)
    expect(await problem({ KEY_PREFIX: 'other_' })).toBeNull()
    expect(await problem({ KEY_PREFIX: 'none_', TIME_ZONE: 'Asia/Tokyo' })).toBeNull()
  })

  it('are accepted as they come for keys of the Python library', async () => {
    const redis = server.client()
    await redis.setbit('trackist_a_2025-1-6', 7, 1)
    const bm = open('Asia/Tokyo')
    expect(await bm.count(event('a'), DAY)).toBe(1)
    expect(await redis.exists(KEY)).toBe(0)
    await bm.markEvent('a', 8)
    await expect(open().count(event('a'), DAY)).rejects.toMatchObject({ code: 'BAD_SETTINGS' })
  })

  it('are raw ids where the Python library made the keys: mapped ids are refused before they write', async () => {
    const redis = server.client()
    await redis.setbit('trackist_a_2025-1-6', 7, 1)
    const message = `ID_MODE expected "integer", as the keys under "trackist_" hold raw ids, got "mapped"; ${ERRORS.BAD_SETTINGS}`
    const openMapped = (prefix: string) => new Bitmapist({ redis: server.client(), idMode: 'mapped', prefix })
    const mapped = openMapped('trackist_')
    for (const use of [
      () => mapped.check(),
      () => mapped.events(),
      () => mapped.count(event('a'), DAY),
      () => mapped.mark([{ event: 'a', user: 'x' }]),
    ])
      await expect(use()).rejects.toMatchObject({ code: 'BAD_SETTINGS', field: 'ID_MODE', message })
    expect(await problem({ ID_MODE: 'mapped' })).toBe(message)
    expect(await problem({ ID_MODE: 'mapped', KEY_PREFIX: 'other_' })).toBeNull()
    expect(await redis.keys('*:ids*')).toEqual([])
    expect(await redis.exists(KEY)).toBe(0)
    const other = openMapped('other_')
    await other.mark([{ event: 'a', user: 'x', time: startOf(DAY) }])
    expect(await other.count(event('a'), DAY)).toBe(1)
  })

  it('say at a key of another type what is wrong', async () => {
    const redis = server.client()
    await redis.rpush(KEY, 'x')
    const message = `KEY_PREFIX expected a prefix whose "${KEY}" holds text, got "trackist_"; ${ERRORS.BAD_SETTINGS}`
    for (const use of [() => open().check(), () => open().events(), () => open().markEvent('a', 1)])
      await expect(use()).rejects.toMatchObject({ code: 'BAD_SETTINGS', field: 'KEY_PREFIX', message })
    // Also where it comes to be that under a running process.
    await redis.del(KEY)
    const bm = open()
    await bm.markEvent('a', 1)
    await redis.del(KEY)
    await redis.rpush(KEY, 'x')
    await expect(bm.markEvent('a', 2)).rejects.toMatchObject({ code: 'BAD_SETTINGS', message })
  })

  it('refuse a process under which they became others', async () => {
    const bm = open('Europe/Berlin')
    await bm.markEvent('a', 1)
    await server.client().flushall()
    await open('Asia/Tokyo').markEvent('a', 1)
    for (const use of [() => bm.events(), () => bm.markEvent('a', 2), () => bm.markEvent('a', 2)])
      await expect(use()).rejects.toMatchObject({ code: 'BAD_SETTINGS', field: 'TIME_ZONE' })
  })

  it('are those of one of many first writers at once', async () => {
    const zones = ['UTC', 'Europe/Berlin', 'Asia/Tokyo', 'America/Lima', 'Pacific/Apia']
    for (let round = 0; round < 20; round++) {
      await server.client().flushall()
      const writes = await Promise.allSettled(zones.map((zone) => open(zone).markEvent('a', 1)))
      expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })
})

describe('Meta.touch', () => {
  const meta = (clock = () => new Date('2025-01-06T12:00:00Z')) =>
    new Meta(new Server(server.client(), 'probe'), 'trackist_', { timeZone: 'UTC', idMode: 'integer', clock })

  it('makes another text each time, which every process finds', async () => {
    const touching = meta()
    const first = await touching.claim()
    const other = meta()
    await other.check()
    let changes = 0
    other.onChange(() => {
      changes++
    })
    await touching.touch()
    await other.check()
    await touching.touch()
    await other.check()
    expect(changes).toBe(2)
    expect(JSON.parse(other.current ?? '')).toEqual({
      ...JSON.parse(first),
      deletedAt: '2025-01-06T12:00:00.001Z',
    })
    expect(await other.claim()).toBe(other.current)
  })

  it('sets none where there are none', async () => {
    await meta().touch()
    expect(await server.client().exists(KEY)).toBe(0)
  })
})

describe('checkData', () => {
  it('has nothing against the same settings, or no data', async () => {
    expect(await problem({ TIME_ZONE: 'Asia/Tokyo' })).toBeNull()
    await open('Europe/Berlin').markEvent('a', 1)
    expect(await problem({ TIME_ZONE: 'europe/berlin' })).toBeNull()
  })

  it('has nothing against a Redis that does not answer', async () => {
    expect(await checkData(readConfig({ REDIS_URL: 'redis://127.0.0.1:1' }))).toBeNull()
  })
})
