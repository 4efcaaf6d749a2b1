import { BitcohortError, expected } from './errors'
import { checkName } from './expression'
import type { Ids } from './ids'
import type { Entry, Journal } from './journal'
import { attributeKey, eventKey } from './key'
import { lazily } from './lazily'
import { type Period, periodAt, within } from './period'
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

interface EventMark<Id extends UserId = number> extends MarkOptions {
  readonly op: 'mark' | 'unmark'
  readonly event: string
  readonly user: Id
  readonly time: Date
}
type CheckedMark<Id extends UserId = number> =
  | EventMark<Id>
  | { readonly op: 'mark' | 'unmark'; readonly attribute: string; readonly user: Id }

/** Writes marks. Setting a bit that is set changes nothing, so all of it is safe to send again. */
export class Marker {
  constructor(
    private readonly server: Server,
    private readonly options: {
      readonly prefix: string
      readonly ids: Ids
      readonly clock: () => Date
      readonly zone: Zone
      readonly journal: Journal
    },
  ) {}

  /**
   * Writes a batch, in its order, and returns when Redis has it all.
   * @throws BAD_MARKS, with the index and reason of each, where any is bad: nothing is written then; BAD_SETTINGS
   */
  async write(marks: readonly Mark<UserId>[], options: MarkOptions = {}): Promise<void> {
    const given = this.check(marks)
    if (given.length === 0) return
    await this.options.ids.ready()
    for (let tries = 0; tries < TRIES; tries++) {
      const entry = await this.options.journal.open()
      const bits = await this.options.ids.assign(given.map(({ user }) => user))
      const checked = given.map((mark, i): CheckedMark => ({ ...mark, user: bits[i] ?? Number.NaN }))
      if (await this.send(checked, options, entry)) return
    }
    const what = expected('marks', 'data that stays while they are written', `${TRIES} flushes`)
    throw new BitcohortError('REDIS_UNAVAILABLE', what)
  }

  /** @returns whether all of it went to the same data; else it is to be sent again */
  private async send(marks: readonly CheckedMark[], options: MarkOptions, entry: Entry): Promise<boolean> {
    const { journal } = this.options
    let stands = true
    for (const { run, tracked } of runsOf(marks).flatMap((run) => byOptions(run, options)))
      if (run[0]?.op === 'unmark')
        for (let k = 0; k < run.length; k += UNMARKS_AT_ONCE)
          stands = (await this.unmark(run.slice(k, k + UNMARKS_AT_ONCE), tracked, entry)) && stands
      else {
        const users = run.map(({ user }) => user)
        stands = (await journal.set(this.usersByKey(run, tracked), users, entry)) && stands
      }
    return stands
  }

  private check(marks: readonly Mark<UserId>[]): readonly CheckedMark<UserId>[] {
    const { zone, clock } = this.options
    const now = clock()
    const checkTime = hourly(zone, (time) => periodAt('day', time, zone))
    const details: { index: number; message: string }[] = []
    const checked: CheckedMark<UserId>[] = []
    for (const [index, mark] of marks.entries())
      try {
        const one = this.checkOne(mark, now)
        if ('event' in one) checkTime(one.time)
        checked.push(one)
      } catch (error) {
        if (!(error instanceof BitcohortError)) throw error
        details.push({ index, message: error.message })
      }
    if (details.length === 0) return checked
    const indexes = details.slice(0, 10).map((detail) => detail.index)
    const more = details.length > 10 ? ` and ${details.length - 10} more` : ''
    const what = `"marks" expected valid marks, got bad ones at ${indexes.join(', ')}${more}`
    throw new BitcohortError('BAD_MARKS', what, { field: 'marks', details })
  }

  private checkOne(mark: Mark<UserId>, now: Date): CheckedMark<UserId> {
    const { op = 'mark' } = mark
    const user = this.options.ids.check(mark.user)
    if ('attribute' in mark) return { op, user, attribute: checkName(mark.attribute, 'attribute') }
    const { time = now, trackHourly, trackUnique } = mark
    return { op, user, event: checkName(mark.event), time, trackHourly, trackUnique }
  }

  /** What an event's mark sets: day, week and month; the hour and the attribute where asked. */
  private keysOf(event: string, time: Date, { trackHourly, trackUnique }: MarkOptions): readonly string[] {
    const { prefix, zone } = this.options
    const units = trackHourly
      ? (['hour', 'day', 'week', 'month'] as const)
      : (['day', 'week', 'month'] as const)
    const keys = units.map((unit) => eventKey(prefix, event, periodAt(unit, time, zone)))
    return trackUnique ? [...keys, attributeKey(prefix, event)] : keys
  }

  /** The users to be set, by key. The keys of an event are worked out once for each hour: most marks share theirs. */
  private usersByKey(marks: readonly CheckedMark[], options: MarkOptions): ReadonlyMap<string, Set<number>> {
    const users = new Map<string, Set<number>>()
    const targets = new Map<string, (time: Date) => readonly Set<number>[]>()
    for (const mark of marks)
      if ('attribute' in mark)
        usersOf(users, attributeKey(this.options.prefix, mark.attribute)).add(mark.user)
      else {
        const { event } = mark
        const setsAt = lazily(targets, event, () =>
          hourly(this.options.zone, (time) =>
            this.keysOf(event, time, options).map((key) => usersOf(users, key)),
          ),
        )
        for (const set of setsAt(mark.time)) set.add(mark.user)
      }
    return users
  }

  /**
   * Takes marks back: each one's day and that day's hours; then the week and the month where none of their days still
   * holds the user. Not atomic against other writers of the same user.
   */
  private async unmark(
    marks: readonly CheckedMark[],
    { trackUnique }: MarkOptions,
    entry: Entry,
  ): Promise<boolean> {
    const { prefix, zone } = this.options
    const exact = new Map<string, Set<number>>()
    const wider = new Map<string, Span>()
    const spansOf = spansBy({ prefix, zone }, wider)
    for (const mark of marks) {
      if ('attribute' in mark) {
        usersOf(exact, attributeKey(prefix, mark.attribute)).add(mark.user)
        continue
      }
      const { keys, spans } = spansOf(mark)
      for (const key of keys) usersOf(exact, key).add(mark.user)
      for (const span of spans) span.users.add(mark.user)
      if (trackUnique) usersOf(exact, attributeKey(prefix, mark.event)).add(mark.user)
    }
    const stood = await this.clear(exact, entry)
    return (await this.clear(await this.released(wider), entry)) && stood
  }

  /** Of each week and month the users whom none of its days holds any more. */
  private async released(wider: ReadonlyMap<string, Span>): Promise<Bits> {
    const asked = new Map<string, Set<number>>()
    for (const { days, users } of wider.values())
      for (const day of days) for (const user of users) usersOf(asked, day).add(user)
    const held = await readBits(this.server, asked)
    const gone = (days: readonly string[]) => (user: number) => !days.some((day) => held.get(day)?.has(user))
    return new Map([...wider].map(([key, { days, users }]) => [key, new Set([...users].filter(gone(days)))]))
  }

  /** Clears bits that are set: clearing others would make keys of nothing but zeros. */
  private async clear(bits: Bits, entry: Entry): Promise<boolean> {
    return this.options.journal.clear(await readBits(this.server, bits), entry)
  }
}

/** A run's marks by what they are to set: within a run the order does not count. */
function byOptions(run: readonly CheckedMark[], { trackHourly, trackUnique }: MarkOptions) {
  const groups = new Map<number, { readonly run: CheckedMark[]; readonly tracked: MarkOptions }>()
  for (const mark of run) {
    const own: MarkOptions = 'attribute' in mark ? {} : mark
    const hourly = own.trackHourly ?? trackHourly ?? false
    const unique = own.trackUnique ?? trackUnique ?? false
    const make = () => ({ run: [], tracked: { trackHourly: hourly, trackUnique: unique } })
    lazily(groups, Number(hourly) * 2 + Number(unique), make).run.push(mark)
  }
  return [...groups.values()]
}

/** A week's or month's days, by their keys, and the users to be taken from it. */
interface Span {
  readonly days: readonly string[]
  readonly users: Set<number>
}

/** The keys of a mark's day and its hours, and its week and month; worked out once for each event and hour. */
function spansBy({ prefix, zone }: { prefix: string; zone: Zone }, wider: Map<string, Span>) {
  const events = new Map<string, (time: Date) => { keys: readonly string[]; spans: readonly Span[] }>()
  return ({ event, time }: EventMark) => {
    const keyOf = (of: Period) => eventKey(prefix, event, of)
    const spanOf = (of: Period) =>
      lazily(wider, keyOf(of), () => ({ days: within('day', of).map(keyOf), users: new Set<number>() }))
    const make = (at: Date) => {
      const day = periodAt('day', at, zone)
      const keys = [day, ...within('hour', day)].map(keyOf)
      return { keys, spans: [spanOf(periodAt('week', at, zone)), spanOf(periodAt('month', at, zone))] }
    }
    return lazily(events, event, () => hourly(zone, make))(time)
  }
}

function usersOf(users: Map<string, Set<number>>, key: string): Set<number> {
  return lazily(users, key, () => new Set())
}

/** The same function, worked out once an hour of the zone's clock: no period is finer, and none begins within one. */
function hourly<Value>(zone: Zone, of: (time: Date) => Value): (time: Date) => Value {
  const cache = new Map<number, Value>()
  return (time) => lazily(cache, Math.floor(zone.local(time.getTime()) / 3_600_000), () => of(time))
}
