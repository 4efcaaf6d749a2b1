import { Command } from 'ioredis'
import { binaryCall, type Call, call } from './call'

/**
 * What a server can do, tried once a connection on a key that does not exist.
 *
 * | capability | command | Redis, Valkey, Cluster | bitmapist-server | without it |
 * | --- | --- | --- | --- | --- |
 * | `pieces` | GETRANGE | yes | no | whole GETs, once a report |
 * | `lengths` | STRLEN | yes | no | the length of a whole GET |
 * | `firstBits` | BITPOS | yes | no | empty beginnings are read too |
 * | `bitfields` | BITFIELD | yes | no | one SETBIT or GETBIT a bit |
 * | `unlink` | UNLINK | yes | no | DEL |
 * | `scripts` | EVAL | yes | no | mapped ids are refused |
 * | `records` | ZADD | yes | no | the registry is found by SCAN alone, and kept by the process |
 *
 * A command that the connection's user may not call counts as missing.
 */
export interface Capabilities {
  readonly pieces: boolean
  readonly lengths: boolean
  readonly firstBits: boolean
  readonly bitfields: boolean
  readonly unlink: boolean
  readonly scripts: boolean
  readonly records: boolean
}

/** What servers answer to commands that they do not have, or not for this user. */
const REFUSED = /^(NOPERM|(ERR )?(unknown|wrong number|not allowed|.*(not supported|not allowed|disabled)))/i

/** @throws what the server answers while it cannot serve at all */
export async function probe(
  exec: (calls: readonly Call[]) => Promise<readonly unknown[]>,
  key: string,
): Promise<Capabilities> {
  const tries = {
    pieces: binaryCall('getrange', key, 0, 0),
    lengths: call('strlen', key),
    firstBits: call('bitpos', key, 1),
    bitfields: call('bitfield', key, 'GET', 'u1', 0),
    unlink: call('unlink', key),
    scripts: evalCall(key),
    records: call('zcard', key),
  }
  const names = Object.keys(tries) as (keyof typeof tries)[]
  const replies = await exec(Object.values(tries))
  const can = (name: keyof typeof tries): boolean => {
    const reply = replies[names.indexOf(name)]
    if (!(reply instanceof Error)) return true
    if (REFUSED.test(reply.message)) return false
    throw reply
  }
  return {
    pieces: can('pieces'),
    lengths: can('lengths'),
    firstBits: can('firstBits'),
    bitfields: can('bitfields'),
    unlink: can('unlink'),
    scripts: can('scripts'),
    records: can('records'),
  }
}

function evalCall(key: string): Call {
  return { key, make: () => new Command('eval', ['return 1', 1, key]) }
}
