import { createConnection, type Socket } from 'node:net'
import { AbstractConnector, type RedisOptions } from 'ioredis'

/**
 * Bytes that a socket reads at once, into the same memory each time. Of 64 KiB reads cost half as much again
 * (`npm run bench`), and what Node makes a buffer of each for, twice as much.
 */
const READ_BYTES = 256 * 1024

/** Takes what a socket has read: a view, gone after the call. */
export type Reader = (bytes: Uint8Array) => void

/** Who reads a connection's bytes. */
export interface Handover {
  /** Null while ioredis does. */
  reader: Reader | null
}

/** Whether a connection can be made here; else ioredis makes it: over TLS, and where Sentinel tells of the server. */
export function isPlain({ tls, sentinels, Connector }: RedisOptions): boolean {
  return !tls && !sentinels && !Connector
}

/** Connects as ioredis does, by a socket that reads into memory of its own and can be handed over. */
export function readingConnector(options: RedisOptions, handover: Handover) {
  return class ReadingConnector extends AbstractConnector {
    constructor() {
      super(0)
    }

    override async connect(): Promise<Socket> {
      this.connecting = true
      const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
      const socket: Socket = createConnection({
        ...addressOf(options),
        onread: {
          buffer,
          callback(length) {
            const bytes = buffer.subarray(0, length)
            if (handover.reader) handover.reader(bytes)
            // ioredis keeps what it is given.
            else socket.emit('data', Buffer.from(bytes))
            return true
          },
        },
      })
      this.stream = socket
      socket.once('error', (error) => {
        this.firstError = error
      })
      return socket
    }
  }
}

function addressOf({ path, host, port, family }: RedisOptions) {
  if (path) return { path }
  return { port: port ?? 6379, ...(host && { host }), ...(family && { family }) }
}
