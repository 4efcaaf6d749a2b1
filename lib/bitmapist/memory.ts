import type { KeyMeaning } from './key'
import type { Complete } from './records'
import { add, type Found, type Growing, merged, nothing } from './snapshot'

/** What a process keeps to itself of what it found and wrote, where it cannot write it down. */
export class Memory {
  private held: Found = nothing()
  /** Of this process' writes since the scan under way began: it may have passed their keys already. */
  private since: Growing = nothing()
  /** The last scan that could not be written down. */
  complete: Complete | null = null
  /** The last scan that had nothing to write down. */
  idle: Complete | null = null

  get found(): Found {
    return this.held
  }

  /** Keeps keys that this process wrote. */
  note(written: readonly KeyMeaning[]): void {
    if (written.length === 0) return
    const news = nothing()
    for (const meaning of written) {
      add(meaning, news)
      add(meaning, this.since)
    }
    this.held = merged(this.held, news)
  }

  /** A scan begins. */
  begin(): void {
    this.since = nothing()
  }

  /** It is through: what it did not find is not there, but for what was written meanwhile. */
  end(found: Found, complete: Complete | null): void {
    this.held = merged(found, this.since)
    this.complete = complete
  }

  /** Keys are gone: nothing that was found stands. */
  clear(): void {
    this.begin()
    this.end(nothing(), null)
  }
}
