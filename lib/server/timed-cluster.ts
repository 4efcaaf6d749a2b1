import { Cluster, type ClusterOptions, type Command } from 'ioredis'
import type { Node } from './redis-url'

/** Of a cluster whose replies are those of ioredis 5. */
type Options = ClusterOptions & { readonly redisOptions?: { readonly replyMapping?: 'legacy' } }
type Rest = Parameters<Cluster['sendCommand']> extends [Command, ...infer Others] ? Others : never

/**
 * A cluster's client whose commands all end in time. ioredis' own counts the time of a command from when it is sent to
 * a node: where no node is there it would wait without end, and so would what is asked in the meantime.
 */
export class TimedCluster extends Cluster {
  /** What sends the commands that wait for the cluster. */
  private readonly waiting = new Set<() => void>()

  constructor(
    nodes: readonly Node[],
    private readonly timeoutMs: number,
    options: Options,
  ) {
    super([...nodes], options)
    this.on('ready', () => {
      const sends = [...this.waiting]
      this.waiting.clear()
      for (const send of sends) send()
    })
  }

  override sendCommand(command: Command, ...rest: Rest): unknown {
    command.setTimeout(this.timeoutMs)
    if (this.status === 'ready' || this.status === 'end') return super.sendCommand(command, ...rest)
    if (this.status === 'wait') this.connect().catch(() => {})
    const send = () => void super.sendCommand(command, ...rest)
    const forget = () => void this.waiting.delete(send)
    this.waiting.add(send)
    command.promise.then(forget, forget)
    return command.promise
  }

  override delayUntilReady(callback: (error?: Error | null) => void): void {
    let isOver = false
    const once = (error?: Error | null) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      callback(error)
    }
    const timer = setTimeout(once, this.timeoutMs, new Error('Command timed out'))
    super.delayUntilReady(once)
  }
}
