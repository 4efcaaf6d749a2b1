import type { Client } from '../../lib/bitmapist'
import { ownKey, scanPattern } from '../../lib/bitmapist/key'
import { Server } from '../../lib/bitmapist/store/server'
import type { SampleOptions } from './simulate'

/** What Redis remembers of a sample: enough to finish a load that was cut off, or to write the same log again. */
export interface Marker {
  readonly state: 'loading' | 'loaded'
  readonly options: SampleOptions
}

/** The braces are written into the key: they keep a project's own keys in one slot of a cluster. */
export function markerKey(prefix: string): string {
  return `bitcohort:{${prefix}}:sample`
}

/** @throws Error for a marker that this version did not write */
export async function readMarker(redis: Client, prefix: string): Promise<Marker | null> {
  const text = await redis.get(markerKey(prefix))
  if (text === null) return null
  const { state, now, seed, users, weeks } = JSON.parse(text) as Record<string, unknown>
  const time = new Date(String(now))
  const numbers = [seed, users, weeks, time.getTime()].every(Number.isInteger)
  if ((state !== 'loading' && state !== 'loaded') || !numbers)
    throw new Error(`${markerKey(prefix)} expected a sample's settings, got ${text.slice(0, 80)}`)
  return { state, options: { now: time, seed: Number(seed), users: Number(users), weeks: Number(weeks) } }
}

export async function writeMarker(redis: Client, prefix: string, { state, options }: Marker): Promise<void> {
  const { now, seed, users, weeks } = options
  await redis.set(markerKey(prefix), JSON.stringify({ state, now: now.toISOString(), seed, users, weeks }))
}

/** Whether any key of the prefix exists; keys of our own (`bitcohort:…`) are not data. */
export async function hasData(redis: Client, prefix: string): Promise<boolean> {
  for (const node of await new Server(redis, ownKey(prefix, 'probe')).primaries()) {
    let cursor = '0'
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', scanPattern(prefix), 'COUNT', 1000)
      if (keys.some((key) => !key.startsWith('bitcohort:'))) return true
      cursor = next
    } while (cursor !== '0')
  }
  return false
}
