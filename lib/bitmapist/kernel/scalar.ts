import type { Kernel } from './kernel'

const ALIGNMENT = 16
/** Bytes of the row that meet all columns before the next ones are read: they stay in the first-level cache. */
const SUB_BLOCK = 4096

/**
 * The kernel in plain JavaScript: the oracle of the SIMD one, and its peer in the bench. It works by 32-bit words and
 * skips what the SIMD kernel skips, so that a ratio between them tells instructions, not tricks.
 */
export function createScalarKernel(): Kernel {
  let bytes = new Uint8Array(0)
  let words = new Uint32Array(0)

  function reserve(byteLength: number): number {
    if (byteLength > bytes.length) {
      const grown = new Uint8Array(Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT)
      grown.set(bytes)
      bytes = grown
      words = new Uint32Array(grown.buffer)
    }
    return 0
  }

  function isZero(a: number, length: number): boolean {
    const end = (a + length) >>> 2
    for (let i = a >>> 2; i < end; i++) if (words[i] !== 0) return false
    return tailOf(words, a, length) === 0
  }

  function count(a: number, length: number): number {
    const end = (a + length) >>> 2
    let sum = 0
    for (let i = a >>> 2; i < end; i++) sum += bitsOf(words[i] as number)
    return sum + bitsOf(tailOf(words, a, length))
  }

  function countPair(a: number, b: number, length: number): number {
    const end = (a + length) >>> 2
    let sum = 0
    for (let i = a >>> 2, j = b >>> 2; i < end; i++, j++) {
      sum += bitsOf((words[i] as number) & (words[j] as number))
    }
    return sum + bitsOf(tailOf(words, a, length) & tailOf(words, b, length))
  }

  function countPairs(row: number, columns: readonly number[], length: number, counts: Float64Array): void {
    for (let from = 0; from < length; from += SUB_BLOCK) {
      const size = Math.min(SUB_BLOCK, length - from)
      if (isZero(row + from, size)) continue
      for (let k = 0; k < columns.length; k++) {
        const pair = countPair(row + from, (columns[k] as number) + from, size)
        counts[k] = (counts[k] as number) + pair
      }
    }
  }

  /** One loop for the four operations; each caller hands its own function, by words first and then by bytes. */
  function combine(operation: (a: number, b: number) => number): Kernel['and'] {
    return (dst, a, b, length) => {
      const whole = length >>> 2
      const to = dst >>> 2
      for (let i = 0; i < whole; i++) {
        words[to + i] = operation(words[(a >>> 2) + i] as number, words[(b >>> 2) + i] as number)
      }
      for (let i = whole * 4; i < length; i++) {
        bytes[dst + i] = operation(bytes[a + i] as number, bytes[b + i] as number)
      }
    }
  }

  return {
    get bytes() {
      return bytes
    },
    reserve,
    and: combine((a, b) => a & b),
    or: combine((a, b) => a | b),
    xor: combine((a, b) => a ^ b),
    minus: combine((a, b) => a & ~b),
    count,
    isZero,
    countPairs,
  }
}

/** The last `length % 4` bytes of a range as a word, its other bytes 0. Bytes lie lowest first, as in WebAssembly. */
function tailOf(words: Uint32Array, a: number, length: number): number {
  const tailBits = (length & 3) * 8
  return tailBits === 0 ? 0 : (words[(a + length) >>> 2] as number) & ((1 << tailBits) - 1)
}

/** @see Hacker's Delight, 5-1: bits are added up in pairs, nibbles, bytes, then by one multiplication */
function bitsOf(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
