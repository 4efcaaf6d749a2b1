import { BitcohortError, expected } from './errors'
import { checkName } from './expression'
import type { Ids } from './ids'
import type { Entry, Journal } from './journal'
import { lazily } from './lazily'
import { MarkKeys, type Place } from './mark-keys'
import { periodAt } from './period'
import { runsOf } from './runs'
import { type Bits, readBits } from './store/bits'
import type { Server } from './store/server'
import type { UserId } from './user-id'
import type { Zone } from './zone'

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
/** Marks taken back at once: each reads up to 64 bits. */
const UNMARKS_AT_ONCE = 1000

interface Checked {
  readonly op: 'mark' | 'unmark'
  /** Its bit, which is written here when the id has got one: a batch has too many marks to copy each. */
  user: number
}
type CheckedMark = (Checked & Place) | (Checked & { readonly attribute: string })

/** A batch whose marks are all good. */
interface Batch {
  readonly marks: readonly CheckedMark[]
  /** Of its marks, in their order. */
  readonly ids: readonly UserId[]
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
   * @throws BAD_MARKS, with the index and reason of each, where any is bad: nothing is written then; BAD_SETTINGS
   */
  async write(marks: readonly Mark<UserId>[], options: MarkOptions = {}): Promise<void> {
    const batch = this.check(marks, options)
    if (batch.marks.length === 0) return
    await this.options.ids.ready()
    for (let tries = 0; tries < TRIES; tries++) {
      const entry = await this.options.journal.open()
      const bits = await this.options.ids.assign(batch.ids)
      for (const [i, mark] of batch.marks.entries()) mark.user = bits[i] ?? Number.NaN
      if (await this.send(batch.marks, entry)) return
    }
    const what = expected('marks', 'data that stays while they are written', `${TRIES} flushes`)
    throw new BitcohortError('REDIS_UNAVAILABLE', what)
  }

  /** @returns whether all of it went to the same data; else it is to be sent again */
  private async send(marks: readonly CheckedMark[], entry: Entry): Promise<boolean> {
    let stands = true
    for (const run of runsOf(marks))
      if (run[0]?.op === 'unmark')
        for (let k = 0; k < run.length; k += UNMARKS_AT_ONCE)
          stands = (await this.unmark(run.slice(k, k + UNMARKS_AT_ONCE), entry)) && stands
      else {
        const users = run.map(({ user }) => user)
        stands = (await this.options.journal.set(this.usersByKey(run), users, entry)) && stands
      }
    return stands
  }

  private check(marks: readonly Mark<UserId>[], options: MarkOptions): Batch {
    const { zone, clock } = this.options
    const now = clock()
    const checkTime = this.keys.once(({ time }) => periodAt('day', time, zone))
    const details: { index: number; message: string }[] = []
    const checked: CheckedMark[] = []
    const ids: UserId[] = []
    for (const [index, mark] of marks.entries())
      try {
        const one = checkOne(mark, now, options)
        ids.push(this.options.ids.check(mark.user))
        if ('event' in one) checkTime(one)
        checked.push(one)
      } catch (error) {
        if (!(error instanceof BitcohortError)) throw error
        details.push({ index, message: error.message })
      }
    if (details.length === 0) return { marks: checked, ids }
    const indexes = details.slice(0, 10).map((detail) => detail.index)
    const more = details.length > 10 ? ` and ${details.length - 10} more` : ''
    const [first] = details
    const what = `"marks" expected valid marks, got bad ones at ${indexes.join(', ')}${more}, the first: ${first?.message}`
    throw new BitcohortError('BAD_MARKS', what, { field: 'marks', details })
  }

  /** The users to be set, by key; one may come more than once. */
  private usersByKey(marks: readonly CheckedMark[]): ReadonlyMap<string, number[]> {
    const users = new Map<string, number[]>()
    const usersOf = (key: string) => lazily(users, key, (): number[] => [])
    const targetsOf = this.keys.once((place) => this.keys.setBy(place).map(usersOf))
    for (const mark of marks)
      if ('attribute' in mark) usersOf(this.keys.ofAttribute(mark.attribute)).push(mark.user)
      else for (const list of targetsOf(mark)) list.push(mark.user)
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

/** @throws BAD_EVENT, BAD_TIME, BAD_PARAMETER */
function checkOne(mark: Mark<UserId>, now: Date, options: MarkOptions): CheckedMark {
  if (typeof mark !== 'object' || mark === null)
    throw new BitcohortError('BAD_PARAMETER', expected('mark', 'an object', mark))
  const { op = 'mark' } = mark
  if (op !== 'mark' && op !== 'unmark')
    throw new BitcohortError('BAD_PARAMETER', expected('op', 'mark or unmark', op), { field: 'op' })
  if ('attribute' in mark && 'event' in mark)
    throw new BitcohortError('BAD_PARAMETER', expected('mark', 'an event or an attribute', 'both'))
  if ('attribute' in mark) return { op, user: 0, attribute: checkName(mark.attribute, 'attribute') }
  const { time = now, trackHourly = options.trackHourly, trackUnique = options.trackUnique } = mark
  const event = checkName(mark.event)
  if (!(time instanceof Date)) throw new BitcohortError('BAD_TIME', expected('time', 'a Date', time))
  return { op, user: 0, event, time, trackHourly: trackHourly ?? false, trackUnique: trackUnique ?? false }
}

/** A week's or month's days, by their keys, and the users to be taken from it. */
interface Span {
  readonly days: readonly string[]
  readonly users: Set<number>
}
