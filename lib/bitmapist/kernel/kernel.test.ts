import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileKernel, moduleOf } from '../../../scripts/build-kernel'
import type { Kernel } from './kernel'
import { createScalarKernel } from './scalar'
import { createSimdKernel } from './simd'

const KERNELS = [
  ['createScalarKernel', createScalarKernel],
  ['createSimdKernel', createSimdKernel],
] as const

const SEED = 20_250_209
const OPERATIONS = ['and', 'or', 'xor', 'minus'] as const
/** Two and more rounds, and the sub-blocks of both kernels, from assembly/counts.ts and scalar.ts. */
const SUB_BLOCKS = [128, 2496, 4096, 8192, 16_384, 32_768]
const LENGTHS = [
  ...[0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 255, 256, 257],
  ...SUB_BLOCKS.flatMap((size) => [size - 1, size, size + 1]),
  ...[131_071, 131_072, 131_073],
]

/** mulberry32: small, seeded, good enough to fill bytes. */
function randomBytes(length: number, seed: number, density = 0.5): Uint8Array {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  if (density === 0.5) return Uint8Array.from({ length }, () => next() * 256)
  const bytes = new Uint8Array(length)
  const gap = () => 1 + Math.floor(Math.log(1 - next()) / Math.log(1 - density))
  for (let bit = gap() - 1; bit < length * 8; bit += gap()) {
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7))
  }
  return bytes
}

function withBits(length: number, ...bits: number[]): Uint8Array {
  const bytes = new Uint8Array(length)
  for (const bit of bits) if (bit >= 0 && bit < length * 8) bytes[bit >> 3] = 1 << (bit & 7)
  return bytes
}

/** One bit after the other: slow, and plain enough to be believed. */
function bitsOf(a: Uint8Array, b: Uint8Array = a): number {
  let bits = 0
  for (let i = 0; i < a.length; i++) {
    for (let bit = 0; bit < 8; bit++) bits += (((a[i] ?? 0) & (b[i] ?? 0)) >> bit) & 1
  }
  return bits
}

const BYTEWISE: Record<(typeof OPERATIONS)[number], (a: number, b: number) => number> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  minus: (a, b) => a & ~b,
}

function naive(operation: (typeof OPERATIONS)[number], a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => BYTEWISE[operation](byte, b[i] ?? 0))
}

/** Lays ranges into the kernel's memory, each between two guards of ones that no function may read or write. */
function place(kernel: Kernel, ranges: readonly Uint8Array[]): number[] {
  const room = ranges.map((range) => Math.ceil(range.length / 16) * 16 + 32)
  const base = kernel.reserve(room.reduce((sum, size) => sum + size, 0))
  let at = base
  return ranges.map((range, i) => {
    const size = room[i] ?? 0
    kernel.bytes.fill(0xff, at, at + size)
    kernel.bytes.set(range, at + 16)
    at += size
    return at - size + 16
  })
}

function pairsOf(kernel: Kernel, row: Uint8Array, columns: readonly Uint8Array[]): number[] {
  const [rowAt = 0, ...columnsAt] = place(kernel, [row, ...columns])
  const counts = new Float64Array(columns.length)
  kernel.countPairs(rowAt, columnsAt, row.length, counts)
  return [...counts]
}

/** Ranges that break counters: lengths off every boundary, all ones, no ones, a bit at either end, few and many bits. */
function adversarial(length: number): Uint8Array[] {
  return [
    new Uint8Array(length),
    new Uint8Array(length).fill(0xff),
    withBits(length, 0),
    withBits(length, length * 8 - 1),
    withBits(length, 0, length * 8 - 1),
    randomBytes(length, length + 1),
    randomBytes(length, length + 2, 0.004),
  ]
}

const range = fc.tuple(
  fc.oneof(fc.constantFrom(...LENGTHS), fc.integer({ min: 0, max: 20_000 })),
  fc.integer(),
  fc.constantFrom(0.0005, 0.01, 0.03, 0.5, 0.97),
)

describe.each(KERNELS)('%s', (_name, create) => {
  it.each(LENGTHS)('agrees with a loop over bits at %i bytes', (length) => {
    const kernel = create()
    const ranges = adversarial(length)
    for (const a of ranges) {
      const [at = 0] = place(kernel, [a])
      expect(kernel.count(at, length)).toBe(bitsOf(a))
      expect(kernel.isZero(at, length)).toBe(bitsOf(a) === 0)
      expect(pairsOf(kernel, a, ranges)).toEqual(ranges.map((b) => bitsOf(a, b)))
    }
  })

  it.each(LENGTHS)('combines %i bytes and touches no byte beyond', (length) => {
    const kernel = create()
    const a = randomBytes(length, 1)
    const b = randomBytes(length, 2)
    for (const operation of OPERATIONS) {
      const [aAt = 0, bAt = 0, dstAt = 0] = place(kernel, [a, b, new Uint8Array(length)])
      const before = kernel.bytes.slice()
      kernel[operation](dstAt, aAt, bAt, length)
      before.set(naive(operation, a, b), dstAt)
      expect(Buffer.compare(kernel.bytes, before)).toBe(0)
    }
  })

  it.each(['a', 'b'] as const)('writes over %s where it is the destination', (alias) => {
    const kernel = create()
    for (const operation of OPERATIONS) {
      const a = randomBytes(1003, 3)
      const b = randomBytes(1003, 4)
      const [aAt = 0, bAt = 0] = place(kernel, [a, b])
      const dst = alias === 'a' ? aAt : bAt
      kernel[operation](dst, aAt, bAt, 1003)
      expect(kernel.bytes.slice(dst, dst + 1003)).toEqual(naive(operation, a, b))
    }
  })

  it('combines a range with itself', () => {
    const kernel = create()
    const a = randomBytes(333, 5)
    const [at = 0] = place(kernel, [a])
    kernel.or(at, at, at, 333)
    expect(kernel.bytes.slice(at, at + 333)).toEqual(a)
    kernel.minus(at, at, at, 333)
    expect(kernel.isZero(at, 333)).toBe(true)
  })

  it('adds to what the counts hold', () => {
    const kernel = create()
    const [at = 0] = place(kernel, [withBits(40, 0, 9, 319)])
    const counts = Float64Array.of(2 ** 40, 5)
    kernel.countPairs(at, [at, at], 40, counts)
    expect([...counts]).toEqual([2 ** 40 + 3, 8])
  })

  it('keeps content and pointer when it reserves more', () => {
    const kernel = create()
    const first = kernel.reserve(100)
    expect(first % 16).toBe(0)
    kernel.bytes.set(randomBytes(100, 6), first)
    expect(kernel.reserve(10_000_000)).toBe(first)
    expect(kernel.bytes.length).toBeGreaterThanOrEqual(first + 10_000_000)
    expect(kernel.reserve(1)).toBe(first)
    expect(kernel.bytes.slice(first, first + 100)).toEqual(randomBytes(100, 6))
    kernel.bytes[first + 9_999_999] = 128
    expect(kernel.count(first + 9_000_000, 1_000_000)).toBe(1)
  })

  it('works in the last bytes of its memory', () => {
    const kernel = create()
    kernel.reserve(70_000)
    const at = kernel.bytes.length - 16
    const counts = new Float64Array(1)
    kernel.bytes.fill(0xff, at)
    kernel.countPairs(at, [at], 16, counts)
    kernel.and(at, at, at, 16)
    expect([kernel.count(at, 16), kernel.isZero(at, 16), counts[0]]).toEqual([128, false, 128])
  })

  it('has a memory of its own', () => {
    const one = create()
    const other = create()
    const at = one.reserve(16)
    one.bytes[at] = 1
    expect(other.isZero(other.reserve(16), 16)).toBe(true)
  })
})

describe('createSimdKernel', () => {
  it('agrees with the scalar kernel on random ranges', () => {
    const simd = createSimdKernel()
    const scalar = createScalarKernel()
    const columns = fc.array(fc.tuple(fc.integer(), fc.constantFrom(0.001, 0.5)), { maxLength: 4 })
    const property = fc.property(range, columns, ([length, seed, density], seeds) => {
      const row = randomBytes(length, seed, density)
      const others = seeds.map(([own, share]) => randomBytes(length, own, share))
      expect(pairsOf(simd, row, others)).toEqual(pairsOf(scalar, row, others))
      for (const operation of OPERATIONS) {
        const [one, two] = [simd, scalar].map((kernel) => {
          const [a = 0, b = 0] = place(kernel, [row, others[0] ?? row])
          kernel[operation](a, a, b, length)
          const result = Buffer.from(kernel.bytes.subarray(a, a + length)).toString('latin1')
          return [result, kernel.count(a, length), kernel.isZero(a, length)]
        })
        expect(one).toEqual(two)
      }
    })
    fc.assert(property, { seed: SEED, numRuns: 100 })
  })

  it.each([0, 1, 2, 3, 52, 400, 4096, 9000])('counts %i columns, pointers repeated', (columnCount) => {
    const length = 5000
    const distinct = Array.from({ length: 5 }, (_, i) => randomBytes(length, i, i === 0 ? 0.01 : 0.5))
    const expected = distinct.map((column) => bitsOf(randomBytes(length, 7), column))
    const simd = createSimdKernel()
    const [row = 0, ...pointers] = place(simd, [randomBytes(length, 7), ...distinct])
    const columns = Array.from({ length: columnCount }, (_, k) => pointers[k % 5] ?? 0)
    const counts = new Float64Array(columnCount)
    simd.countPairs(row, columns, length, counts)
    expect([...counts]).toEqual(columns.map((_, k) => expected[k % 5]))
  })

  it.each([1, 2, 3, 4, 5, 679, 680, 681, 682, 683, 684, 685, 689, 690, 691, 2047])(
    'counts alike whether the row is listed or read whole: %i of its 2048 words have bits',
    (wordCount) => {
      const row = new Uint8Array(16_384)
      const words = new BigUint64Array(row.buffer)
      for (let i = 0; i < wordCount; i++) words[(i * 611) % 2048] = BigInt(i + 1)
      const columns = [randomBytes(16_384, 8), new Uint8Array(16_384).fill(0xff), row]
      expect(pairsOf(createSimdKernel(), row, columns)).toEqual(columns.map((b) => bitsOf(row, b)))
    },
  )

  it('is embedded as the source compiles today', async () => {
    const embedded = readFileSync(new URL('./bytes.ts', import.meta.url), 'utf8')
    expect(moduleOf(await compileKernel())).toBe(embedded)
  })
})
