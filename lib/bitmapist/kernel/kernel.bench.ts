import type { Kernel } from './kernel'
import { createScalarKernel } from './scalar'
import { createSimdKernel } from './simd'

/** One case, both kernels on the same data. Times are the best of several runs, in milliseconds. */
export interface KernelTiming {
  readonly name: string
  readonly simdMs: number
  readonly scalarMs: number
  /** scalarMs / simdMs */
  readonly ratio: number
}

interface Case {
  readonly name: string
  /** Share of set bits of the row; a column has half of its bits set. */
  readonly density: number
  /** The part of the row that has bits at all, as of a cohort whose ids lie together. */
  readonly share?: number
  readonly columns: number
  readonly length: number
}

const KIB = 1024
const CASES: readonly Case[] = [
  { name: 'dense row × 52 columns, 128 KiB', density: 0.5, columns: 52, length: 128 * KIB },
  { name: 'dense row × 52 columns, 8 KiB', density: 0.5, columns: 52, length: 8 * KIB },
  { name: 'dense row × 400 columns, 16 KiB', density: 0.5, columns: 400, length: 16 * KIB },
  { name: 'row of 2 % × 52 columns, 128 KiB', density: 0.02, columns: 52, length: 128 * KIB },
  { name: 'row of 0.2 % × 52 columns, 128 KiB', density: 0.002, columns: 52, length: 128 * KIB },
  {
    name: 'row in 1/52 of the ids × 52 columns, 128 KiB',
    density: 0.5,
    share: 1 / 52,
    columns: 52,
    length: 128 * KIB,
  },
]

const RUNS = 12
const RUN_BYTES = 64_000_000

/**
 * Times the SIMD kernel against the scalar one: `countPairs` on dense, sparse and clustered rows, the set operations and
 * `count`. Takes a few seconds.
 */
export function benchKernel(): KernelTiming[] {
  const pairs = CASES.map((one) => timing(one.name, (kernel) => preparePairs(kernel, one)))
  return [
    ...pairs,
    timing('and, 128 KiB', (kernel) => prepareRanges(kernel, (a, b, size) => kernel.and(a, a, b, size))),
    timing('minus, 128 KiB', (kernel) => prepareRanges(kernel, (a, b, size) => kernel.minus(a, b, a, size))),
    timing('count, 128 KiB', (kernel) => prepareRanges(kernel, (a, _b, size) => kernel.count(a, size))),
  ]
}

/** The kernels take turns, so that whatever else the machine does meets both. */
function timing(name: string, prepare: (kernel: Kernel) => () => void): KernelTiming {
  const simd = prepare(createSimdKernel())
  const scalar = prepare(createScalarKernel())
  let simdMs = Number.POSITIVE_INFINITY
  let scalarMs = Number.POSITIVE_INFINITY
  for (let i = 0; i < RUNS; i++) {
    simdMs = Math.min(simdMs, elapsedMs(simd))
    scalarMs = Math.min(scalarMs, elapsedMs(scalar))
  }
  return { name, simdMs, scalarMs, ratio: scalarMs / simdMs }
}

function elapsedMs(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

function preparePairs(kernel: Kernel, { density, share = 1, columns, length }: Case): () => void {
  const row = kernel.reserve(length * (columns + 1))
  const random = mulberry32(columns + length)
  fill(kernel.bytes.subarray(row, row + Math.ceil(length * share)), density, random)
  const pointers = Array.from({ length: columns }, (_, k) => row + length * (k + 1))
  fill(kernel.bytes.subarray(row + length, row + length * (columns + 1)), 0.5, random)
  const counts = new Float64Array(columns)
  const rounds = Math.ceil(RUN_BYTES / (length * columns))
  return () => {
    for (let i = 0; i < rounds; i++) kernel.countPairs(row, pointers, length, counts)
  }
}

function prepareRanges(kernel: Kernel, work: (a: number, b: number, length: number) => void): () => void {
  const length = 128 * KIB
  const a = kernel.reserve(2 * length)
  fill(kernel.bytes.subarray(a, a + 2 * length), 0.5, mulberry32(length))
  const rounds = Math.ceil(RUN_BYTES / length)
  return () => {
    for (let i = 0; i < rounds; i++) work(a, a + length, length)
  }
}

function fill(bytes: Uint8Array, density: number, random: () => number): void {
  if (density === 0.5) {
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256
    return
  }
  for (let set = Math.round(bytes.length * 8 * density); set > 0; set--) {
    const bit = Math.floor(random() * bytes.length * 8)
    bytes[bit >> 3] = (bytes[bit >> 3] as number) | (1 << (bit & 7))
  }
}

/** @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
