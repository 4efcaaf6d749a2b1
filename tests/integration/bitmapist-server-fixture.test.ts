import { connect } from 'node:net'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BitmapistServer, startBitmapistServer } from '../fixtures/bitmapist-server'

let server: BitmapistServer
let client: Redis

beforeAll(async () => {
  server = await startBitmapistServer()
  client = server.client()
})
beforeEach(() => {
  server.flush()
  server.forget()
})
afterAll(() => server.stop())

type Words = readonly [name: string, ...args: (string | number)[]]

const ask = ([name, ...args]: Words): Promise<unknown> => client.call(name, ...args)

/** What is answered to bytes that no client of Redis would send. */
function answerTo(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (piece) => {
      answer += piece.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

describe('a command that startBitmapistServer has not', () => {
  it.each([
    ['getrange', ['getrange', 'k', 0, 1]],
    ['strlen', ['strlen', 'k']],
    ['bitfield', ['bitfield', 'k', 'GET', 'u1', 0]],
    ['bitpos', ['bitpos', 'k', 1]],
    ['unlink', ['unlink', 'k']],
    ['eval', ['EVAL', 'return 1', 0]],
    ['zadd', ['zadd', 'k', 1, 'a']],
    ['hello', ['hello', 3]],
    ['client', ['client', 'id']],
    ['flushall', ['FlushAll']],
  ] satisfies [string, Words][])('is refused by its name in small letters: %s', async (name, words) => {
    const error = `ERR unknown command '${name}'`
    await expect(ask(words)).rejects.toThrow(error)
    expect(server.commands).toEqual([name])
    expect(server.refusals).toEqual([{ name, error }])
  })
})

describe('arguments that startBitmapistServer does not take', () => {
  it.each([
    ['info'],
    ['info', 'server'],
    ['scan', 0],
    ['scan', 0, 'MATCH', '*'],
    ['scan', 7, 'MATCH', '*', 'COUNT', 10],
    ['scan', 0, 'COUNT', 10, 'MATCH', '*'],
    ['bitcount', 'k', 0, 1],
    ['set', 'k', 'v', 'NX'],
    ['exists', 'k', 'l'],
    ['get'],
    ['setbit', 'k', 1, 2],
    ['bitop', 'AND', 'target', 'k'],
    ['bitop', 'DIFF', 'target', 'k', 'l'],
  ] satisfies Words[])('are refused as of a wrong number: %s %s %s %s', async (...words: Words) => {
    await expect(ask(words)).rejects.toThrow(`ERR wrong number of arguments for '${words[0]}' command`)
  })

  it.each([
    [['setbit', 'k', 2 ** 32, 1], 'ERR bit offset is not an integer or out of range'],
    [['getbit', 'k', -1], 'ERR bit offset is not an integer or out of range'],
    [['select', 1], 'ERR invalid DB index'],
    [['rename', 'absent', 'k'], 'ERR no such key'],
    [['expire', 'k', 'soon'], 'ERR strconv.ParseInt: parsing "soon": invalid syntax'],
  ] satisfies [Words, string][])('are refused for what they are: %j', async (words, error) => {
    await expect(ask(words)).rejects.toThrow(error)
  })
})

describe('the bitmaps of startBitmapistServer', () => {
  it('are sets of bits: the last byte is that of the last bit', async () => {
    expect(await client.setbit('k', 10, 1)).toBe(0)
    expect(await client.setbit('k', 10, 1)).toBe(1)
    expect(await client.setbit('k', 7, 1)).toBe(0)
    expect(await client.setbit('k', 100, 1)).toBe(0)
    expect(await client.setbit('k', 100, 0)).toBe(1)
    expect(await client.getBuffer('k')).toEqual(Buffer.from([0x01, 0x20]))
    expect([await client.bitcount('k'), await client.getbit('k', 7), await client.getbit('k', 8)]).toEqual([
      2, 1, 0,
    ])
    expect(server.keys()).toEqual({ k: [7, 10] })
  })

  it('hold offsets up to 2^32 - 1', async () => {
    await client.setbit('k', 2 ** 32 - 1, 1)
    expect([await client.getbit('k', 2 ** 32 - 1), await client.bitcount('k')]).toEqual([1, 1])
  })

  it('take bytes for bits, and drop the zeros at their end', async () => {
    expect(await client.set('k', Buffer.from([0x00, 0xa0, 0x00]))).toBe('OK')
    expect(await client.getBuffer('k')).toEqual(Buffer.from([0x00, 0xa0]))
    expect(server.keys()).toEqual({ k: [8, 10] })
    await client.set('k', '{"a":1}')
    expect(await client.get('k')).toBe('{"a":1}')
  })

  it('are nothing where absent, and empty where the last bit was cleared', async () => {
    expect(await client.get('k')).toBeNull()
    expect([await client.bitcount('k'), await client.getbit('k', 1)]).toEqual([0, 0])
    expect(await client.setbit('k', 1, 0)).toBe(0)
    expect(await client.get('k')).toBe('')
    expect(server.keys()).toEqual({ k: [] })
  })

  it('do not exist, as EXISTS says of every key', async () => {
    await client.setbit('k', 1, 1)
    expect(await client.exists('k')).toBe(0)
  })

  it('are deleted, renamed and counted', async () => {
    for (const key of ['a', 'b', 'c']) await client.setbit(key, 1, 1)
    expect(await client.del('a', 'absent', 'b')).toBe(2)
    expect(await client.rename('c', 'd')).toBe('OK')
    expect(server.keys()).toEqual({ d: [1] })
    expect(await client.info('keys')).toBe('keys_total:1\n')
    expect([await client.ping(), await client.ping('hi'), await client.bgsave()]).toEqual([
      'PONG',
      'hi',
      'OK',
    ])
  })

  it('expire; SETBIT leaves the time, SET and BITOP forget it', async () => {
    expect(await client.expire('k', 60)).toBe(0)
    await client.setbit('k', 1, 1)
    expect([await client.ttl('absent'), await client.ttl('k'), await client.pttl('k')]).toEqual([-2, -1, -1])
    expect(await client.expire('k', 60)).toBe(1)
    await client.setbit('k', 2, 1)
    expect(await client.ttl('k')).toBe(60)
    await client.set('k', 'x')
    expect(await client.ttl('k')).toBe(-1)
    expect(await client.expire('k', 0)).toBe(1)
    expect(server.keys()).toEqual({})
  })
})

describe('BITOP of startBitmapistServer', () => {
  const a = [7, 10]
  const b = [7, 20]

  it.each([
    ['OR', ['a', 'b'], 3, [7, 10, 20]],
    ['and', ['a', 'b'], 1, [7]],
    ['XOR', ['a', 'b'], 3, [10, 20]],
    ['NOT', ['a'], 2, [0, 1, 2, 3, 4, 5, 6, 8, 9, 11, 12, 13, 14, 15]],
    ['AND', ['a', 'absent'], 0, []],
    ['AND', ['absent', 'a'], 2, [7, 10]],
    ['OR', ['absent', 'a'], 2, [7, 10]],
    ['OR', ['absent', 'absent'], 0, undefined],
    ['NOT', ['absent'], 0, undefined],
  ])('%s of %j answers %i', async (operation, keys, length, bits) => {
    for (const bit of a) await client.setbit('a', bit, 1)
    for (const bit of b) await client.setbit('b', bit, 1)
    await client.setbit('target', 99, 1)
    expect(await client.call('BITOP', operation, 'target', ...keys)).toBe(length)
    expect(server.keys().target).toEqual(bits)
  })
})

describe('SCAN of startBitmapistServer', () => {
  it('answers all keys at once', async () => {
    for (let key = 0; key < 30; key++) await client.setbit(`t_${key}`, 1, 1)
    await client.setbit('other', 1, 1)
    const [cursor, keys] = await client.scan(0, 'MATCH', 't_*', 'COUNT', 10)
    expect([cursor, keys.length]).toEqual(['0', 30])
  })
})

describe('transactions of startBitmapistServer', () => {
  it('run at EXEC', async () => {
    expect(await client.multi().setbit('k', 1, 1).bitcount('k').exec()).toEqual([
      [null, 0],
      [null, 1],
    ])
  })

  it('are dropped for a command that is unknown, and for DISCARD', async () => {
    await expect(client.multi().setbit('k', 1, 1).unlink('k').exec()).rejects.toThrow(
      'EXECABORT Transaction discarded because of previous errors.',
    )
    for (const words of [['multi'], ['setbit', 'k', 1, 1], ['discard']] satisfies Words[]) await ask(words)
    expect(server.keys()).toEqual({})
    await expect(ask(['exec'])).rejects.toThrow('ERR EXEC without MULTI')
  })
})

describe('a connection to startBitmapistServer', () => {
  it('takes long values and many commands in one piece or several', async () => {
    const value = Buffer.alloc(1_000_000, 0x10)
    const pipeline = client.pipeline().set('long', value)
    for (let bit = 0; bit < 1000; bit++) pipeline.setbit('many', bit, 1)
    await pipeline.getBuffer('long').exec()
    expect((await client.getBuffer('long'))?.equals(value)).toBe(true)
    expect(await client.bitcount('many')).toBe(1000)
  })

  it('ends with QUIT and with what is no request', async () => {
    expect(await answerTo('*1\r\n$4\r\nQUIT\r\n*1\r\n$4\r\nPING\r\n')).toBe('+OK\r\n')
    expect(await answerTo('*1\r\n$4\r\nPING\r\nPING\r\n')).toBe('$4\r\nPONG\r\n')
  })

  it('falls back to RESP2 where a client says HELLO, each time that it connects', async () => {
    const third = server.client({ protocol: 3 })
    expect(await third.setbit('k', 1, 1)).toBe(0)
    third.disconnect(true)
    expect(await third.getbit('k', 1)).toBe(1)
    expect(server.commands).toEqual(['hello', 'setbit', 'hello', 'getbit'])
  })

  it('goes on without its name', async () => {
    const named = server.client({ connectionName: 'test' })
    expect(await named.setbit('k', 1, 1)).toBe(0)
    expect(server.refusals).toEqual([{ name: 'client', error: "ERR unknown command 'client'" }])
  })

  it.each([
    ['the ready check', { enableReadyCheck: true }, "ERR wrong number of arguments for 'info' command"],
    ['a password', { password: 'secret' }, "ERR unknown command 'auth'"],
  ])('is never ready with %s', async (_, options, error) => {
    const other = server.client(options)
    await expect(other.setbit('k', 1, 1)).rejects.toThrow(error)
    other.disconnect()
  })

  it('says of another database that it is not there, then takes the only one', async () => {
    const other = server.client({ db: 1, lazyConnect: true })
    const errors: string[] = []
    other.on('error', (error) => errors.push(error.message))
    await other.setbit('k', 1, 1)
    expect(errors).toEqual(['ERR invalid DB index'])
    expect(server.keys()).toEqual({ k: [1] })
  })
})
