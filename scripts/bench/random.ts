/** Random words of 32 bits. */
export type Random = () => number

/** xorshift32: the same words for the same seed. @see Marsaglia, Xorshift RNGs, 2003 */
export function random(seed: number): Random {
  let x = Math.imul(seed, 0x9e3779b1) | 0 || 1
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return x
  }
}

/** An integer 0 ≤ n < `limit`. */
export function below(limit: number, next: Random): number {
  return Math.floor(((next() >>> 0) / 2 ** 32) * limit)
}

/**
 * Makes each bit of some words 1 with a chance of `chance` / 256: bit by bit of that fraction, the lowest first, a
 * random word is taken in or out, which is 32 draws for the price of 8.
 */
export function drawBits(words: Uint32Array, chance: number, next: Random): void {
  if (chance >= 256) words.fill(0xffffffff)
  else
    for (let i = 0; i < words.length; i++) {
      let word = 0
      for (let bits = chance | 256; bits > 1; bits >>= 1) word = bits & 1 ? word | next() : word & next()
      words[i] = word
    }
}

/** The numbers 0 to `count` − 1 in random order. @see Fisher and Yates' shuffle */
export function shuffled(count: number, next: Random): Uint32Array {
  const numbers = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const k = below(i + 1, next)
    const kept = numbers[i] ?? 0
    numbers[i] = numbers[k] ?? 0
    numbers[k] = kept
  }
  return numbers
}
