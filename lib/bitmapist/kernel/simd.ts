import { KERNEL_BYTES } from './bytes'
import type { Chunk } from './chunk'
import { type GridTables, type Kernel, MOST_THREADS, type SetOperation } from './kernel'

/** What the compiled module exports: see assembly/. */
interface Exports {
  and(dst: number, a: number, b: number, length: number): void
  or(dst: number, a: number, b: number, length: number): void
  xor(dst: number, a: number, b: number, length: number): void
  minus(dst: number, a: number, b: number, length: number): void
  count(a: number, length: number): number
  isZero(a: number, length: number): number
  clear(at: number, length: number): void
  copy(dst: number, from: number, length: number): void
  countPairs(row: number, columns: number, columnCount: number, length: number, counts: number): void
  combine(operation: number, dst: number, a: Chunk, b: Chunk): number
  countGrid(
    ...tables: [rows: number, first: number, last: number, columns: number, ranges: number, ...sums: number[]]
  ): void
  countPart(thread: number): number
  countVertical(chunks: number, n: number, counts: number): void
}

/** As assembly/chunks.ts numbers them. */
const OPERATIONS: Readonly<Record<SetOperation, number>> = { and: 0, or: 1, xor: 2, minus: 3 }

const PAGE = 65_536
/** A page for each thread to work in; this one's has column pointers in and counts out as well. The caller's begin after. */
const BASE = MOST_THREADS * PAGE
/** 4 GiB: of them only what is reserved is real. */
const MAX_PAGES = 65_536
const COLUMNS_MAX = 1024
const COLUMNS_AT = 0
const COUNTS_AT = COLUMNS_AT + 4 * COLUMNS_MAX

let compiled: WebAssembly.Module | undefined

/**
 * A kernel of WebAssembly SIMD with a memory of its own, which grows, never shrinks, and can be shared with
 * other threads. The module is compiled once a process, at the first call.
 * @throws WebAssembly.CompileError where the runtime has no SIMD and threads (Node has them since 16.4)
 * @throws RangeError from `reserve` where the memory cannot grow so far (4 GiB at most)
 */
export function createSimdKernel(): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BYTES, 'base64'))
  const memory = new WebAssembly.Memory({ initial: MOST_THREADS, maximum: MAX_PAGES, shared: true })
  const wasm = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Exports
  let views = viewsOf(memory)

  function reserve(byteLength: number): number {
    const missing = BASE + byteLength - views.bytes.length
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE))
      views = viewsOf(memory)
    }
    return BASE
  }

  function countPairs(row: number, columns: readonly number[], length: number, counts: Float64Array): void {
    for (let from = 0; from < columns.length; from += COLUMNS_MAX) {
      const n = Math.min(COLUMNS_MAX, columns.length - from)
      for (let k = 0; k < n; k++) views.columns[k] = columns[from + k] as number
      views.counts.fill(0, 0, n)
      wasm.countPairs(row, COLUMNS_AT, n, length, COUNTS_AT)
      for (let k = 0; k < n; k++) {
        counts[from + k] = (counts[from + k] as number) + (views.counts[k] as number)
      }
    }
  }

  function countVertical(chunks: readonly Chunk[], counts: Float64Array): void {
    chunks.forEach((chunk, i) => {
      views.columns[i] = chunk
    })
    views.counts.fill(0, 0, counts.length)
    wasm.countVertical(COLUMNS_AT, chunks.length, COUNTS_AT)
    for (let v = 1; v < counts.length; v++) counts[v] = (counts[v] as number) + (views.counts[v] as number)
  }

  return {
    get bytes() {
      return views.bytes
    },
    shared: { module: compiled, memory, countPart: (thread) => wasm.countPart(thread) !== 0 },
    reserve,
    and: wasm.and,
    or: wasm.or,
    xor: wasm.xor,
    minus: wasm.minus,
    count: wasm.count,
    isZero: (a, length) => wasm.isZero(a, length) !== 0,
    clear: wasm.clear,
    copy: wasm.copy,
    countPairs,
    // WebAssembly's words are signed where they come back.
    combine: (operation, dst, a, b) => wasm.combine(OPERATIONS[operation], dst, a, b) >>> 0,
    countGrid: ({ rows, columns, ranges, sizes, counts, stride }: GridTables, first, last) =>
      wasm.countGrid(rows, first, last, columns, ranges, sizes, counts, stride),
    countVertical,
  }
}

function viewsOf({ buffer }: WebAssembly.Memory) {
  return {
    bytes: new Uint8Array(buffer),
    columns: new Uint32Array(buffer, COLUMNS_AT, COLUMNS_MAX),
    counts: new Float64Array(buffer, COUNTS_AT, COLUMNS_MAX),
  }
}
