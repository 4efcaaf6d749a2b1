import { type CheckedMark, type CheckedMarks, checkMarks } from './checked-marks'
import { BitcohortError, expected } from './errors'
import type { Ids } from './ids'
import type { Entry, Journal } from './journal'
import { lazily } from './lazily'
import { MarkKeys } from './mark-keys'
import { runsOf } from './runs'
import { type Bits, readBits } from './store/bits'
import type { Server } from './store/server'
import { inTurns } from './turn'
import type { UserId } from './user-id'
import type { Zone } from './zone'

/** What marks set besides day, week and month. */
export interface MarkOptions {
  /** Sets the hour too. */
  readonly trackHourly?: boolean | undefined
  /** Sets the attribute of the event's name too. */
  readonly trackUnique?: boolean | undefined
}

/**
 * A fact to be written: a user did an event at a time (now unless given), or has an attribute; or takes it back. Its own
 * options stand before those of its batch.
 */
export type Mark<Id extends UserId = number> =
  | ({
      readonly op?: 'mark' | 'unmark'
      readonly event: string
      readonly user: Id
      readonly time?: Date | undefined
    } & MarkOptions)
  | { readonly op?: 'mark' | 'unmark'; readonly attribute: string; readonly user: Id }

/** 2²⁷ − 1: a bitmap of at most 16 MB a key. */
export const DEFAULT_MAX_USER_ID = 2 ** 27 - 1
/** The data may be flushed under a batch: so often is it sent. */
const TRIES = 5
/** Some of it may be deleted: so often is a part sent, and after 16 times it is one mark. */
const SENDS = 64
/** The bit of an id that has none. */
const NOBODY = -1
/** Marks taken back at once: each reads up to 64 bits. */
const UNMARKS_AT_ONCE = 1000

/** Marks of a batch that are sent at once. */
interface Part extends CheckedMarks {
  /** How often it has been sent. */
  readonly sends: number
}

/** Writes marks. Setting a bit that is set changes nothing, so all of it is safe to send again. */
export class Marker {
  private readonly keys: MarkKeys

  constructor(
    private readonly server: Server,
    private readonly options: {
      readonly prefix: string
      readonly ids: Ids
      readonly clock: () => Date
      readonly zone: Zone
      readonly journal: Journal
    },
  ) {
    this.keys = new MarkKeys(options.prefix, options.zone)
  }

  /**
   * Writes a batch, in its order, and returns when Redis has it all.
   * @throws BAD_MARKS, with the index and reason of each, where any is bad: nothing is written then; BAD_SETTINGS;
   * WRONG_TYPE
   */
  async write(marks: readonly Mark<UserId>[], options: MarkOptions = {}): Promise<void> {
    const { ids, clock } = this.options
    // Many are checked in turns: the caller's list may be another by then.
    const batch = await checkMarks(marks.slice(), { options, ids, keys: this.keys, now: clock() })
    if (batch.marks.length === 0) return
    await ids.ready()
    for (let tries = 0; tries < TRIES; tries++) if (await this.deliver(batch)) return
    const what = expected('marks', 'data that stays while they are written', `${TRIES} flushes`)
    throw new BitcohortError('REDIS_UNAVAILABLE', what)
  }

  /**
   * Writes a batch, whatever is deleted meanwhile: what a deletion came across is sent again, in halves, for shorter
   * parts get through where one deletion follows the other.
   * @returns whether the data was the same all the time; else all of the batch is to be sent again
   */
  private async deliver(batch: CheckedMarks): Promise<boolean> {
    const { journal } = this.options
    const first = await journal.open()
    const waiting: Part[] = [{ ...batch, sends: 0 }]
    for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
      if (part.sends === SENDS) return false
      const entry = part.sends === 0 ? first : await journal.open()
      if (entry.since !== first.since || entry.life !== first.life) return false
      if (!(await this.send(await this.located(part), entry))) waiting.push(...halves(part))
    }
    return true
  }

  /** The marks with their bits. Where an id has none there is nothing to take back. */
  private async located({ marks, ids }: CheckedMarks): Promise<readonly CheckedMark[]> {
    const all = this.options.ids
    const isMark = ({ op }: CheckedMark) => op === 'mark'
    const given = await all.assign(marks.every(isMark) ? ids : ids.filter((_, i) => marks[i]?.op === 'mark'))
    const found =
      given.length === ids.length ? [] : await all.find(ids.filter((_, i) => marks[i]?.op !== 'mark'))
    let [nextGiven, nextFound] = [0, 0]
    for (const mark of marks) mark.user = (isMark(mark) ? given[nextGiven++] : found[nextFound++]) ?? NOBODY
    return found.includes(null) ? marks.filter(({ user }) => user !== NOBODY) : marks
  }

  /** @returns whether all of it went to the same data; else it is to be sent again */
  private async send(marks: readonly CheckedMark[], entry: Entry): Promise<boolean> {
    let stands = true
    for (const run of await runsOf(marks))
      if (run[0]?.op === 'unmark')
        for (let k = 0; k < run.length; k += UNMARKS_AT_ONCE)
          stands = (await this.unmark(run.slice(k, k + UNMARKS_AT_ONCE), entry)) && stands
      else {
        const users = run.map(({ user }) => user)
        stands = (await this.options.journal.set(await this.usersByKey(run), users, entry)) && stands
      }
    return stands
  }

  private keysOf(mark: CheckedMark): readonly string[] {
    return 'attribute' in mark ? [this.keys.ofAttribute(mark.attribute)] : this.keys.setBy(mark)
  }

  /** The users to be set, by key; one may come more than once. */
  private async usersByKey(marks: readonly CheckedMark[]): Promise<ReadonlyMap<string, number[]>> {
    const [first] = marks
    // Most marks come alone.
    if (first !== undefined && marks.length === 1)
      return new Map(this.keysOf(first).map((key) => [key, [first.user]]))
    const users = new Map<string, number[]>()
    const usersOf = (key: string) => lazily(users, key, (): number[] => [])
    const targetsOf = this.keys.once((place) => this.keys.setBy(place).map(usersOf))
    await inTurns(marks, (mark) => {
      if ('attribute' in mark) usersOf(this.keys.ofAttribute(mark.attribute)).push(mark.user)
      else for (const list of targetsOf(mark)) list.push(mark.user)
    })
    return users
  }

  /**
   * Takes marks back: each one's day and that day's hours; then the week and the month where none of their days still
   * holds the user. Not atomic against other writers of the same user.
   */
  private async unmark(marks: readonly CheckedMark[], entry: Entry): Promise<boolean> {
    const exact = new Map<string, Set<number>>()
    const wider = new Map<string, Span>()
    const setOf = (key: string) => lazily(exact, key, (): Set<number> => new Set())
    const targetsOf = this.keys.once((place) => [
      ...this.keys.clearedBy(place).map(setOf),
      ...this.keys
        .wide(place)
        .map(({ key, days }) => lazily(wider, key, (): Span => ({ days, users: new Set() })).users),
    ])
    for (const mark of marks)
      if ('attribute' in mark) setOf(this.keys.ofAttribute(mark.attribute)).add(mark.user)
      else for (const users of targetsOf(mark)) users.add(mark.user)
    const stood = await this.clear(exact, entry)
    return (await this.clear(await this.released(wider), entry)) && stood
  }

  /** Of each week and month the users whom none of its days holds any more. */
  private async released(wider: ReadonlyMap<string, Span>): Promise<Bits> {
    const asked = new Map<string, Set<number>>()
    for (const { days, users } of wider.values())
      for (const day of days) {
        const some = lazily(asked, day, (): Set<number> => new Set())
        for (const user of users) some.add(user)
      }
    const held = await readBits(this.server, asked)
    const gone = (days: readonly string[]) => (user: number) => !days.some((day) => held.get(day)?.has(user))
    return new Map([...wider].map(([key, { days, users }]) => [key, new Set([...users].filter(gone(days)))]))
  }

  /** Clears bits that are set: clearing others would make keys of nothing but zeros. */
  private async clear(bits: Bits, entry: Entry): Promise<boolean> {
    return this.options.journal.clear(await readBits(this.server, bits), entry)
  }
}

/** To be sent from the end. */
function halves({ marks, ids, sends }: Part): readonly Part[] {
  const middle = marks.length >> 1
  const part = (from: number, to: number) => ({
    marks: marks.slice(from, to),
    ids: ids.slice(from, to),
    sends: sends + 1,
  })
  return middle === 0 ? [part(0, 1)] : [part(middle, marks.length), part(0, middle)]
}

/** A week's or month's days, by their keys, and the users to be taken from it. */
interface Span {
  readonly days: readonly string[]
  readonly users: Set<number>
}
