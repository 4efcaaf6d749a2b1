import { binaryCall } from './call'
import type { AskedPiece, PieceReader } from './source'
import type { Runner } from './tracker'

/** Bitmaps read in one round trip. */
const KEYS_A_TRIP = 16

/**
 * Reads whole bitmaps, once each in a walk, where a server gives no pieces. Memory follows the bitmaps' sizes, and what
 * is read stays for the walk: many pieces are asked of each.
 */
export class WholeReader implements PieceReader {
  private readonly kept = new Map<string, Uint8Array>()

  constructor(private readonly runner: Runner) {}

  async findFirstBytes(keys: readonly string[]): Promise<readonly number[]> {
    return (await this.read(keys)).map(firstByteOf)
  }

  async readPieces(asked: readonly AskedPiece[]): Promise<readonly Uint8Array[]> {
    const bitmaps = await this.read(asked.map(({ key }) => key))
    return asked.map(({ from, length }, i) => bitmaps[i]?.subarray(from, from + length) ?? NONE)
  }

  /** Bytes of each bitmap, in the order of `keys`; 0 for absent ones. */
  async readLengths(keys: readonly string[]): Promise<readonly number[]> {
    return (await this.read(keys)).map((bytes) => bytes.byteLength)
  }

  private async read(keys: readonly string[]): Promise<readonly Uint8Array[]> {
    const missing = [...new Set(keys)].filter((key) => !this.kept.has(key))
    for (let from = 0; from < missing.length; from += KEYS_A_TRIP) {
      const some = missing.slice(from, from + KEYS_A_TRIP)
      const replies = await this.runner.run(some.map((key) => binaryCall('get', key)))
      for (const [i, key] of some.entries()) {
        const reply = replies[i]
        this.kept.set(key, reply instanceof Uint8Array ? reply : NONE)
      }
    }
    return keys.map((key) => this.kept.get(key) ?? NONE)
  }
}

/** The first byte that is not zero; −1 where all are. A loop, for `findIndex` calls a function for each. */
function firstByteOf(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return at
  return -1
}

const NONE = new Uint8Array()
