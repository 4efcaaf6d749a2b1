import type { Redis } from 'ioredis'
import { scanPattern } from './key'
import type { Begun } from './records'
import type { Server } from './store/server'

/** Keys that a server looks at in one step: less than a millisecond. */
const SCAN_COUNT = 1000

/** One step of a scan. */
export interface Page {
  /** Those of the prefix among the keys that were passed. */
  readonly keys: readonly string[]
  /** Keys that were passed so far, about. */
  readonly seen: number
  /** How to go on from here. */
  readonly cursors: Begun['cursors']
}

/** Where a scan goes on. */
export type Place = Pick<Begun, 'seen' | 'cursors'>

/** Before the first key of the first node. */
export const BEGINNING: Place = { seen: 0, cursors: new Map() }

/**
 * All keys of a prefix, node by node, some at a time: SCAN never holds a server for long. A key that is there all the
 * time comes at least once, one that comes or goes meanwhile may.
 *
 * A cursor holds as long as a node runs, which its run id tells: where the server does not tell it, or is another now,
 * that node is gone through from its beginning.
 * @param from null for a scan that nobody is to go on with
 */
export async function* readPages(server: Server, prefix: string, from: Place | null): AsyncGenerator<Page> {
  const pattern = scanPattern(prefix)
  const cursors = new Map<string, string | null>()
  let { seen } = from ?? BEGINNING
  for (const node of await server.primaries()) {
    const name = from === null ? null : await runIdOf(node)
    const known = name === null ? undefined : from?.cursors.get(name)
    let cursor = known === undefined ? '0' : known
    if (name !== null) cursors.set(name, cursor)
    while (cursor !== null) {
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT)
      cursor = next === '0' ? null : next
      seen += SCAN_COUNT
      if (name !== null) cursors.set(name, cursor)
      yield { keys, seen, cursors }
    }
  }
}

/** How many keys there are, of any prefix; 0 where a server does not tell. */
export async function countKeys(server: Server): Promise<number> {
  if (!(await server.capabilities()).sizes) return 0
  const nodes = await server.primaries()
  const sizes = await Promise.all(nodes.map((node) => node.dbsize()))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** What names a server from its start to its end; null where it does not tell. */
async function runIdOf(node: Redis): Promise<string | null> {
  const info = await node.info('server').catch(refused(''))
  return /^run_id:(\w+)/m.exec(info)?.[1] ?? null
}

/** What stands for the answer of a server that does not have a command, or not for this user. */
function refused<Value>(value: Value): (error: Error) => Value {
  return (error) => {
    if (/^(ERR|NOPERM) /.test(error.message)) return value
    throw error
  }
}
