import type { Watcher } from './tracker'

/**
 * Knows whether what was read of some keys still stands, so that it need not be read again: it does once the server was
 * asked to tell of changes, then the keys were read, and since then it has told of none.
 */
export class Watch {
  /** How often the keys may have changed. */
  private changes = 0
  /** How often they had when the server was last asked to tell; null where it would not. */
  private askedAt: number | null = null
  /** How often they had when they were last read, the server having been asked before. */
  private readAt: number | null = null
  private isAsking = false

  constructor(
    private readonly watcher: Watcher,
    private readonly keys: readonly string[],
  ) {
    watcher.onChange({
      changed: (changed) => {
        if (keys.some((key) => changed.includes(key))) this.changes++
      },
      lost: () => {
        this.changes++
      },
    })
  }

  /** Whether what was read last stands, as far as changes have become known. */
  get stands(): boolean {
    return this.readAt === this.changes
  }

  /** Runs a trip that reads the keys. @returns what it gives */
  async read<Value>(trip: () => Promise<Value>): Promise<Value> {
    const { changes } = this
    const isTold = this.askedAt === changes
    const value = await trip()
    // What changed meanwhile may have been read before.
    if (isTold && changes === this.changes) this.readAt = changes
    return value
  }

  /** Asks the server to tell of changes from now on, unless it does. Nobody waits for it. */
  ask(): void {
    const { changes } = this
    if (this.isAsking || this.askedAt === changes) return
    this.isAsking = true
    const end = (isTold: boolean) => {
      this.isAsking = false
      if (isTold) this.askedAt = changes
    }
    this.watcher.watch(this.keys).then(end, () => end(false))
  }
}
