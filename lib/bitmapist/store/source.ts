import { type Bits, readBits } from './bits'
import { binaryCall, type Call, call } from './call'
import { pour, type Sink } from './reply'
import type { Server } from './server'
import type { Runner } from './tracker'
import { WholeReader } from './whole'

/** Bytes `from` to `from + length − 1` of a key. */
export interface AskedPiece {
  readonly key: string
  readonly from: number
  readonly length: number
}

/** A piece, and what takes its bytes. */
export interface PouredPiece extends AskedPiece {
  readonly into: Sink
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
  /** The same, handed on as it comes; not there where a reader has pieces as wholes only. */
  pourPieces?(asked: readonly PouredPiece[]): Promise<void>
}

/** Where bitmaps come from. */
export interface BitSource {
  /** For one walk: what it keeps ends with it. @param runner sends the reads, where not the server itself */
  openReader(runner?: Runner): Promise<PieceReader>
  /** Those of the bits that are set; no key where none is. */
  readBits(asked: Bits): Promise<Bits>
  /** Bytes of each bitmap, in the order of `keys`; 0 for absent ones. */
  readLengths(keys: readonly string[]): Promise<readonly number[]>
}

/** Commands sent in one go: making more at once would hold the process. */
const CALLS_A_TRIP = 500
/** Reads what a server has, by the commands that it has; nothing is written, and no command holds Redis for long. */
export class RedisSource implements BitSource {
  /** @param reader sends the reads of walks, unless they are to be tracked */
  constructor(
    private readonly server: Server,
    private readonly reader: Runner = server,
  ) {}

  async openReader(runner: Runner = this.reader): Promise<PieceReader> {
    const { pieces, firstBits } = await this.server.capabilities()
    return pieces ? new RangeReader(runner, firstBits) : new WholeReader(runner)
  }

  readBits(asked: Bits): Promise<Bits> {
    return readBits(this.server, asked)
  }

  async readLengths(keys: readonly string[]): Promise<readonly number[]> {
    if (!(await this.server.capabilities()).lengths) return new WholeReader(this.server).readLengths(keys)
    const lengths: number[] = []
    for (let from = 0; from < keys.length; from += CALLS_A_TRIP) {
      const some = keys.slice(from, from + CALLS_A_TRIP)
      lengths.push(...((await this.server.run(some.map((key) => call('strlen', key)))) as number[]))
    }
    return lengths
  }
}

/** Reads by pipelined BITPOS and GETRANGE. */
class RangeReader implements PieceReader {
  constructor(
    private readonly runner: Runner,
    private readonly hasFirstBits: boolean,
  ) {}

  async findFirstBytes(keys: readonly string[]): Promise<readonly number[]> {
    // Without BITPOS whatever has bytes is read from its beginning on.
    if (!this.hasFirstBits) return keys.map(() => 0)
    const first: number[] = []
    for (let from = 0; from < keys.length; from += CALLS_A_TRIP) {
      const some = keys.slice(from, from + CALLS_A_TRIP)
      const bits = (await this.runner.run(some.map((key) => call('bitpos', key, 1)))) as number[]
      for (const bit of bits) first.push(Math.floor(bit / 8))
    }
    return first
  }

  async readPieces(asked: readonly AskedPiece[]): Promise<readonly Uint8Array[]> {
    return (await this.runner.run(asked.map(callOf))) as Uint8Array[]
  }

  async pourPieces(asked: readonly PouredPiece[]): Promise<void> {
    const replies = await this.runner.run(
      asked.map(callOf),
      asked.map(({ into }) => into),
    )
    for (const [i, { into }] of asked.entries()) {
      const reply = replies[i]
      if (reply instanceof Uint8Array) pour(reply, into)
    }
  }
}

function callOf({ key, from, length }: AskedPiece): Call {
  return binaryCall('getrange', key, from, from + length - 1)
}

/** Reads pieces into sinks, by a reader that may have them as wholes only. */
export async function pourPieces(reader: PieceReader, asked: readonly PouredPiece[]): Promise<void> {
  if (reader.pourPieces) return reader.pourPieces(asked)
  const pieces = await reader.readPieces(asked)
  for (const [i, { into }] of asked.entries()) pour(pieces[i] ?? NONE, into)
}

const NONE = new Uint8Array()
