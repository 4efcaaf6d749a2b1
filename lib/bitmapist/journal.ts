import { type KeyMeaning, knownKey } from './key'
import type { Meta } from './meta'
import { isUnwritable, type Records } from './records'
import type { Registry } from './registry'
import { add, covers, endsOf, meaningsOf, nothing } from './snapshot'
import { type Lists, setBits } from './store/bits'
import type { Call } from './store/call'
import type { Server } from './store/server'
import { UserNotes } from './user-notes'

/** Keys that are remembered at most: of hours of ten years. */
const MOST_KEYS = 100_000

interface Parts {
  readonly server: Server
  readonly prefix: string
  readonly clock: () => Date
  readonly meta: Meta
  readonly records: Records
  readonly registry: Registry
  /** Whether users are known by a bitmap of their own; where not, their numbers tell. */
  readonly notesUsers: boolean
}

/** What a batch of marks is written to. */
export interface Entry {
  /** The settings' text. */
  readonly text: string
  /** Names the data: the same where some of it was deleted. */
  readonly since: unknown
  /** Which of the connection's lives it is. */
  readonly life: number
  /** Whether there are records to write in. */
  readonly isKept: boolean
}

/** News of a write, to be remembered once it has arrived. */
interface News {
  readonly keys: readonly string[]
  readonly meanings: readonly KeyMeaning[]
  readonly users: readonly number[]
}

/**
 * Writes bits, and beside them what others have to know of them: which events and attributes there are, and who is
 * known. What this process has told once it does not tell again, until it finds that the data is not what it was: every
 * write ends by looking at the settings' text, and where that is another one, or the connection was lost meanwhile, the
 * batch is to be written again.
 */
export class Journal {
  private announced = nothing()
  private readonly keys = new Set<string>()
  private readonly users = new UserNotes()
  /** Whether the server has refused an announcement, in this life of the connection. */
  private mutedIn: number | null = null
  private life = 0

  constructor(private readonly parts: Parts) {
    parts.meta.onChange(() => this.forget())
  }

  /** Begins a batch: sets the settings where there are none. @throws BAD_SETTINGS */
  async open(): Promise<Entry> {
    const { server, meta, registry } = this.parts
    const { life } = server
    if (life !== this.life) meta.forget()
    this.life = life
    // That no raw ids are there.
    if (meta.isUnproven) await registry.read()
    const { records } = await server.capabilities()
    const text = await meta.claim()
    return { text, since: meta.since, life, isKept: records }
  }

  /**
   * Sets bits of users.
   * @param users everybody who is in the bits
   * @returns whether the data is still what it was when the batch was begun; else all of it is to be written again
   * @throws WRONG_TYPE, BAD_SETTINGS
   */
  async set(bits: Lists, users: Iterable<number>, entry: Entry): Promise<boolean> {
    const { prefix, clock, records, registry } = this.parts
    const news = this.newsOf(bits, users, entry)
    // First those who become known: whoever matches something is known.
    const all = news.users.length > 0 ? new Map([[knownKey(prefix), news.users], ...bits]) : bits
    const first = this.isTold(entry) ? records.announce(news.meanings, clock()) : []
    if (!(await this.write({ bits: all, value: 1 }, first, entry))) return false
    // What nobody was told is told again where that comes to be possible.
    if (this.isTold(entry)) this.remember(news)
    else registry.note(news.meanings)
    return true
  }

  /** Clears bits of users. @returns see `set` */
  clear(bits: Lists, entry: Entry): Promise<boolean> {
    return this.write({ bits, value: 0 }, [], entry)
  }

  private isTold({ isKept, life }: Entry): boolean {
    return isKept && this.mutedIn !== life
  }

  private async write(
    change: { readonly bits: Lists; readonly value: 0 | 1 },
    first: readonly Call[],
    entry: Entry,
  ): Promise<boolean> {
    const { server, meta } = this.parts
    try {
      const [text] = await meta.guard(() => setBits(server, change, { first, last: [meta.call] }))
      meta.accept(text)
      return text === entry.text && meta.current === entry.text && server.life === entry.life
    } catch (error) {
      if (first.length === 0 || !isUnwritable(error)) throw error
      // The announcement may be all that it does not take.
      const stands = await this.write(change, [], entry)
      this.mutedIn = entry.life
      return stands
    }
  }

  private newsOf(bits: Lists, users: Iterable<number>, { isKept }: Entry): News {
    const keys: string[] = []
    for (const key of bits.keys()) if (!this.keys.has(key)) keys.push(key)
    const unknown: number[] = []
    if (isKept && this.parts.notesUsers)
      for (const user of users) if (!this.users.has(user)) unknown.push(user)
    return { keys, meanings: keys.length > 0 ? this.newMeanings(keys) : [], users: unknown }
  }

  private newMeanings(keys: readonly string[]): readonly KeyMeaning[] {
    const news = nothing()
    for (const meaning of meaningsOf(this.parts.prefix, keys))
      if (!covers(this.announced, meaning)) add(meaning, news)
    return endsOf(news)
  }

  private remember({ keys, meanings, users }: News): void {
    if (this.keys.size > MOST_KEYS) this.keys.clear()
    for (const key of keys) this.keys.add(key)
    for (const meaning of meanings) add(meaning, this.announced)
    this.users.add(users)
  }

  private forget(): void {
    this.announced = nothing()
    this.keys.clear()
    this.users.clear()
  }
}
