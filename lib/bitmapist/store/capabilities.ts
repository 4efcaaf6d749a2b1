import { Command } from 'ioredis'
import { binaryCall, type Call, call } from './call'

/**
 * What a server can do, tried once a connection on a key that does not exist.
 *
 * | capability | tried by | Redis, Valkey, Cluster | bitmapist-server | without it |
 * | --- | --- | --- | --- | --- |
 * | `pieces` | GETRANGE | yes | no | whole GETs, once a report |
 * | `lengths` | STRLEN | yes | no | the length of a whole GET |
 * | `firstBits` | BITPOS | yes | no | empty beginnings are read too |
 * | `bitfields` | BITFIELD GET | yes | no | one SETBIT or GETBIT a bit |
 * | `unlink` | UNLINK | yes | no | DEL |
 * | `scripts` | EVAL | yes | no | mapped ids are refused |
 * | `records` | ZADD XX | yes | no | the registry is found by SCAN alone, and kept by the process |
 * | `conditions` | SET XX | yes | no | of two first writers at once the second one's settings may stand |
 * | `sizes` | DBSIZE | yes | no | a scan does not tell how far it is |
 *
 * A command that the connection's user may not call counts as missing, and so does a write that the server does not
 * take now: a replica has neither `bitfields`, `unlink` nor `records`.
 */
export interface Capabilities {
  readonly pieces: boolean
  readonly lengths: boolean
  readonly firstBits: boolean
  readonly bitfields: boolean
  readonly unlink: boolean
  readonly scripts: boolean
  readonly records: boolean
  readonly conditions: boolean
  readonly sizes: boolean
}

/** What servers answer to commands that they do not have, or not for this user. */
const MISSING =
  /^(NOPERM |ERR (.* )?(unknown|unsupported|wrong number|not (support|allowed|available)|disabled))/i
/** What they answer to writes that they do not take for now: a replica, one that is full or cannot save. */
const NOT_NOW = /^(READONLY|OOM|MISCONF|NOREPLICAS) /

export interface Probed {
  readonly capabilities: Capabilities
  /** False where something was refused for now. */
  readonly isLasting: boolean
}

/** @throws what the server answers while it cannot serve at all */
export async function probe(
  exec: (calls: readonly Call[]) => Promise<readonly unknown[]>,
  key: string,
): Promise<Probed> {
  const tries = triesOf(key)
  const names = Object.keys(tries)
  const replies = await exec(Object.values(tries))
  let isLasting = true
  const can = (name: keyof Capabilities): boolean => {
    const reply = replies[names.indexOf(name)]
    if (!(reply instanceof Error)) return true
    if (MISSING.test(reply.message)) return false
    if (!NOT_NOW.test(reply.message)) throw reply
    isLasting = false
    // Which would be written without, were it taken a moment later.
    return name === 'conditions'
  }
  const capabilities = {
    pieces: can('pieces'),
    lengths: can('lengths'),
    firstBits: can('firstBits'),
    bitfields: can('bitfields'),
    unlink: can('unlink'),
    scripts: can('scripts'),
    records: can('records'),
    conditions: can('conditions'),
    sizes: can('sizes'),
  }
  return { capabilities, isLasting }
}

/** Commands that leave an absent key absent. */
function triesOf(key: string): Readonly<Record<keyof Capabilities, Call>> {
  return {
    pieces: binaryCall('getrange', key, 0, 0),
    lengths: call('strlen', key),
    firstBits: call('bitpos', key, 1),
    bitfields: call('bitfield', key, 'GET', 'u1', 0),
    unlink: call('unlink', key),
    scripts: { key, make: () => new Command('eval', ['return 1', 1, key]) },
    // XX: an absent member is not added.
    records: call('zadd', key, 'XX', 0, '-'),
    // XX: an absent key is not set.
    conditions: call('set', key, '', 'XX'),
    sizes: { key, make: () => new Command('dbsize') },
  }
}
