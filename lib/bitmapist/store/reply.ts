/** Takes the bytes of a reply as they come, so that nothing holds them twice. */
export interface Sink {
  /** A reply begins; what was taken of one that broke off is void. @param length its bytes */
  begin(length: number): void
  /** The next bytes: a view, gone after the call. */
  write(bytes: Uint8Array): void
  /** All have come. */
  end(): void
  /** What has come is void: the connection broke off. */
  cancel(): void
}

/** Hands a reply that has come as a whole to a sink. */
export function pour(bytes: Uint8Array, sink: Sink): void {
  try {
    sink.begin(bytes.byteLength)
    if (bytes.byteLength > 0) sink.write(bytes)
  } catch (error) {
    // It may have no memory for all.
    sink.cancel()
    throw error
  }
  sink.end()
}

/** Who is told of replies. */
export interface Receiver {
  /** Where the bytes of the reply at hand go; null to have them whole. */
  sink(): Sink | null
  /** A reply has come: a number, a text, bytes, an error, or null for what went into a sink and for what is absent. */
  receive(reply: unknown): void
}

const [PLUS, MINUS, COLON, DOLLAR] = [43, 45, 58, 36]
const [CR, LF] = [13, 10]
const [ZERO, NINE] = [48, 57]

/** The longest line: an error's text, or a length. */
const MAX_LINE = 64 * 1024

/** Bytes that are no reply of the protocol, or one that nobody asked for. */
export class ProtocolError extends Error {}

/**
 * Takes replies of the Redis serialization protocol, version 2, apart as their bytes come: numbers, texts, errors and
 * bytes; no lists. What a sink takes is copied once, from where the socket left it.
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export class ReplyParser {
  /** Of the line at hand: what it begins with, and its characters after that. */
  private kind = 0
  private line: number[] = []
  /** Bytes of the reply at hand that have yet to come, and its CR and LF; 0 while a line is read. */
  private missing = 0
  private sink: Sink | null = null

  constructor(private readonly receiver: Receiver) {}

  /** Takes the next bytes. @throws ProtocolError */
  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; )
      at = this.missing > 0 ? this.takeBytes(bytes, at) : this.takeLine(bytes, at)
  }

  /** The connection broke off: no more bytes come. */
  end(): void {
    this.sink?.cancel()
    this.sink = null
  }

  /** @returns where the rest begins */
  private takeLine(bytes: Uint8Array, start: number): number {
    let at = start
    if (this.kind === 0) this.kind = bytes[at++] ?? 0
    while (at < bytes.length) {
      const byte = bytes[at++] ?? 0
      if (byte === LF) {
        this.endLine()
        return at
      }
      if (byte !== CR && this.line.push(byte) > MAX_LINE) throw new ProtocolError('a line that does not end')
    }
    return at
  }

  private endLine(): void {
    const { kind, line } = this
    this.kind = 0
    this.line = []
    if (kind === PLUS) this.receiver.receive(textOf(line))
    else if (kind === MINUS) this.receiver.receive(new ReplyError(textOf(line)))
    else if (kind === COLON) this.receiver.receive(numberOf(line))
    else if (kind === DOLLAR) this.beginBytes(numberOf(line))
    else throw new ProtocolError(`a reply of an unknown kind, ${JSON.stringify(String.fromCharCode(kind))}`)
  }

  private beginBytes(length: number): void {
    if (length < -1) throw new ProtocolError('a length or number that is none')
    if (length === -1) {
      this.receiver.receive(null)
      return
    }
    this.sink = this.receiver.sink() ?? new Whole(this.receiver)
    this.missing = length + 2
    this.sink.begin(length)
  }

  /** @returns where the rest begins */
  private takeBytes(bytes: Uint8Array, start: number): number {
    const length = Math.min(this.missing - 2, bytes.length - start)
    if (length > 0) {
      this.sink?.write(bytes.subarray(start, start + length))
      this.missing -= length
      return start + length
    }
    let at = start
    for (; at < bytes.length && this.missing > 0; at++, this.missing--)
      if (bytes[at] !== (this.missing === 2 ? CR : LF)) throw new ProtocolError('bytes that do not end')
    if (this.missing === 0) this.endBytes()
    return at
  }

  private endBytes(): void {
    const { sink } = this
    this.sink = null
    sink?.end()
    // What is had whole has told so itself.
    if (!(sink instanceof Whole)) this.receiver.receive(null)
  }
}

/** What a server answers where it refuses a command. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

/** A reply's bytes in memory of their own. */
class Whole implements Sink {
  private bytes = new Uint8Array()
  private length = 0

  constructor(private readonly receiver: Receiver) {}

  begin(length: number): void {
    this.bytes = new Uint8Array(length)
  }

  write(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  end(): void {
    this.receiver.receive(this.bytes)
  }

  cancel(): void {}
}

function textOf(line: readonly number[]): string {
  return Buffer.from(line).toString()
}

/** @throws ProtocolError */
function numberOf(line: readonly number[]): number {
  const isNegative = line[0] === MINUS
  const begin = isNegative || line[0] === PLUS ? 1 : 0
  if (begin === line.length) throw new ProtocolError('a length or number that is none')
  let value = 0
  for (let i = begin; i < line.length; i++) {
    const digit = line[i] ?? 0
    if (digit < ZERO || digit > NINE) throw new ProtocolError('a length or number that is none')
    value = value * 10 + digit - ZERO
  }
  return isNegative ? -value : value
}
