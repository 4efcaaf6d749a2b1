import type { Trust } from './store/tracker'

/** How a walk through bitmaps goes. */
export interface Walk {
  /** Stops reads and computing with its reason. */
  readonly signal?: AbortSignal | undefined
  /** The walk begins with the block that holds this user id; 0 unless given. */
  readonly from?: number
  /** Whether nobody marks a key any more: such bitmaps are kept for a while where Redis tells of no changes. */
  readonly isClosed?: ((key: string) => boolean) | undefined
  /** Whether the same is not walked again soon: nothing of it is kept then. */
  readonly isOnce?: boolean
  /** Whether the answer cannot tell how old it is: what may be old is read anew. */
  readonly isExact?: boolean
  /** What was kept is relied on as this has found it; it is asked for when the walk begins unless given. */
  readonly trust?: Promise<Trust | null> | undefined
  /** Awaited after the last block, while all memory of the walk is there. */
  readonly settle?: ((signal?: AbortSignal) => Promise<void>) | undefined
  /** Is told how old what is read may be. */
  readonly age?: Age | undefined
}

/** How old the bitmaps of a report may be. */
export class Age {
  private oldest = Number.POSITIVE_INFINITY

  /** The instant that everything is at least as new as; null where everything is as of the report. */
  get asOf(): Date | null {
    return this.oldest === Number.POSITIVE_INFINITY ? null : new Date(this.oldest)
  }

  /** @param asOf milliseconds; Infinity where it is as of the report */
  note(asOf: number): void {
    this.oldest = Math.min(this.oldest, asOf)
  }
}
