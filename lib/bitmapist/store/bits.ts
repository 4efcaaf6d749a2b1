import { Command } from 'ioredis'
import { argument, type Call, call } from './call'
import type { Server } from './server'

/** Bits of one BITFIELD: longer ones would hold Redis, shorter ones cost more a bit. */
const BITS_A_COMMAND = 1000
/** Bounds of one round trip: what waits in memory. Eight times as many bits took 1.4 times as long. */
const COMMANDS_A_ROUND = 256
const BITS_A_ROUND = 32_000

/** Users by key. */
export type Bits = ReadonlyMap<string, ReadonlySet<number>>
/** Users by key, to be set or cleared: in any order, and some of them more than once. */
export type Lists = ReadonlyMap<string, Iterable<number>>

interface Asked {
  readonly key: string
  /** Ascending. */
  readonly users: Uint32Array
}

/** Those of the bits that are set; no key where none is. @throws WRONG_TYPE */
export async function readBits(server: Server, bits: Bits): Promise<Bits> {
  const held = new Map<string, Set<number>>()
  const callsOf = await caller(server, ['GET', 'u1'])
  for (const round of roundsOf(bits)) {
    const calls = round.map(callsOf)
    const replies = await server.run(calls.flat())
    let at = 0
    for (const [i, { key, users }] of round.entries()) {
      const from = at
      at += calls[i]?.length ?? 0
      const values = replies.slice(from, at).flat()
      const found = users.filter((_, k) => values[k] === 1)
      const known = held.get(key)
      if (known) for (const user of found) known.add(user)
      else if (found.length > 0) held.set(key, new Set(found))
    }
  }
  return held
}

/** Commands that go along with bits: in their round trips where those keep their order, else in trips of their own. */
export interface Company {
  /** Before the first bit. */
  readonly first?: readonly Call[]
  /** After the last bit. */
  readonly last?: readonly Call[]
}

/**
 * Sets or clears bits. Clearing one past a bitmap's end lengthens it.
 * @returns the replies to `last`
 * @throws WRONG_TYPE
 */
export async function setBits(
  server: Server,
  { bits, value }: { readonly bits: Lists; readonly value: 0 | 1 },
  { first = [], last = [] }: Company = {},
): Promise<readonly unknown[]> {
  const callsOf = await caller(server, ['SET', 'u1', value])
  let waiting: readonly Call[] = first
  const send = async () => {
    await server.run(waiting)
    waiting = []
  }
  let sent = 0
  for (const round of roundsOf(bits)) {
    // One round waits, so that what comes last goes along with the last.
    if (sent++ > 0 || !server.inOrder) await send()
    waiting = [...waiting, ...round.flatMap(callsOf)]
  }
  if (!server.inOrder) await send()
  const replies = await server.run([...waiting, ...last])
  return replies.slice(waiting.length)
}

type Verb = readonly ['GET', 'u1'] | readonly ['SET', 'u1', 0 | 1]

/** How a server is asked for some bits of a key, or told of them. */
async function caller(server: Server, verb: Verb): Promise<(asked: Asked) => readonly Call[]> {
  const { bitfields } = await server.capabilities()
  const [, , value] = verb
  const single = (key: string, user: number) =>
    value === undefined ? call('getbit', key, user) : call('setbit', key, user, value)
  return ({ key, users }) => {
    const [first] = users
    if (users.length === 1 && first !== undefined) return [single(key, first)]
    if (bitfields) return [{ key, make: () => new BitField(key, users, verb) }]
    return Array.from(users, (user) => single(key, user))
  }
}

function* roundsOf(bits: Lists): Generator<readonly Asked[]> {
  let round: Asked[] = []
  let size = 0
  for (const [key, ids] of bits) {
    const sorted = ascending(ids)
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

/** Each once. */
function ascending(users: Iterable<number>): Uint32Array {
  const sorted = new Uint32Array(users)
  if (sorted.length < 2) return sorted
  sorted.sort()
  let length = 0
  for (const user of sorted) if (length === 0 || sorted[length - 1] !== user) sorted[length++] = user
  return length === sorted.length ? sorted : sorted.subarray(0, length)
}

/**
 * A BITFIELD of single bits that writes itself in the bytes of the protocol: ioredis would make four strings of each
 * bit, and most of the time of an import was theirs.
 */
class BitField extends Command {
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
    // What stands between two numbers, written at once.
    const between = Buffer.concat([Buffer.from(value === undefined ? '' : argument(String(value))), before])
    // `$10\r\n`, ten digits, `\r\n`
    const length = start.length + before.length + users.length * (17 + between.length)
    const bytes = Buffer.allocUnsafe(length)
    bytes.set(start)
    bytes.set(before, start.length)
    let at = start.length + before.length
    for (const user of users) {
      at = writeNumber(bytes, user, at)
      bytes.set(between, at)
      at += between.length
    }
    return bytes.subarray(0, at - before.length)
  }
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
    const tenth = (rest / 10) >>> 0
    bytes[i] = ZERO + rest - tenth * 10
    rest = tenth
  }
  at += length
  bytes[at++] = 13
  bytes[at++] = 10
  return at
}
