import { createReadStream, type Stats, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Format } from './arguments'

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
  /** Its text's bytes, decompressed. @param onBytes told the stored bytes that were read */
  open(onBytes: (count: number) => void): Readable
}

/**
 * Looks at a file before anything is imported.
 * @param path `-` for standard input
 * @throws InputError where there is none, it is a folder, or it may not be read
 */
export function findInput(path: string, format: Format | null): Input {
  if (path === '-') {
    const open = (onBytes: (count: number) => void) => decompressed(process.stdin, onBytes)
    return { name: 'standard input', format: format ?? 'csv', byteLength: null, open }
  }
  const stats = stat(path)
  if (stats.isDirectory()) throw new InputError(`${path} expected a file, got a folder: name the files in it`)
  return {
    name: path,
    format: format ?? formatByName(path),
    byteLength: stats.isFile() ? stats.size : null,
    open: (onBytes) => decompressed(createReadStream(path, { highWaterMark: 1 << 18 }), onBytes),
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

/** Whatever begins as gzip does is decompressed, whatever its name: a CSV or JSON text never begins so. */
function decompressed(source: Readable, onBytes: (count: number) => void): Readable {
  return Readable.from(unzipped(source, onBytes), { objectMode: false, highWaterMark: 1 << 18 })
}

async function* unzipped(source: Readable, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  const chunks = counted(source, onBytes)
  const { value: first, done } = await chunks.next()
  if (done) return
  const all = withFirst(first, chunks)
  if (first[0] !== 0x1f || first[1] !== 0x8b) return yield* all
  const gunzip = createGunzip()
  const compressed = Readable.from(all, { objectMode: false })
  // pipe() hands on data but not errors.
  compressed.once('error', (error) => gunzip.destroy(error))
  yield* compressed.pipe(gunzip)
}

async function* counted(source: Readable, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    onBytes(chunk.length)
    yield chunk
  }
}

async function* withFirst(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}
