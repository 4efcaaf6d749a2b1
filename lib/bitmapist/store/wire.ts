import { Command, type Redis, type RedisOptions } from 'ioredis'
import type { Call } from './call'
import { duplicateOf, patienceOf } from './duplicate'
import { type Handover, isPlain, readingConnector } from './reading-connector'
import { ReplyParser, type Sink } from './reply'

/** Commands that were sent together. */
interface Batch {
  readonly replies: unknown[]
  readonly sinks: readonly (Sink | undefined)[]
  readonly count: number
  readonly settle: (replies: readonly unknown[]) => void
}

const PING: Call = { key: '', make: () => new Command('ping') }

/**
 * A connection to one server that only reads, in our own hands: bytes go from the socket to where they are needed. ioredis
 * makes two buffers of each reply before that, and most of the time of a large read was theirs (`npm run bench`). It
 * still opens the connection, by the settings of another one. A wire lives once, and sends nothing again.
 */
export class Wire {
  private readonly parser = new ReplyParser({
    sink: () => {
      const batch = this.waiting[this.first]
      return batch?.sinks[batch.replies.length] ?? null
    },
    receive: (reply) => this.receive(reply),
  })
  /** In the order of their commands. */
  private waiting: Batch[] = []
  private first = 0
  private isOver = false

  private constructor(
    private readonly redis: Redis,
    private readonly ended: () => void,
  ) {
    const { stream } = redis
    stream.setTimeout(patienceOf(redis))
    stream.on('timeout', () => this.doubt())
    redis.on('close', () => this.end())
    // While nothing is asked, the connection does not keep the process alive.
    stream.unref()
  }

  /**
   * Opens a wire.
   * @param like a connection to the server
   * @param ended is told that the wire has ended
   * @param prepare what is to be said before
   * @throws what `prepare` throws, or why the server cannot be reached
   */
  static async open(
    like: Redis,
    ended: () => void,
    prepare: (redis: Redis) => Promise<void> = async () => {},
  ): Promise<Wire> {
    const handover: Handover = { reader: null }
    const redis = duplicateOf(like, optionsFor(like, handover))
    const late = setTimeout(() => redis.disconnect(), patienceOf(like))
    try {
      // Without that wait a connection that is refused would leave commands waiting.
      await redis.connect()
      await prepare(redis)
      if (redis.status !== 'ready') throw closed()
    } catch (error) {
      redis.disconnect()
      throw error
    } finally {
      clearTimeout(late)
    }
    const wire = new Wire(redis, ended)
    const { stream } = redis
    stream.removeAllListeners('data')
    handover.reader = (bytes) => wire.read(bytes)
    stream.on('data', handover.reader)
    return wire
  }

  get isOpen(): boolean {
    return !this.isOver
  }

  /**
   * Sends commands in one go.
   * @param sinks take the bytes of replies, by the commands' places
   * @returns the replies in the commands' order: texts, numbers, bytes, null where a sink took them; errors in their places,
   * where the server refused, or the wire ended
   */
  run(calls: readonly Call[], sinks: readonly (Sink | undefined)[] = []): Promise<readonly unknown[]> {
    if (this.isOver) return Promise.resolve(calls.map(closed))
    if (calls.length === 0) return Promise.resolve([])
    return new Promise((settle) => {
      const { stream } = this.redis
      if (this.waiting.length === 0) stream.ref()
      this.waiting.push({ replies: [], sinks, count: calls.length, settle })
      stream.write(encode(calls))
    })
  }

  /** Whether the server answers. */
  async ping(): Promise<boolean> {
    const [reply] = await this.run([PING])
    return !(reply instanceof Error)
  }

  /** Bytes that have come: whether a server that is slow to answer says anything. */
  get taken(): number {
    return this.redis.stream.bytesRead
  }

  /** @param why those who wait are told */
  end(why = closed()): void {
    if (this.isOver) return
    this.isOver = true
    this.parser.end()
    const open = this.waiting.slice(this.first)
    this.waiting = []
    this.first = 0
    this.redis.disconnect()
    this.redis.stream.destroy()
    for (const { replies, count, settle } of open) {
      while (replies.length < count) replies.push(why)
      settle(replies)
    }
    this.ended()
  }

  /** Nothing has come for a while. */
  private doubt(): void {
    if (this.waiting.length === 0) return
    const { taken } = this
    // It may have come while the process stood still: then it is read before that.
    setImmediate(() => {
      if (this.taken === taken && this.waiting.length > 0) this.end(this.silence())
    })
  }

  /** What ioredis says of a command then; nothing where it would wait on. */
  private silence(): Error {
    return this.redis.options.commandTimeout === undefined ? closed() : new Silence('Command timed out')
  }

  private read(bytes: Uint8Array): void {
    if (this.isOver) return
    try {
      this.parser.feed(bytes)
    } catch {
      // Nothing that comes after could be told apart: not what was asked for, nor by whom.
      this.end()
    }
  }

  private receive(reply: unknown): void {
    const batch = this.waiting[this.first]
    if (batch === undefined) throw new Error('a reply that nobody asked for')
    batch.replies.push(reply)
    if (batch.replies.length < batch.count) return
    this.first++
    if (this.first === this.waiting.length) {
      this.waiting = []
      this.first = 0
      this.redis.stream.unref()
    }
    batch.settle(batch.replies)
  }
}

/** The server said nothing for as long as its client lets a command take. */
export class Silence extends Error {}

function closed(): Error {
  return new Error('the connection was closed')
}

/** What ioredis would do beside is left out. */
function optionsFor({ options }: Redis, handover: Handover): Partial<RedisOptions> {
  const own = { lazyConnect: true, socketTimeout: undefined }
  return isPlain(options) ? { ...own, Connector: readingConnector(options, handover) } : own
}

/** As one text, or as bytes where an argument is. */
function encode(calls: readonly Call[]): string | Uint8Array {
  let text = ''
  const parts: Uint8Array[] = []
  for (const each of calls) {
    const written = each.text?.() ?? each.make().toWritable({})
    if (typeof written === 'string') {
      text += written
      continue
    }
    parts.push(Buffer.from(text), written)
    text = ''
  }
  return parts.length === 0 ? text : Buffer.concat([...parts, Buffer.from(text)])
}
