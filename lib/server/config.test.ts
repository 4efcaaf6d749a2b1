import { describe, expect, it } from 'vitest'
import { type Environment, isLoopback, readConfig } from './config'

const messageOf = (env: Environment): string => {
  try {
    readConfig(env)
    return 'none'
  } catch (error) {
    return error instanceof Error ? error.message : 'no error'
  }
}

describe('readConfig', () => {
  it('has a default for every variable', () => {
    expect(readConfig({})).toEqual({
      redis: {
        kind: 'tcp',
        host: '127.0.0.1',
        port: 6379,
        tls: false,
        db: 0,
        label: 'redis://127.0.0.1:6379',
      },
      host: '127.0.0.1',
      port: 3000,
      keyPrefix: 'trackist_',
      timeZone: 'UTC',
      trackHourly: false,
      trackUnique: false,
      idMode: 'integer',
      maxUserId: 134_217_727,
      auth: 'none',
      cacheMb: 256,
      logLevel: 'info',
    })
  })

  it('takes an empty variable as one that is not set', () => {
    expect(readConfig({ PORT: '', REDIS_URL: '', AUTH: '' })).toEqual(readConfig({}))
  })

  it('reads every variable', () => {
    const config = readConfig({
      REDIS_URL: 'redis+unix:///run/redis.sock?db=2',
      REDIS_CLUSTER: '0',
      HOST: '[::1]',
      PORT: '8080',
      KEY_PREFIX: 'bitmapist_',
      TIME_ZONE: 'europe/berlin',
      TRACK_HOURLY: '1',
      TRACK_UNIQUE: '1',
      ID_MODE: 'mapped',
      MAX_USER_ID: '4294967295',
      AUTH: 'none',
      CACHE_MB: '0',
      LOG_LEVEL: 'silent',
    })
    expect(config).toMatchObject({ host: '::1', port: 8080, keyPrefix: 'bitmapist_', trackHourly: true })
    expect(config).toMatchObject({
      idMode: 'mapped',
      trackUnique: true,
      maxUserId: 4_294_967_295,
      cacheMb: 0,
      logLevel: 'silent',
    })
    expect(config.redis).toMatchObject({ kind: 'unix', path: '/run/redis.sock', db: 2 })
  })

  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', 'http'],
    ['PORT', '1e3'],
    ['HOST', '0.0.0.0'],
    ['HOST', '::'],
    ['HOST', 'example.com'],
    ['HOST', '192.168.1.4'],
    ['HOST', '127.0.0.1.example.com'],
    ['KEY_PREFIX', 'a\nb'],
    ['KEY_PREFIX', 'bitcohort:x'],
    ['KEY_PREFIX', '}x'],
    ['KEY_PREFIX', 'x'.repeat(101)],
    ['TIME_ZONE', 'Europe/Atlantis'],
    ['TRACK_HOURLY', 'yes'],
    ['TRACK_UNIQUE', '2'],
    ['ID_MODE', 'uuid'],
    ['MAX_USER_ID', '4294967296'],
    ['MAX_USER_ID', '-1'],
    ['AUTH', 'password'],
    ['CACHE_MB', '1.5'],
    ['LOG_LEVEL', 'loud'],
    ['REDIS_CLUSTER', 'yes'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_URL', 'http://localhost:6379'],
    ['REDIS_URL', 'redis://localhost/one'],
    ['REDIS_URL', 'redis://localhost/0/1'],
    ['REDIS_URL', 'redis://localhost?password=x'],
    ['REDIS_URL', 'redis+unix://run/redis.sock'],
    ['REDIS_URL', 'redis+unix:///run/redis.sock?db=x'],
    ['REDIS_URL', 'redis://a,redis://b'],
  ])('refuses %s=%s with one line that names it', (name, value) => {
    expect(messageOf({ [name]: value })).toMatch(new RegExp(`^${name} expected [^\\n]+, got [^\\n]+$`))
  })

  it('reads a list of nodes for a cluster', () => {
    const { redis } = readConfig({ REDIS_CLUSTER: '1', REDIS_URL: 'redis://a:7000,redis://b:7001' })
    expect(redis).toMatchObject({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 7001 },
      ],
    })
  })

  it.each(['redis+unix:///run/redis.sock', 'redis://a/1', 'redis://a,redis://b/1', 'redis://a,nowhere://b'])(
    'refuses %s as nodes of a cluster',
    (url) => {
      const message = messageOf({ REDIS_CLUSTER: '1', REDIS_URL: url })
      expect(message).toMatch(/^REDIS_URL expected [^\n]+, got [^\n]+$/)
    },
  )

  it('says why other hosts are refused', () => {
    expect(messageOf({ HOST: '0.0.0.0' })).toBe(
      'HOST expected a loopback address such as 127.0.0.1: there is no sign-in yet, so nobody else may reach it, got "0.0.0.0"',
    )
  })

  it.each([
    'redis://:hunter2@localhost/x',
    'redis://user:hunter2@localhost?x=1',
    'redis://user:hun%zzter2@localhost',
    'rediss://localhost/0?password=hunter2',
    'redis://user:hunter2@loc alhost',
    'redis+unix://:hunter2@/run/redis.sock?x=1',
    'memcached://user:hunter2@localhost',
    'user:hunter2@localhost',
    'hunter2',
    'redis://hunter2',
    'redis://:hunter2@a,redis://:hunter2@b',
    'redis://:hunter2@a,b',
  ])('never repeats the password of %s', (url) => {
    expect(messageOf({ REDIS_URL: url }).replace('"redis://hunter2"', '')).not.toMatch(/hunter2|hun%zzter2/)
  })
})

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.255.0.9', '::1', '[::1]'])('knows %s', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each([
    '',
    'localhost.example.com',
    '127.0.0.1.nip.io',
    '127.1',
    '127.0.0.256',
    '0.0.0.0',
    '::',
    '10.0.0.1',
  ])('does not take "%s" for this machine', (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})
