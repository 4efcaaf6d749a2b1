import { addressOf, CHUNK_MIN, type Chunk, EMPTY_CHUNK, lengthOf } from './chunk'
import type { GridTables, Kernel, SetOperation } from './kernel'

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

  function operate(table: TruthTable): Kernel['and'] {
    return (dst, a, b, length) => {
      const whole = length & ~3
      merge(words, table, { dst: dst >>> 2, a: a >>> 2, b: b >>> 2, length: whole >>> 2 })
      merge(bytes, table, { dst: dst + whole, a: a + whole, b: b + whole, length: length & 3 })
    }
  }

  const sets: Pick<Kernel, SetOperation> = {
    and: operate({ both: -1, onlyA: 0, onlyB: 0 }),
    or: operate({ both: -1, onlyA: -1, onlyB: -1 }),
    xor: operate({ both: 0, onlyA: -1, onlyB: -1 }),
    minus: operate({ both: 0, onlyA: -1, onlyB: 0 }),
  }

  function combine(operation: SetOperation, dst: number, a: Chunk, b: Chunk): Chunk {
    const short = Math.min(lengthOf(a), lengthOf(b))
    const longer = lengthOf(a) > short ? a : b
    const end = operation === 'and' ? short : operation === 'minus' ? lengthOf(a) : lengthOf(longer)
    sets[operation](dst, addressOf(a), addressOf(b), short)
    if (end > short) bytes.copyWithin(dst + short, addressOf(longer) + short, addressOf(longer) + end)
    return isZero(words, dst, end) ? EMPTY_CHUNK : dst + Math.log2(end / CHUNK_MIN)
  }

  return {
    get bytes() {
      return bytes
    },
    shared: null,
    reserve,
    ...sets,
    clear: (at, length) => void bytes.fill(0, at, at + length),
    copy: (dst, from, length) => void bytes.copyWithin(dst, from, from + length),
    count: (a, length) => countAnd(words, a, a, length),
    isZero: (a, length) => isZero(words, a, length),
    countPairs: (row, columns, length, counts) => addPairs(words, { row, columns, length }, counts),
    combine,
    countGrid: (grid, first, last) => addGrid(words, grid, { first, last }),
    countVertical: (chunks, counts) => addVertical(bytes, chunks, counts),
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

function addGrid(
  words: Int32Array,
  grid: GridTables,
  { first, last }: { first: number; last: number },
): void {
  const word = (at: number) => (words[at >>> 2] as number) >>> 0
  const doubles = new Float64Array(words.buffer)
  const add = (at: number, bits: number) => {
    doubles[at / 8] = (doubles[at / 8] as number) + bits
  }
  for (let r = first; r < last; r++) {
    const row = word(grid.rows + 4 * r)
    if (row === EMPTY_CHUNK) continue
    add(grid.sizes + 8 * r, countAnd(words, addressOf(row), addressOf(row), lengthOf(row)))
    const from = word(grid.ranges + 8 * r)
    for (let k = from; k < word(grid.ranges + 8 * r + 4); k++) {
      const column = word(grid.columns + 4 * k)
      const length = Math.min(lengthOf(row), lengthOf(column))
      const bits = countAnd(words, addressOf(row), addressOf(column), length)
      add(grid.counts + 8 * (r * grid.stride + k - from), bits)
    }
  }
}

function addVertical(bytes: Uint8Array, chunks: readonly Chunk[], counts: Float64Array): void {
  const longest = chunks.reduce((most, chunk) => Math.max(most, lengthOf(chunk)), 0)
  for (let bit = 0; bit < longest * 8; bit++) {
    let held = 0
    for (const chunk of chunks) {
      if (bit >>> 3 >= lengthOf(chunk)) continue
      if (((bytes[addressOf(chunk) + (bit >>> 3)] as number) >> (bit & 7)) & 1) held++
    }
    if (held > 0) counts[held] = (counts[held] as number) + 1
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
