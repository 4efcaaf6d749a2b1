import type { Kernel } from './kernel'

const ALIGNMENT = 16
/** Bytes of the row that meet all columns before the next ones are read: they stay in the first-level cache. */
const SUB_BLOCK = 4096

/**
 * The kernel in plain JavaScript: the oracle of the SIMD one, and its peer in the bench. It works by 32-bit words (signed
 * ones, which V8 keeps in registers) and skips empty sub-blocks, as the SIMD kernel does.
 */
export function createScalarKernel(): Kernel {
  let bytes = new Uint8Array(0)
  let words = new Int32Array(0)

  function reserve(byteLength: number): number {
    if (byteLength > bytes.length) {
      const grown = new Uint8Array(Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT)
      grown.set(bytes)
      bytes = grown
      words = new Int32Array(grown.buffer)
    }
    return 0
  }

  function combine(table: TruthTable): Kernel['and'] {
    return (dst, a, b, length) => {
      const whole = length & ~3
      merge(words, table, { dst: dst >>> 2, a: a >>> 2, b: b >>> 2, length: whole >>> 2 })
      merge(bytes, table, { dst: dst + whole, a: a + whole, b: b + whole, length: length & 3 })
    }
  }

  return {
    get bytes() {
      return bytes
    },
    reserve,
    and: combine({ both: -1, onlyA: 0, onlyB: 0 }),
    or: combine({ both: -1, onlyA: -1, onlyB: -1 }),
    xor: combine({ both: 0, onlyA: -1, onlyB: -1 }),
    minus: combine({ both: 0, onlyA: -1, onlyB: 0 }),
    count: (a, length) => countAnd(words, a, a, length),
    isZero: (a, length) => isZero(words, a, length),
    countPairs: (row, columns, length, counts) => addPairs(words, { row, columns, length }, counts),
  }
}

/** What an operation gives (all bits or none) where both, only the first, or only the second operand has the bit. */
interface TruthTable {
  readonly both: number
  readonly onlyA: number
  readonly onlyB: number
}

/** Indexes and length count the array's elements. */
interface Ranges {
  readonly dst: number
  readonly a: number
  readonly b: number
  readonly length: number
}

function merge(array: Int32Array | Uint8Array, { both, onlyA, onlyB }: TruthTable, ranges: Ranges): void {
  const { dst, a, b, length } = ranges
  for (let i = 0; i < length; i++) {
    const x = array[a + i] as number
    const y = array[b + i] as number
    array[dst + i] = (x & y & both) | (x & ~y & onlyA) | (~x & y & onlyB)
  }
}

interface Pairs {
  readonly row: number
  readonly columns: readonly number[]
  readonly length: number
}

function addPairs(words: Int32Array, { row, columns, length }: Pairs, counts: Float64Array): void {
  for (let from = 0; from < length; from += SUB_BLOCK) {
    const size = Math.min(SUB_BLOCK, length - from)
    if (isZero(words, row + from, size)) continue
    for (let k = 0; k < columns.length; k++) {
      const bits = countAnd(words, row + from, (columns[k] as number) + from, size)
      counts[k] = (counts[k] as number) + bits
    }
  }
}

function isZero(words: Int32Array, a: number, length: number): boolean {
  const end = (a + length) >>> 2
  for (let i = a >>> 2; i < end; i++) if (words[i] !== 0) return false
  return tailOf(words, a, length) === 0
}

function countAnd(words: Int32Array, a: number, b: number, length: number): number {
  const end = (a + length) >>> 2
  let sum = 0
  for (let i = a >>> 2, j = b >>> 2; i < end; i++, j++) {
    sum += bitsOf((words[i] as number) & (words[j] as number))
  }
  return sum + bitsOf(tailOf(words, a, length) & tailOf(words, b, length))
}

/** The last `length % 4` bytes of a range as a word, its other bytes 0. Bytes lie lowest first, as in WebAssembly. */
function tailOf(words: Int32Array, a: number, length: number): number {
  const tailBits = (length & 3) * 8
  return tailBits === 0 ? 0 : (words[(a + length) >>> 2] as number) & ((1 << tailBits) - 1)
}

/** @see Hacker's Delight, 5-1: bits are added up in pairs, nibbles, bytes, then by one multiplication */
function bitsOf(word: number): number {
  let v = (word - ((word >>> 1) & 0x55555555)) | 0
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
