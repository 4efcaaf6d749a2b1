import { type Mark, type MarkOptions, periodAt, type UserId, type Zone } from '../../lib/bitmapist'
import { attributeKey, eventKey } from '../../lib/bitmapist/key'

/** The two highest ids of a bitmap. */
interface Top {
  first: number
  second: number
}

export interface CostOptions extends MarkOptions {
  readonly prefix: string
  readonly zone: Zone
}

/** The id whose absence would shorten the bitmaps most. */
export interface Dearest {
  readonly user: number
  /** Keys of which it is the highest. */
  readonly keys: number
  /** What it takes in them beyond the next highest ids. */
  readonly bytes: number
}

/** What marks take in Redis: a bitmap is as long as its highest id needs, whoever else is in it. */
export class Cost {
  private readonly tops = new Map<string, Top>()
  private readonly memo = new Map<string, Map<number, readonly Top[]>>()

  constructor(private readonly options: CostOptions) {}

  add(mark: Mark<UserId>): void {
    const { user } = mark
    for (const top of this.topsOf(mark)) {
      // Which bit a text will have is for Redis to say.
      if (typeof user === 'string') continue
      if (user > top.first) {
        top.second = top.first
        top.first = user
      } else if (user < top.first && user > top.second) top.second = user
    }
  }

  get keys(): number {
    return this.tops.size
  }

  /** Bytes of all bitmaps of integer ids. */
  get bytes(): number {
    let sum = 0
    for (const { first } of this.tops.values()) sum += byteLength(first)
    return sum
  }

  dearest(): Dearest | null {
    const byUser = new Map<number, Dearest>()
    for (const { first, second } of this.tops.values()) {
      const { keys, bytes } = byUser.get(first) ?? { keys: 0, bytes: 0 }
      byUser.set(first, {
        user: first,
        keys: keys + 1,
        bytes: bytes + byteLength(first) - byteLength(second),
      })
    }
    let dearest: Dearest | null = null
    for (const each of byUser.values()) if (dearest === null || each.bytes > dearest.bytes) dearest = each
    return dearest
  }

  private topsOf(mark: Mark<UserId>): readonly Top[] {
    const { prefix } = this.options
    if ('attribute' in mark) return [this.top(attributeKey(prefix, mark.attribute))]
    const { event, time = new Date(0) } = mark
    const hours = kept(this.memo, event, () => new Map<number, readonly Top[]>())
    const hour = Math.floor(this.options.zone.local(time.getTime()) / 3_600_000)
    return kept(hours, hour, () => this.keysOf(event, time).map((key) => this.top(key)))
  }

  private keysOf(event: string, time: Date): readonly string[] {
    const { prefix, zone, trackHourly, trackUnique } = this.options
    const units = [...(trackHourly ? (['hour'] as const) : []), 'day', 'week', 'month'] as const
    const keys = units.map((unit) => eventKey(prefix, event, periodAt(unit, time, zone)))
    return trackUnique ? [...keys, attributeKey(prefix, event)] : keys
  }

  private top(key: string): Top {
    return kept(this.tops, key, () => ({ first: -1, second: -1 }))
  }
}

function kept<Key, Value>(cache: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = cache.get(key)
  if (found !== undefined) return found
  const made = make()
  cache.set(key, made)
  return made
}

/** Bytes of a bitmap whose highest id is given; -1 for none. */
function byteLength(highest: number): number {
  return highest < 0 ? 0 : Math.floor(highest / 8) + 1
}
