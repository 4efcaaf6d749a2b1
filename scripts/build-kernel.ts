/**
 * Compiles lib/bitmapist/kernel/assembly into lib/bitmapist/kernel/bytes.ts. The bytes are embedded as text so that the
 * kernel loads alike in Next, in scripts and in tests, without a file to find at run time.
 * Usage: npm run build-kernel
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE = 'lib/bitmapist/kernel/assembly/index.ts'
const TARGET = 'lib/bitmapist/kernel/bytes.ts'
/** Size is no matter here, speed is; the source allocates nothing, so that it needs no collector. */
const FLAGS = [
  '-O3',
  '--enable',
  'simd',
  '--enable',
  'threads',
  '--enable',
  'bulk-memory',
  '--runtime',
  'stub',
  '--noAssert',
  '--use',
  'abort=',
  '--importMemory',
  '--sharedMemory',
  '--initialMemory',
  '4',
  '--maximumMemory',
  '65536',
]

/**
 * The compiled kernel. The same source and compiler give the same bytes.
 * @throws Error with the compiler's own report
 */
export async function compileKernel(): Promise<Uint8Array> {
  const outputs = new Map<string, string | Uint8Array>()
  const report: string[] = []
  const stream = { write: (chunk: string | Uint8Array) => void report.push(chunk.toString()) }
  const { error } = await asc.main([SOURCE, '--baseDir', ROOT, '--outFile', 'kernel.wasm', ...FLAGS], {
    stdout: stream,
    stderr: stream,
    writeFile: (name, contents) => void outputs.set(name, contents),
  })
  const wasm = outputs.get('kernel.wasm')
  if (error || !(wasm instanceof Uint8Array)) {
    throw new Error(`The kernel does not compile:\n${report.join('')}`, { cause: error })
  }
  return wasm
}

/** The text of bytes.ts. */
export function moduleOf(wasm: Uint8Array): string {
  const base64 = Buffer.from(wasm).toString('base64')
  return [
    '// Written by `npm run build-kernel` from assembly/. Do not edit.',
    `/** The WebAssembly module, ${wasm.length.toLocaleString('en')} bytes, as base64. */`,
    `export const KERNEL_BYTES =\n  '${base64}'`,
    '',
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wasm = await compileKernel()
  writeFileSync(`${ROOT}${TARGET}`, moduleOf(wasm))
  console.log(`${TARGET}: ${wasm.length} bytes of WebAssembly`)
}
