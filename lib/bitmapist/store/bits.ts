import { Pipeline, type Redis, Command as RedisCommand } from 'ioredis'
import { runPipeline } from './pipeline'

/** Bits of one BITFIELD: longer ones would hold Redis, shorter ones cost more a bit. */
const BITS_A_COMMAND = 1000
/** Bounds of one round trip: what waits in memory. Eight times as many bits took 1.4 times as long. */
const COMMANDS_A_ROUND = 256
const BITS_A_ROUND = 32_000

/** Users by key. */
export type Bits = ReadonlyMap<string, ReadonlySet<number>>

interface Command {
  readonly key: string
  /** Ascending. */
  readonly users: Uint32Array
}

/** Those of the bits that are set; no key where none is. @throws WRONG_TYPE */
export async function readBits(redis: Redis, bits: Bits): Promise<Bits> {
  const held = new Map<string, Set<number>>()
  for (const round of roundsOf(bits)) {
    const replies = await run(redis, round, ['GET', 'u1'])
    for (const [i, { key, users }] of round.entries()) {
      const values = [replies[i]].flat()
      const found = users.filter((_, k) => values[k] === 1)
      if (found.length > 0) held.set(key, new Set([...(held.get(key) ?? []), ...found]))
    }
  }
  return held
}

/** Sets or clears bits. Clearing one past a bitmap's end lengthens it. @throws WRONG_TYPE */
export async function setBits(redis: Redis, bits: Bits, value: 0 | 1): Promise<void> {
  for (const round of roundsOf(bits)) await run(redis, round, ['SET', 'u1', value])
}

function* roundsOf(bits: Bits): Generator<readonly Command[]> {
  let round: Command[] = []
  let size = 0
  for (const [key, ids] of bits) {
    const sorted = Uint32Array.from(ids).sort()
    for (let from = 0; from < sorted.length; from += BITS_A_COMMAND) {
      const users = sorted.subarray(from, from + BITS_A_COMMAND)
      round.push({ key, users })
      size += users.length
      if (round.length < COMMANDS_A_ROUND && size < BITS_A_ROUND) continue
      yield round
      round = []
      size = 0
    }
  }
  if (round.length > 0) yield round
}

type Verb = readonly ['GET', 'u1'] | readonly ['SET', 'u1', 0 | 1]

function run(redis: Redis, round: readonly Command[], verb: Verb): Promise<readonly unknown[]> {
  const [, , value] = verb
  const pipeline = redis.pipeline()
  const send = Pipeline.prototype.sendCommand
  for (const { key, users } of round) {
    const [only, second] = users
    if (only === undefined || second !== undefined) send.call(pipeline, new BitField(key, users, verb))
    else if (value === undefined) pipeline.getbit(key, only)
    else pipeline.setbit(key, only, value)
  }
  return runPipeline(
    pipeline,
    round.map(({ key }) => key),
  )
}

/**
 * A BITFIELD of single bits that writes itself in the bytes of the protocol: ioredis would make four strings of each
 * bit, and most of the time of an import was theirs.
 */
class BitField extends RedisCommand {
  constructor(
    key: string,
    private readonly users: Uint32Array,
    private readonly verb: Verb,
  ) {
    super('bitfield', [key])
  }

  /** @see Redis serialization protocol: `*4`, then each argument as `$length` and its bytes */
  override toWritable(): Buffer {
    const [key = ''] = this.args
    const [word, type, value] = this.verb
    const { users } = this
    const each = value === undefined ? 3 : 4
    const start = Buffer.from(
      `*${2 + users.length * each}\r\n${argument('BITFIELD')}${argument(String(key))}`,
    )
    const before = Buffer.from(argument(word) + argument(type))
    const after = Buffer.from(value === undefined ? '' : argument(String(value)))
    // `$10\r\n`, ten digits, `\r\n`
    const bytes = Buffer.allocUnsafe(start.length + users.length * (before.length + 17 + after.length))
    bytes.set(start)
    let at = start.length
    for (const user of users) {
      bytes.set(before, at)
      at = writeNumber(bytes, user, at + before.length)
      bytes.set(after, at)
      at += after.length
    }
    return bytes.subarray(0, at)
  }
}

function argument(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`
}

const ZERO = 48

/** Writes a number as an argument. @returns where the next one begins */
function writeNumber(bytes: Uint8Array, value: number, start: number): number {
  let length = 1
  for (let limit = 10; value >= limit; limit *= 10) length++
  let at = start
  bytes[at++] = 36
  if (length === 10) bytes[at++] = ZERO + 1
  bytes[at++] = ZERO + (length % 10)
  bytes[at++] = 13
  bytes[at++] = 10
  let rest = value
  for (let i = at + length - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10)
    bytes[i] = ZERO + rest - tenth * 10
    rest = tenth
  }
  at += length
  bytes[at++] = 13
  bytes[at++] = 10
  return at
}
