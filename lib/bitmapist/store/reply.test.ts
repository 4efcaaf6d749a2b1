import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolError, pour, ReplyParser, type Sink } from './reply'

/** What a sink took, and how it ended. */
class Bucket implements Sink {
  bytes: number[] = []
  state: 'new' | 'open' | 'ended' | 'cancelled' = 'new'
  begin(): void {
    this.bytes = []
    this.state = 'open'
  }
  write(bytes: Uint8Array): void {
    this.bytes.push(...bytes)
  }
  end(): void {
    this.state = 'ended'
  }
  cancel(): void {
    this.state = 'cancelled'
  }
}

/** @param sinks of the bulk replies, in their order; null for those that are had whole */
function parse(parts: readonly Uint8Array[], sinks: (Sink | null)[] = []) {
  const replies: unknown[] = []
  const receiver = { sink: () => sinks.shift() ?? null, receive: (reply: unknown) => replies.push(reply) }
  const parser = new ReplyParser(receiver)
  for (const part of parts) parser.feed(part)
  return { replies, parser }
}

const bytesOf = (text: string) => Buffer.from(text, 'latin1')

/** Cuts bytes at some places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

describe('ReplyParser', () => {
  it.each([
    ['+PONG\r\n', 'PONG'],
    [':0\r\n', 0],
    [':-1\r\n', -1],
    [':+7\r\n', 7],
    [':4294967295\r\n', 4294967295],
    ['$-1\r\n', null],
    ['$0\r\n\r\n', new Uint8Array()],
    ['$4\r\n\r\n\r\n\r\n', new Uint8Array([13, 10, 13, 10])],
  ])('takes %j', (text, reply) => {
    expect(parse([bytesOf(text)]).replies).toEqual([reply])
  })

  it('takes errors with their texts', () => {
    const [reply] = parse([bytesOf('-MOVED 3999 127.0.0.1:6381\r\n')]).replies
    expect(reply).toBeInstanceOf(Error)
    expect(reply).toMatchObject({ name: 'ReplyError', message: 'MOVED 3999 127.0.0.1:6381' })
  })

  it('takes the same wherever the bytes are cut', () => {
    const text = fc.constantFrom('OK', 'PONG', '')
    const value = fc.oneof(
      text.map((each) => ({ sent: bytesOf(`+${each}\r\n`), reply: each })),
      fc.integer({ min: -1 }).map((each) => ({ sent: bytesOf(`:${each}\r\n`), reply: each })),
      fc.uint8Array({ maxLength: 300 }).map((each) => ({
        sent: Buffer.concat([bytesOf(`$${each.length}\r\n`), each, bytesOf('\r\n')]),
        reply: each,
      })),
    )
    const places = fc.array(fc.nat(5000), { maxLength: 40 })
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), places, (values, at) => {
        const all = Buffer.concat(values.map(({ sent }) => sent))
        const { replies } = parse(cut(all, at))
        expect(replies).toEqual(values.map(({ reply }) => reply))
      }),
      { seed: 5 },
    )
  })

  it('hands bytes to the sink of their reply, and says null', () => {
    const [first, second] = [new Bucket(), new Bucket()]
    const text = bytesOf('$3\r\nabc\r\n:7\r\n$2\r\nde\r\n$0\r\n\r\n')
    const { replies } = parse(
      [...text].map((byte) => Uint8Array.of(byte)),
      [first, null, second],
    )
    expect(replies).toEqual([null, 7, bytesOf('de').subarray(), null].map((each) => each && plain(each)))
    expect([first, second].map(({ bytes, state }) => [bytes, state])).toEqual([
      [[97, 98, 99], 'ended'],
      [[], 'ended'],
    ])
  })

  it('cancels the sink of a reply that breaks off, and no other', () => {
    const [first, second] = [new Bucket(), new Bucket()]
    parse([bytesOf('$3\r\nabc\r\n$3\r\nde')], [first, second]).parser.end()
    expect([first.state, second.state]).toEqual(['ended', 'cancelled'])
  })

  const wrong = ['*1\r\n:1\r\n', '%1\r\n', '$x\r\n', ':1x\r\n', ':\r\n', ':-\r\n', '$\r\n', '$-2\r\n', '\r\n']
  it.each([...wrong, '$1\r\nab\r\n', '$1\r\na\r\r', `+${'a'.repeat(70_000)}`])(
    'refuses what is no such reply: %j',
    (text) => {
      expect(() => parse([bytesOf(text)])).toThrow(ProtocolError)
    },
  )
})

function plain(reply: unknown): unknown {
  return reply instanceof Uint8Array ? new Uint8Array(reply) : reply
}

describe('pour', () => {
  it('hands a reply that is there to a sink', () => {
    const bucket = new Bucket()
    pour(Uint8Array.of(1, 2), bucket)
    pour(new Uint8Array(), bucket)
    expect([bucket.bytes, bucket.state]).toEqual([[], 'ended'])
  })

  it('cancels what a sink took that has no room for all', () => {
    const bucket = new Bucket()
    const full = {
      begin: () => bucket.begin(),
      write() {
        throw new RangeError('full')
      },
      end: () => bucket.end(),
      cancel: () => bucket.cancel(),
    }
    expect(() => pour(Uint8Array.of(1), full)).toThrow(RangeError)
    expect(bucket.state).toBe('cancelled')
  })
})
