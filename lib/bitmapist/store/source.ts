import { type Bits, readBits } from './bits'
import { binaryCall, call } from './call'
import type { Server } from './server'
import { WholeReader } from './whole'

/** Bytes `from` to `from + length − 1` of a key. */
export interface AskedPiece {
  readonly key: string
  readonly from: number
  readonly length: number
}

/** Reads bitmaps in pieces, for one walk through them. */
export interface PieceReader {
  /** The first byte of each bitmap that has a user, in the order of `keys`; −1 where none has. */
  findFirstBytes(keys: readonly string[]): Promise<readonly number[]>
  /**
   * Pieces of bitmaps, in the order asked.
   * @returns what there is of each: shorter than asked at a bitmap's end, empty past it and for absent keys
   */
  readPieces(asked: readonly AskedPiece[]): Promise<readonly Uint8Array[]>
}

/** Where bitmaps come from. */
export interface BitSource {
  /** For one walk: what it keeps ends with it. */
  openReader(): Promise<PieceReader>
  /** Those of the bits that are set; no key where none is. */
  readBits(asked: Bits): Promise<Bits>
  /** Bytes of each bitmap, in the order of `keys`; 0 for absent ones. */
  readLengths(keys: readonly string[]): Promise<readonly number[]>
}

/**
 * Bytes asked for in one round trip. With everything in one, Redis builds up replies that the reader is not yet
 * taking: 104 pieces of 128 KiB took two to three times as long (`npm run bench`).
 */
const TRIP_BYTES = 3 * 1024 * 1024

const LENGTHS_A_TRIP = 1000

/** Reads what a server has, by the commands that it has; nothing is written, and no command holds Redis for long. */
export class RedisSource implements BitSource {
  constructor(private readonly server: Server) {}

  async openReader(): Promise<PieceReader> {
    const { pieces, firstBits } = await this.server.capabilities()
    return pieces ? new RangeReader(this.server, firstBits) : new WholeReader(this.server)
  }

  readBits(asked: Bits): Promise<Bits> {
    return readBits(this.server, asked)
  }

  async readLengths(keys: readonly string[]): Promise<readonly number[]> {
    if (!(await this.server.capabilities()).lengths) return new WholeReader(this.server).readLengths(keys)
    const lengths: number[] = []
    for (let from = 0; from < keys.length; from += LENGTHS_A_TRIP) {
      const some = keys.slice(from, from + LENGTHS_A_TRIP)
      lengths.push(...((await this.server.run(some.map((key) => call('strlen', key)))) as number[]))
    }
    return lengths
  }
}

/** Reads by pipelined BITPOS and GETRANGE. */
class RangeReader implements PieceReader {
  constructor(
    private readonly server: Server,
    private readonly hasFirstBits: boolean,
  ) {}

  async findFirstBytes(keys: readonly string[]): Promise<readonly number[]> {
    // Without BITPOS whatever has bytes is read from its beginning on.
    if (!this.hasFirstBits) return keys.map(() => 0)
    const bits = (await this.server.run(keys.map((key) => call('bitpos', key, 1)))) as number[]
    return bits.map((bit) => Math.floor(bit / 8))
  }

  async readPieces(asked: readonly AskedPiece[]): Promise<readonly Uint8Array[]> {
    const pieces: Uint8Array[] = []
    for (const trip of tripsOf(asked)) {
      const calls = trip.map(({ key, from, length }) => binaryCall('getrange', key, from, from + length - 1))
      pieces.push(...((await this.server.run(calls)) as Uint8Array[]))
    }
    return pieces
  }
}

/** Splits pieces, in their order, so that each trip asks for `TRIP_BYTES` at most, or for one piece. */
function tripsOf(asked: readonly AskedPiece[]): readonly (readonly AskedPiece[])[] {
  const trips: AskedPiece[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const piece of asked) {
    bytes += piece.length
    if (bytes > TRIP_BYTES) {
      trips.push([])
      bytes = piece.length
    }
    trips.at(-1)?.push(piece)
  }
  return trips
}
