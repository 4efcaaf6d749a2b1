import { describe, expect, it } from 'vitest'
import { redisOptions } from './redis'
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
})
