import type { Redis } from 'ioredis'
import { eventKey } from '../../lib/bitmapist/key'
import { offset, type Period, range } from '../../lib/bitmapist/period'

/** A product's weeks: who signed up and who was active, as bitmaps. */
export interface Weeks {
  readonly first: Period
  readonly count: number
  readonly users: number
  readonly signup: readonly Uint8Array[]
  readonly active: readonly Uint8Array[]
}

/** xorshift32: the same numbers for the same seed, 0..1. */
function random(seed: number): () => number {
  let x = seed | 0 || 1
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) / 2 ** 32
  }
}

interface Shape {
  readonly users: number
  readonly first: Period
  readonly count: number
  readonly seed: number
}

/**
 * Users in the order of their sign-up, as many each week; in the k-th week after it a user is active with a chance
 * that falls from 60 % to 12 %.
 */
export function makeWeeks({ users, first, count, seed }: Shape): Weeks {
  const next = random(seed)
  const empty = () => Array.from({ length: count }, () => new Uint8Array(Math.ceil(users / 8)))
  const signup = empty()
  const active = empty()
  for (let user = 0; user < users; user++) {
    const joined = Math.floor((user / users) * count)
    set(signup[joined], user)
    set(active[joined], user)
    for (let week = joined + 1; week < count; week++)
      if (next() < 0.12 + 0.48 / (week - joined)) set(active[week], user)
  }
  return { first, count, users, signup, active }
}

function set(bitmap: Uint8Array | undefined, bit: number): void {
  const byte = bitmap?.[bit >> 3]
  if (bitmap && byte !== undefined) bitmap[bit >> 3] = byte | (0x80 >> (bit & 7))
}

/** Writes the bitmaps under the keys that marks would have made. */
export async function storeWeeks(redis: Redis, prefix: string, weeks: Weeks): Promise<void> {
  for (const [w, of] of range(weeks.first, weeks.count).entries())
    for (const name of ['signup', 'active'] as const)
      await redis.set(eventKey(prefix, name, of), Buffer.from(weeks[name][w] ?? []))
}

/** The last of the weeks. */
export function lastWeek({ first, count }: Weeks): Period {
  return offset(first, count - 1)
}
