import { describe, expect, it } from 'vitest'
import { startRedis } from '../../tests/fixtures/redis'
import { BitcohortError } from '../bitmapist/face'
import { failureOf, isOutage, known } from './failure'

const coded = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall })

describe('isOutage', () => {
  it.each([
    coded('ECONNREFUSED', 'connect'),
    coded('ENOENT', 'connect'),
    coded('ECONNRESET', 'read'),
    coded('ENOTFOUND', 'getaddrinfo'),
    new AggregateError([coded('ECONNREFUSED', 'connect')]),
    new Error('Command timed out'),
    new Error('Connection is closed.'),
    new Error('Too many Cluster redirections. Last error: Error: Connection is closed.'),
    new Error('CLUSTERDOWN Hash slot not served'),
    new Error('LOADING Redis is loading the dataset in memory'),
    new Error('NOAUTH Authentication required.'),
    new Error("OOM command not allowed when used memory > 'maxmemory'."),
    new Error('READONLY You can’t write against a read only replica.'),
  ])('knows %s', (error) => {
    expect(isOutage(error)).toBe(true)
  })

  it.each([
    new Error('WRONGTYPE Operation against a key'),
    new TypeError('x is undefined'),
    coded('ENOENT', 'open'),
    'text',
  ])('does not take %s for one', (error) => {
    expect(isOutage(error)).toBe(false)
  })

  it('knows what a killed Redis leaves its client with', async () => {
    const redis = await startRedis()
    const client = redis.client({ maxRetriesPerRequest: 1, retryStrategy: () => 10 })
    await client.ping()
    await redis.kill()
    const error: unknown = await client.ping().catch((reason: unknown) => reason)
    await redis.stop()
    expect(isOutage(error)).toBe(true)
  })
})

describe('failureOf', () => {
  it('tells nothing of what went wrong inside, and keeps it for the log', () => {
    const cause = new TypeError('secret of line 7')
    const failure = failureOf(cause)
    expect(failure).toMatchObject({ code: 'INTERNAL', cause })
    expect(failure.message).toBe('something here failed; try again; the server log has the details')
  })

  it('says with what Redis refuses', () => {
    expect(failureOf(new Error("OOM command not allowed when used memory > 'maxmemory'.")).message).toBe(
      'Redis refuses with OOM; check that Redis runs at REDIS_URL, then try again; marks are safe to send again',
    )
  })

  it('passes errors of the domain on', () => {
    const error = new BitcohortError('BAD_PERIOD', 'x')
    expect(failureOf(error)).toBe(error)
  })
})

describe('known', () => {
  it('throws nothing but errors of the domain', async () => {
    await expect(known(() => Promise.reject(new Error('Command timed out')))).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
    })
    expect(await known(async () => 7)).toBe(7)
  })
})
