import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, event, parsePeriod } from '../../lib/bitmapist'
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

  it('are those of one of many first writers at once', async () => {
    const zones = ['UTC', 'Europe/Berlin', 'Asia/Tokyo', 'America/Lima', 'Pacific/Apia']
    for (let round = 0; round < 20; round++) {
      await server.client().flushall()
      const writes = await Promise.allSettled(zones.map((zone) => open(zone).markEvent('a', 1)))
      expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
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
