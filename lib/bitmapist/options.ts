import type { IdMode } from './ids'
import type { Client } from './store/server'

/** What a library is made with. */
export interface BitmapistOptions<Mode extends IdMode = 'integer'> {
  /** One Redis, found by Sentinel or not, or a cluster. Its own `keyPrefix` must not be set. */
  readonly redis: Client
  /** `trackist_` unless given; 1 to 100 printable characters, beginning with neither `bitcohort:` nor `}`. */
  readonly prefix?: string
  /** Of integer ids: 2²⁷ − 1 unless given, at most 2³² − 1: higher ids are refused before Redis sees them. */
  readonly maxUserId?: number
  /** Whether marks set the hour too, where they do not say. */
  readonly trackHourly?: boolean
  /** Whether marks set the attribute of the event's name too, where they do not say. */
  readonly trackUnique?: boolean
  /** Distinct keys that one report may read; no limit unless given. */
  readonly maxKeys?: number
  /** IANA name of the zone whose clock decides the periods; `UTC` unless given. */
  readonly timeZone?: string
  /** How ids become bits; `integer` (as they are) unless given. */
  readonly idMode?: Mode
  /**
   * Memory for bitmaps that reports read, bytes; 0 unless given. Redis tells of their changes, over two connections more a
   * node, and every answer is exact. A server that tells of none: closed periods' bitmaps are kept for a minute.
   */
  readonly cacheBytes?: number
  /** The instant that is now. */
  readonly clock?: () => Date
}
