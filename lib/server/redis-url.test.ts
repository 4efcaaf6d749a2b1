import { describe, expect, it } from 'vitest'
import { openClient, redisOptions } from './redis'
import { parseRedisUrl } from './redis-url'

describe('parseRedisUrl', () => {
  it.each([
    ['redis://localhost', { kind: 'tcp', host: 'localhost', port: 6379, tls: false, db: 0 }],
    ['redis://localhost:7000/3', { kind: 'tcp', host: 'localhost', port: 7000, db: 3 }],
    ['redis://[::1]:7000', { kind: 'tcp', host: '::1', port: 7000 }],
    ['rediss://r.example.com', { kind: 'tcp', host: 'r.example.com', tls: true }],
    ['redis://:p%40ss@h', { host: 'h', password: 'p@ss' }],
    ['redis://me:pass@h', { host: 'h', username: 'me', password: 'pass' }],
    ['redis+unix:///run/my%20redis.sock', { kind: 'unix', path: '/run/my redis.sock', db: 0 }],
    ['redis+unix:///s?db=4', { kind: 'unix', path: '/s', db: 4 }],
  ])('reads %s', (url, address) => {
    expect(parseRedisUrl(url)).toMatchObject(address)
  })

  it.each([
    ['redis://a:7000', [{ host: 'a', port: 7000 }]],
    [
      'redis://a:7000,redis://[::1]:7001,redis://c',
      [
        { host: 'a', port: 7000 },
        { host: '::1', port: 7001 },
        { host: 'c', port: 6379 },
      ],
    ],
  ])('reads the nodes of a cluster in %s', (url, nodes) => {
    expect(parseRedisUrl(url, { cluster: true })).toEqual({
      kind: 'cluster',
      nodes,
      tls: false,
      db: 0,
      label: url,
    })
  })

  it('takes credentials and TLS of the first node for all', () => {
    expect(parseRedisUrl('rediss://me:p%2Css@a,redis://b', { cluster: true })).toMatchObject({
      tls: true,
      username: 'me',
      password: 'p,ss',
      label: 'rediss://me:***@a,redis://b',
    })
  })

  it.each([
    ['redis://a,redis://b', false, 'REDIS_URL expected one address (a list needs REDIS_CLUSTER=1), got 2'],
    ['redis://:p@a/3', true, 'REDIS_URL expected no database but 0 in a cluster, got "redis://:***@a/3"'],
    [
      'redis+unix:///s',
      true,
      'REDIS_URL expected redis://host:port nodes in a cluster, got "redis+unix:///s"',
    ],
  ])('refuses %s (cluster: %s)', (url, cluster, message) => {
    expect(() => parseRedisUrl(url, { cluster })).toThrow(message)
  })

  it('keeps the password out of the label', () => {
    expect(parseRedisUrl('redis://me:pass@h:1/2').label).toBe('redis://me:***@h:1/2')
  })
})

describe('redisOptions', () => {
  it('reaches a host, with TLS where asked, and a socket', () => {
    expect(redisOptions(parseRedisUrl('rediss://me:p@h:1/2'))).toMatchObject({
      host: 'h',
      port: 1,
      tls: {},
      username: 'me',
      password: 'p',
      db: 2,
    })
    expect(redisOptions(parseRedisUrl('redis+unix:///s'))).toMatchObject({ path: '/s', db: 0 })
  })

  it('asks for nothing that only newer servers have', () => {
    expect(redisOptions(parseRedisUrl('redis://h'))).toMatchObject({ protocol: 2, enableReadyCheck: false })
  })
})

describe('openClient', () => {
  it('opens a cluster with the credentials of all', () => {
    const client = openClient(parseRedisUrl('rediss://me:p@a:1,rediss://b:2', { cluster: true }), {
      lazy: true,
    })
    expect(client.isCluster).toBe(true)
    expect(client.options).toMatchObject({
      redisOptions: { username: 'me', password: 'p', tls: {}, commandTimeout: 2000 },
    })
    client.disconnect()
  })
})
