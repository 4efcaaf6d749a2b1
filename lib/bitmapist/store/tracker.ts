import type { Call } from './call'
import type { Sink } from './reply'

/** Sends commands on keys, of which all must succeed. */
export interface Runner {
  /**
   * @param sinks may take the bytes of replies, by the commands' places
   * @returns the replies, in their order; null of what a sink took
   */
  run(calls: readonly Call[], sinks?: readonly (Sink | undefined)[]): Promise<readonly unknown[]>
}

/** What a walk may rely on. */
export interface Trust {
  /** Reads what is to be kept. */
  readonly runner: Runner
  /** What was kept before it is not to be used, in milliseconds; −Infinity for no limit. */
  readonly oldest: number
  /** The instant of what is read now, in milliseconds; Infinity where every change becomes known. */
  readonly asOf: number
  /** Whether a key's bitmap may be kept. */
  covers(key: string): boolean
  /** Whether all that changed until now, in what `runner` read, has become known. */
  seal(): Promise<boolean>
}

/** Who is told of changes. */
export interface Changes {
  /** Keys were written. */
  changed(keys: readonly string[]): void
  /** Anything may have been written. */
  lost(): void
}

/** Tells of changes. */
export interface Watcher {
  /** All who ask are told. */
  onChange(changes: Changes): void
  /**
   * Makes the next change of keys that others read known too.
   * @returns whether it will be; false where the server does not tell, or is not to be reached
   */
  watch(keys: readonly string[]): Promise<boolean>
}

/** Learns which keys change. */
export interface Tracker {
  /** `unknown` until the server was asked. */
  readonly mode: 'tracking' | 'ttl' | 'unknown'
  /** All who ask are told. */
  onChange(changes: Changes): void
  /**
   * Makes sure that all changes until now have become known.
   * @param keys that the walk is about
   * @param isClosed whether nobody marks a key any more
   * @returns null where nothing kept can be relied on at the moment
   */
  check(keys: () => readonly string[], isClosed: (key: string) => boolean): Promise<Trust | null>
  /** Finds out the mode, where the server can be reached. */
  probe(): Promise<void>
  /** Closes what it opened. */
  close(): void
}
