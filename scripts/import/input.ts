import { closeSync, createReadStream, openSync, readSync, type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Format } from './arguments'

/** Rows of a piece wait in memory until it is done: small ones are out of it before they cost anything. */
const PIECE_BYTES = 1 << 16

/** Told how many bytes more were read, or passed over without reading them. */
export type OnBytes = (count: number, isPassed?: boolean) => void

/** A file that cannot be read, or breaks off; one line that names it. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** A file, or standard input, that has been looked at but not begun. */
export interface Input {
  /** For messages. */
  readonly name: string
  readonly format: Format
  /** Bytes as stored (compressed ones, of a .gz); null for standard input and pipes, which do not say. */
  readonly byteLength: number | null
  /** What changes when the file does, its whole path included; null for standard input and pipes, which end. */
  readonly identity: readonly [path: string, byteLength: number, modifiedMs: number] | null
  /**
   * Its text's bytes, decompressed.
   * @param onBytes told of the stored bytes
   * @param skip decompressed bytes to leave out; 0 for standard input and pipes
   */
  open(onBytes: OnBytes, skip: number): AsyncIterable<Buffer>
}

/**
 * Looks at a file before anything is imported.
 * @param path `-` for standard input
 * @throws InputError where there is none, it is a folder, or it may not be read
 */
export function findInput(path: string, format: Format | null): Input {
  if (path === '-') {
    const open = (onBytes: OnBytes) => decompressed(process.stdin, onBytes)
    return { name: 'standard input', format: format ?? 'csv', byteLength: null, identity: null, open }
  }
  const stats = stat(path)
  if (stats.isDirectory()) throw new InputError(`${path} expected a file, got a folder: name the files in it`)
  const isFile = stats.isFile()
  return {
    name: path,
    format: format ?? formatByName(path),
    byteLength: isFile ? stats.size : null,
    identity: isFile ? [resolve(path), stats.size, stats.mtimeMs] : null,
    open: (onBytes, skip) => {
      if (skip === 0) return decompressed(fileFrom(path, 0), onBytes)
      if (isCompressed(path)) return without(skip, decompressed(fileFrom(path, 0), onBytes))
      onBytes(skip, true)
      return counted(fileFrom(path, skip), onBytes)
    },
  }
}

function fileFrom(path: string, start: number): Readable {
  return createReadStream(path, { start, highWaterMark: PIECE_BYTES })
}

function isCompressed(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const first = Buffer.alloc(2)
    readSync(file, first)
    return isGzip(first)
  } finally {
    closeSync(file)
  }
}

/** Whatever begins as gzip does is decompressed, whatever its name: a CSV or JSON text never begins so. */
function isGzip(first: Uint8Array): boolean {
  return first[0] === 0x1f && first[1] === 0x8b
}

/** What comes after the first bytes. */
async function* without(skip: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = skip
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

function stat(path: string): Stats {
  try {
    return statSync(path)
  } catch (cause) {
    throw new InputError(`${path} cannot be read: ${reason(cause)}`, { cause })
  }
}

/** What the system says, without its code and call: `no such file or directory`. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message.replace(/^[A-Z]+: /, '').replace(/, \w+( '.*')?$/, '')
}

function formatByName(path: string): Format {
  return /\.(ndjson|jsonl|json)(\.gz)?$/i.test(path) ? 'ndjson' : 'csv'
}

async function* decompressed(source: Readable, onBytes: OnBytes): AsyncGenerator<Buffer> {
  const chunks = counted(source, onBytes)
  const { value: first, done } = await chunks.next()
  if (done) return
  const all = withFirst(first, chunks)
  if (!isGzip(first)) return yield* all
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES })
  const compressed = Readable.from(all, { objectMode: false })
  // pipe() hands on data but not errors.
  compressed.once('error', (error) => gunzip.destroy(error))
  yield* compressed.pipe(gunzip)
}

async function* counted(source: Readable, onBytes: OnBytes): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    onBytes(chunk.length)
    yield chunk
  }
}

async function* withFirst(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}
