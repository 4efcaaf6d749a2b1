/** How many walks go on, and how many wait for memory. */
export interface WalkStats {
  readonly running: number
  readonly waiting: number
}

/** A place in a queue. */
interface Waiting {
  readonly bytes: number
  readonly start: () => void
}

/**
 * Admits work by the memory that it takes, in the order of its coming. What wants more than there is runs alone.
 */
class Queue {
  private taken = 0
  private running = 0
  private readonly waiting = new Set<Waiting>()

  constructor(private readonly limit: number) {}

  get stats(): WalkStats {
    return { running: this.running, waiting: this.waiting.size }
  }

  /** @throws the signal's reason */
  async enter(bytes: number, signal: AbortSignal | undefined): Promise<() => void> {
    signal?.throwIfAborted()
    const wanted = Math.min(bytes, this.limit)
    if (this.waiting.size > 0 || this.taken + wanted > this.limit) await this.wait(wanted, signal)
    else this.take(wanted)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.taken -= wanted
      this.running--
      this.admit()
    }
  }

  private take(bytes: number): void {
    this.taken += bytes
    this.running++
  }

  private wait(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.delete(place)
        reject(signal?.reason)
        // Whoever stood behind may fit.
        this.admit()
      }
      const place: Waiting = {
        bytes,
        start: () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.waiting.add(place)
    })
  }

  private admit(): void {
    for (const place of this.waiting) {
      if (this.taken + place.bytes > this.limit) return
      this.take(place.bytes)
      this.waiting.delete(place)
      place.start()
    }
  }
}

const MIB = 1024 * 1024
/** Working memory up to which a walk counts as a small one. */
const SMALL_BYTES = 4 * MIB
/** Of all small walks, and of all others, at once: a small one never waits for a large one to end. */
const SMALL_LIMIT = 16 * MIB
const LARGE_LIMIT = 72 * MIB

/** Bounds the working memory of the walks that go on at once. */
export class Admission {
  private readonly small = new Queue(SMALL_LIMIT)
  private readonly large = new Queue(LARGE_LIMIT)

  /** Of both kinds. */
  get stats(): WalkStats {
    const [small, large] = [this.small.stats, this.large.stats]
    return { running: small.running + large.running, waiting: small.waiting + large.waiting }
  }

  /**
   * Waits for room.
   * @param bytes of working memory
   * @returns to be called at the walk's end
   * @throws the signal's reason while it waits
   */
  enter(bytes: number, signal?: AbortSignal): Promise<() => void> {
    return (bytes <= SMALL_BYTES ? this.small : this.large).enter(bytes, signal)
  }
}
