import { KERNEL_BYTES } from './bytes'
import type { Kernel } from './kernel'

/** What the compiled module exports: see assembly/. */
interface Exports {
  readonly memory: WebAssembly.Memory
  and(dst: number, a: number, b: number, length: number): void
  or(dst: number, a: number, b: number, length: number): void
  xor(dst: number, a: number, b: number, length: number): void
  minus(dst: number, a: number, b: number, length: number): void
  count(a: number, length: number): number
  isZero(a: number, length: number): number
  countPairs(row: number, columns: number, columnCount: number, length: number, counts: number): void
}

const PAGE = 65_536
/** The first page passes column pointers in and counts out; the caller's memory begins after it. */
const COLUMNS_AT = 0
const COLUMNS_MAX = 4096
const COUNTS_AT = COLUMNS_AT + 4 * COLUMNS_MAX
const BASE = PAGE

let compiled: WebAssembly.Module | undefined

/**
 * A kernel of WebAssembly SIMD with a memory of its own. The module is compiled once a process, at the first call.
 * @throws WebAssembly.CompileError where the runtime has no SIMD (Node has it since 16.4)
 */
export function createSimdKernel(): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BYTES, 'base64'))
  const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports
  let bytes = new Uint8Array(wasm.memory.buffer)

  function reserve(byteLength: number): number {
    const missing = BASE + byteLength - wasm.memory.buffer.byteLength
    if (missing > 0) {
      wasm.memory.grow(Math.ceil(missing / PAGE))
      bytes = new Uint8Array(wasm.memory.buffer)
    }
    return BASE
  }

  function countPairs(row: number, columns: readonly number[], length: number, counts: Float64Array): void {
    for (let from = 0; from < columns.length; from += COLUMNS_MAX) {
      const some = columns.slice(from, from + COLUMNS_MAX)
      const sums = new Float64Array(wasm.memory.buffer, COUNTS_AT, some.length)
      new Uint32Array(wasm.memory.buffer, COLUMNS_AT, some.length).set(some)
      sums.set(counts.subarray(from, from + some.length))
      wasm.countPairs(row, COLUMNS_AT, some.length, length, COUNTS_AT)
      counts.set(sums, from)
    }
  }

  return {
    get bytes() {
      return bytes
    },
    reserve,
    and: wasm.and,
    or: wasm.or,
    xor: wasm.xor,
    minus: wasm.minus,
    count: wasm.count,
    isZero: (a, length) => wasm.isZero(a, length) !== 0,
    countPairs,
  }
}
