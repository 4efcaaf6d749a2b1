import type { Redis } from 'ioredis'
import { isUntracked, Pair } from './pair'
import type { Changes } from './tracker'

/** So long may a report wait for connections to be opened. */
const OPEN_MS = 250
/** After a pair ended, none is opened for so long: reports read past the cache. */
const PAUSE_MS = 1000
/** Where a server does not track, it is asked again after so long: another one may answer by then. */
const ASK_AGAIN_MS = 60_000

/** A node's pair of connections: opened when it is needed, and again after it ended. */
export class NodeLink {
  /** Whether the node does not track. */
  isUntracked = false
  private pair: Pair | null = null
  private opening: Promise<Pair | null> | null = null
  private pauseEnds = 0
  private isClosed = false

  constructor(
    private readonly node: Redis,
    private readonly changes: Changes,
  ) {}

  /** The open pair; null where there is none at the moment, or where it is not opened in time. */
  async open(): Promise<Pair | null> {
    if (this.pair?.isOpen) return this.pair
    if (this.isClosed || performance.now() < this.pauseEnds) return null
    this.opening ??= this.begin()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, OPEN_MS, null)
    })
    const pair = await Promise.race([this.opening, late])
    clearTimeout(timer)
    return pair
  }

  /** For good. */
  close(): void {
    this.isClosed = true
    this.pair?.end()
  }

  /** Another server, or another database, may be meant from now on. */
  renew(): void {
    this.pair?.end()
    this.pauseEnds = 0
  }

  private async begin(): Promise<Pair | null> {
    const { changes } = this
    try {
      const pair = await Pair.open(this.node, {
        changed: (keys) => changes.changed(keys),
        flushed: () => changes.lost(),
        ended: () => {
          this.pauseEnds = performance.now() + PAUSE_MS
          changes.lost()
        },
      })
      this.isUntracked = false
      if (this.isClosed) pair.end()
      this.pair = pair
      return pair
    } catch (error) {
      this.isUntracked = isUntracked(error)
      this.pauseEnds = performance.now() + (this.isUntracked ? ASK_AGAIN_MS : PAUSE_MS)
      return null
    } finally {
      this.opening = null
    }
  }
}
