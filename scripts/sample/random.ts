/** A stream of numbers in [0, 1), the same for the same seed. */
export type Random = () => number

/**
 * Mulberry32: 32 bits of state, enough for a simulation.
 * @param seed any integer; its lowest 32 bits count
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of the keys, as often as its share of the sum of all says. */
export function pick<Name extends string>(random: Random, shares: Readonly<Record<Name, number>>): Name {
  const entries = Object.entries<number>(shares) as [Name, number][]
  let left = random() * entries.reduce((sum, [, share]) => sum + share, 0)
  for (const [name, share] of entries) {
    left -= share
    if (left < 0) return name
  }
  throw new RangeError('"shares" expected at least one share over 0')
}
