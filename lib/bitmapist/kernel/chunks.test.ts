import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, type Chunk, EMPTY_CHUNK, lengthOf } from './chunk'
import { Heap } from './heap'
import type { Kernel } from './kernel'
import { createScalarKernel } from './scalar'
import { createSimdKernel } from './simd'

const OPERATIONS = ['and', 'or', 'xor', 'minus'] as const
const BYTEWISE: Record<(typeof OPERATIONS)[number], (a: number, b: number) => number> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  minus: (a, b) => a & ~b,
}

interface Shape {
  readonly order: number
  readonly seed: number
  /** Of bytes that have bits. */
  readonly share: number
  /** Bytes before which and from which on there are none, of 1,024. */
  readonly within?: readonly [from: number, to: number]
  /** What such a byte is; a number drawn for each unless set. */
  readonly byte?: number | undefined
}

const shape = fc.record({
  order: fc.integer({ min: 0, max: 4 }),
  seed: fc.integer(),
  share: fc.constantFrom(0, 0.001, 0.02, 0.1, 0.3, 1),
  within: fc.oneof(fc.constant([0, 1024] as const), fc.tuple(fc.nat(1024), fc.nat(1024))),
  byte: fc.option(fc.constant(255), { nil: undefined }),
})

function bytesOf({ order, seed, share, within: [from, to] = [0, 1024], byte }: Shape): Uint8Array {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 0) / 2 ** 32
  }
  const one = (__: unknown, i: number) =>
    i >> order >= from && i >> order < to && next() < share ? (byte ?? next() * 256) : 0
  return Uint8Array.from({ length: 1024 << order }, one)
}

/** A chunk of a shape; the empty one now and then. */
function place(heap: Heap, shaped: Shape | null): Chunk {
  if (shaped === null) return EMPTY_CHUNK
  const chunk = heap.allocate(shaped.order)
  heap.kernel.bytes.set(bytesOf(shaped), addressOf(chunk))
  return chunk
}

function read(kernel: Kernel, chunk: Chunk): Uint8Array {
  return kernel.bytes.slice(addressOf(chunk), addressOf(chunk) + lengthOf(chunk))
}

function bits(a: Uint8Array, b: Uint8Array = a): number {
  let found = 0
  for (let i = 0; i < Math.min(a.length, b.length); i++)
    for (let bit = 1; bit < 256; bit <<= 1) if ((a[i] ?? 0) & (b[i] ?? 0) & bit) found++
  return found
}

describe.each([
  ['createScalarKernel', createScalarKernel],
  ['createSimdKernel', createSimdKernel],
])('%s', (_, create) => {
  it('combines chunks of any two lengths as if zeros followed the shorter one', () => {
    const property = fc.property(shape, shape, fc.constantFrom('new', 'a', 'b'), (one, other, where) => {
      for (const operation of OPERATIONS) {
        const heap = new Heap(create())
        const [a, b] = [place(heap, one), place(heap, other)]
        const long = one.order > other.order ? a : b
        const dst = where === 'new' ? heap.allocate(4) : where === 'a' ? long : long === a ? b : a
        // A destination has room for the longer one.
        const target = addressOf(lengthOf(dst) < lengthOf(long) ? long : dst)
        const [x, y] = [bytesOf(one), bytesOf(other)]
        const expected = Array.from({ length: 16384 }, (__, i) => BYTEWISE[operation](x[i] ?? 0, y[i] ?? 0))
        const result = heap.kernel.combine(operation, target, a, b)
        if (expected.every((byte) => byte === 0)) expect(result).toBe(EMPTY_CHUNK)
        else {
          const found = read(heap.kernel, result)
          expect(addressOf(result)).toBe(target)
          expect(Buffer.compare(found, Uint8Array.from(expected.slice(0, found.length)))).toBe(0)
          expect(expected.slice(found.length).every((byte) => byte === 0)).toBe(true)
        }
      }
    })
    fc.assert(property, { seed: 20250106, numRuns: 60 })
  })

  it('counts a grid of rows and columns of any lengths, empty, cut and equal ones among them', () => {
    const chunks = fc.array(fc.option(shape, { freq: 4 }), { minLength: 1, maxLength: 8 })
    const property = fc.property(chunks, chunks, fc.boolean(), (rows, columns, isSame) => {
      const heap = new Heap(create())
      const placed = rows.map((row) => place(heap, row))
      const others = isSame ? placed : columns.map((column) => place(heap, column))
      const stride = others.length
      const grid = {
        rows: heap.allocateTable(4 * placed.length),
        columns: heap.allocateTable(4 * stride),
        ranges: heap.allocateTable(8 * placed.length),
        sizes: heap.allocateTable(8 * placed.length),
        counts: heap.allocateTable(8 * placed.length * stride),
        stride,
      }
      const { buffer } = heap.kernel.bytes
      const words = (at: number, n: number) => new Uint32Array(buffer, at, n)
      const sizes = new Float64Array(buffer, grid.sizes, placed.length).fill(0)
      const counts = new Float64Array(buffer, grid.counts, placed.length * stride).fill(0)
      words(grid.rows, placed.length).set(placed)
      words(grid.columns, stride).set(others)
      const from = (r: number) => Math.min(r, stride)
      words(grid.ranges, 2 * placed.length).set(placed.flatMap((__, r) => [from(r), stride]))
      heap.kernel.countGrid(grid, 0, 1)
      heap.kernel.countGrid(grid, 1, placed.length)
      heap.kernel.countGrid(grid, 0, placed.length)
      const times = placed.map(() => 2)
      expect([...sizes]).toEqual(placed.map((row, r) => (times[r] ?? 0) * bits(read(heap.kernel, row))))
      const cells = placed.flatMap((row, r) => {
        const found = others
          .slice(from(r))
          .map((column) => 2 * bits(read(heap.kernel, row), read(heap.kernel, column)))
        return [...found, ...Array(from(r)).fill(0)]
      })
      expect([...counts]).toEqual(cells)
    })
    fc.assert(property, { seed: 20250106, numRuns: 120 })
  })

  it('counts rows of ones against any number of columns of ones, and adds beyond 32 bits', () => {
    const heap = new Heap(create())
    const chunk = place(heap, { order: 4, seed: 1, share: 1, byte: 255 })
    const others = Array.from({ length: 6 }, () => heap.copy(chunk))
    const table = () => heap.allocateTable(48)
    const grid = {
      rows: table(),
      columns: table(),
      ranges: table(),
      sizes: table(),
      counts: table(),
      stride: 6,
    }
    const { buffer } = heap.kernel.bytes
    new Uint32Array(buffer, grid.rows, 1).set([chunk])
    new Uint32Array(buffer, grid.columns, 6).set(others)
    new Float64Array(buffer, grid.sizes, 1).set([2 ** 33])
    for (let n = 0; n <= 6; n++) {
      new Float64Array(buffer, grid.counts, 6).fill(2 ** 33)
      new Uint32Array(buffer, grid.ranges, 2).set([0, n])
      heap.kernel.countGrid(grid, 0, 1)
      const found = [...new Float64Array(buffer, grid.counts, 6)]
      expect(found).toEqual(others.map((__, k) => 2 ** 33 + (k < n ? 131_072 : 0)))
    }
    expect(new Float64Array(buffer, grid.sizes, 1)[0]).toBe(2 ** 33 + 7 * 131_072)
  })

  it.each([0, 1, 2, 3, 7, 8, 15, 16, 17, 30, 31])('counts in how many of %i chunks each bit is', (n) => {
    const heap = new Heap(create())
    const shapes = Array.from({ length: n }, (__, i) =>
      i % 7 === 6 ? null : { order: i % 5 === 0 ? 0 : 1, seed: i, share: i % 3 === 0 ? 1 : 0.3 },
    )
    const chunks = shapes.map((shaped) => place(heap, shaped))
    const counts = new Float64Array(n + 1).fill(1)
    heap.kernel.countVertical(chunks, counts)
    const expected = new Float64Array(n + 1).fill(1)
    const ranges = chunks.map((chunk) => read(heap.kernel, chunk))
    for (let bit = 0; bit < 2048 * 8; bit++) {
      const held = ranges.filter((range) => ((range[bit >> 3] ?? 0) >> (bit & 7)) & 1).length
      if (held > 0) expected[held] = (expected[held] ?? 0) + 1
    }
    expect([...counts]).toEqual([...expected])
  })

  it('counts bits that all of 31 chunks have', () => {
    const heap = new Heap(create())
    const chunk = heap.allocate(4)
    heap.kernel.bytes.fill(0xff, addressOf(chunk), addressOf(chunk) + 16384)
    const counts = new Float64Array(32)
    heap.kernel.countVertical(Array(31).fill(chunk), counts)
    expect([...counts]).toEqual([...Array(31).fill(0), 16384 * 8])
  })
})
