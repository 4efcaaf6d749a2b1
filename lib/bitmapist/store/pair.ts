import type { Redis } from 'ioredis'
import type { Call } from './call'
import { duplicateOf } from './duplicate'
import type { Sink } from './reply'
import { Wire } from './wire'

/** Where Redis sends the names of changed keys. @see https://redis.io/docs/latest/develop/reference/client-side-caching/ */
const CHANNEL = '__redis__:invalidate'
/** So long may Redis take to say that a connection is alive: so many steps of so many milliseconds. */
const CHECK_STEPS = 5
const STEP_MS = 50

/** Who is told what a pair hears. */
export interface Listening {
  /** Keys were written. */
  changed(keys: readonly string[]): void
  /** Any key may have been written: FLUSHALL, FLUSHDB. */
  flushed(): void
  /** The pair has ended: it hears nothing any more. */
  ended(): void
}

/**
 * Two connections to one server: one that reads, whose keys Redis tracks, and one that hears which of them change. Both
 * live once: when either drops, both end, and nothing is sent again. So a reply that came was to a command sent after
 * tracking was on, in the same life of both.
 */
export class Pair {
  /** Which server it is. */
  private runId: string | null = null
  private wire: Wire | null = null
  private isOver = false

  private constructor(
    private readonly listener: Redis,
    private readonly listening: Listening,
  ) {
    listener.on('close', () => this.end())
    listener.on('end', () => this.end())
    // RESP2: ioredis does not hand on what RESP3 pushes. `message` would make strings of lists of keys.
    listener.on('messageBuffer', (_channel: Buffer, keys: readonly Buffer[] | null) => {
      if (keys === null) listening.flushed()
      else listening.changed(keys.map((key) => key.toString()))
    })
  }

  /**
   * Opens a pair.
   * @param like a connection to the server
   * @throws the server's own error where it does not track, or not for this user; any other where it cannot be reached
   */
  static async open(like: Redis, listening: Listening): Promise<Pair> {
    const listener = duplicateOf(like, { lazyConnect: false })
    const pair = new Pair(listener, listening)
    try {
      pair.wire = await pair.begin(like)
      if (pair.isOver) throw new Error('the connection was closed')
    } catch (error) {
      pair.end()
      // The listener may have ended, and the pair with it, before there was a wire.
      pair.wire?.end()
      throw error
    }
    return pair
  }

  get isOpen(): boolean {
    return !this.isOver
  }

  /** Whether another connection is to the same server. @param info what that one answers to INFO */
  isToServerOf(info: string): boolean {
    return this.runId !== null && runIdOf(info) === this.runId
  }

  /** See `Wire.run`. */
  async run(calls: readonly Call[], sinks?: readonly (Sink | undefined)[]): Promise<readonly unknown[]> {
    return this.wire?.run(calls, sinks) ?? calls.map(() => new Error('the connection was closed'))
  }

  /**
   * Makes sure that every change that was acknowledged to anybody before this call has been heard. A pair that does not
   * answer in time is not relied on; it ends, unless much that others read comes before the answer.
   *
   * Why that holds: Redis runs one command at a time. A write puts the invalidation into the listener's output while it
   * runs, before its own reply is sent; so when a writer has its reply, the invalidation stands in that output, and the
   * PING's answer, made later, stands after it. One connection keeps its order, and ioredis hands a message on before
   * it settles a reply that came after it. That the write made an invalidation at all takes two things: the data
   * connection, whose end would end the tracking, still lived then (it answers a PING that was sent later, and lives
   * only once), and so did the listener.
   */
  async check(): Promise<boolean> {
    const { wire } = this
    if (this.isOver || wire === null) return false
    const { taken } = wire
    let isReadBehind = true
    const read = wire.ping().then((isAnswered) => {
      isReadBehind = !isAnswered
      return isAnswered
    })
    const answered = Promise.all([read, this.listener.ping()]).then(
      ([isAnswered]) => isAnswered,
      () => false,
    )
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      // Where the process stood still, one step is over, and the answer may lie there to be read.
      const wait = (steps: number) => {
        timer = setTimeout(() => (steps > 1 ? wait(steps - 1) : resolve(false)), STEP_MS)
      }
      wait(CHECK_STEPS)
    })
    const isAlive = await Promise.race([answered, late])
    clearTimeout(timer)
    const isReading = isReadBehind && wire.taken > taken
    if (!isAlive && !isReading) this.end()
    return isAlive && !this.isOver
  }

  end(): void {
    if (this.isOver) return
    this.isOver = true
    this.wire?.end()
    this.listener.disconnect()
    this.listening.ended()
  }

  private async begin(like: Redis): Promise<Wire> {
    const { listener } = this
    const heard = (async () => {
      const [id, server] = await Promise.all([listener.client('ID'), serverOf(listener)])
      await listener.subscribe(CHANNEL)
      return { id, server }
    })()
    // Where the wire fails first nobody awaits it.
    heard.catch(() => {})
    return Wire.open(
      like,
      () => this.end(),
      async (data) => {
        const [{ id, server }, other] = await Promise.all([heard, serverOf(data)])
        // Behind one address may be two servers, and another client may have that number there.
        if (server === null) throw new Untracked('the server does not say which one it is')
        if (server !== other) throw new Error('two servers answer to one address')
        this.runId = server
        await data.client('TRACKING', 'ON', 'REDIRECT', id)
      },
    )
  }
}

/** Which server it is that answers INFO so; null where it does not say. */
function runIdOf(info: string): string | null {
  return /^run_id:(\w+)/m.exec(info)?.[1] ?? null
}

async function serverOf(redis: Redis): Promise<string | null> {
  return runIdOf(await redis.info('server'))
}

/** What a server answers while it is starting, or too busy: it may track later. */
const FOR_NOW = /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|ERR max number of clients)/

/** A server that cannot be tracked. */
class Untracked extends Error {}

/** Whether an error of `open` says that the server does not track at all, or not for this user. */
export function isUntracked(error: unknown): boolean {
  if (error instanceof Untracked) return true
  return error instanceof Error && error.name === 'ReplyError' && !FOR_NOW.test(error.message)
}
