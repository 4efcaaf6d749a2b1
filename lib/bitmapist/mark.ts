import type { Redis } from 'ioredis'
import { BitcohortError, expected } from './errors'
import { checkName } from './expression'
import { attributeKey, eventKey } from './key'
import { type Period, periodAt, within } from './period'
import { type BitSource, runPipeline } from './store/source'
import type { Zone } from './zone'

/** A fact to be written: a user did an event at a time (now unless given), or has an attribute; or takes it back. */
export type Mark =
  | {
      readonly op?: 'mark' | 'unmark'
      readonly event: string
      readonly user: number
      readonly time?: Date | undefined
    }
  | { readonly op?: 'mark' | 'unmark'; readonly attribute: string; readonly user: number }

export interface MarkOptions {
  /** Sets the hour too. */
  readonly trackHourly?: boolean | undefined
  /** Sets the attribute of the event's name too. */
  readonly trackUnique?: boolean | undefined
}

/** 2²⁷ − 1: a bitmap of at most 16 MB a key. */
export const DEFAULT_MAX_USER_ID = 2 ** 27 - 1
/** Bits of one BITFIELD: longer ones would hold Redis, shorter ones cost more a bit. */
const BITS_A_COMMAND = 1000
/** Bounds of one round trip: what waits in memory. Eight times as many bits took 1.4 times as long. */
const COMMANDS_A_ROUND = 256
const BITS_A_ROUND = 32_000

type Bit = readonly [key: string, user: number]

interface EventMark {
  readonly op: 'mark' | 'unmark'
  readonly event: string
  readonly user: number
  readonly time: Date
}
type CheckedMark =
  | EventMark
  | { readonly op: 'mark' | 'unmark'; readonly attribute: string; readonly user: number }

/** @throws BAD_USER unless an integer 0..max */
export function checkUser(user: number, max: number, field = 'user'): number {
  if (!Number.isInteger(user) || user < 0 || user > max)
    throw new BitcohortError('BAD_USER', expected(field, `integer 0..${max}`, user), { field })
  return user
}

/** Writes marks. Setting a bit that is set changes nothing, so all of it is safe to send again. */
export class Marker {
  constructor(
    private readonly redis: Redis,
    private readonly source: BitSource,
    private readonly options: {
      readonly prefix: string
      readonly maxUserId: number
      readonly clock: () => Date
      readonly zone: Zone
    },
  ) {}

  /**
   * Writes a batch, in its order, and returns when Redis has it all.
   * @throws BAD_MARKS, with the index and reason of each, where any is bad: nothing is written then
   */
  async write(marks: readonly Mark[], options: MarkOptions = {}): Promise<void> {
    const checked = this.check(marks)
    for (let from = 0; from < checked.length; ) {
      const op = checked[from]?.op
      let end = from + 1
      while (checked[end]?.op === op && end < checked.length) end++
      const run = checked.slice(from, end)
      if (op === 'unmark') await this.unmark(run, options)
      else await this.set(this.usersByKey(run, options))
      from = end
    }
  }

  private check(marks: readonly Mark[]): readonly CheckedMark[] {
    const { zone, clock } = this.options
    const now = clock()
    const checkTime = hourly(zone, (time) => periodAt('day', time, zone))
    const details: { index: number; message: string }[] = []
    const checked: CheckedMark[] = []
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

  private checkOne(mark: Mark, now: Date): CheckedMark {
    const { op = 'mark' } = mark
    const user = checkUser(mark.user, this.options.maxUserId)
    if ('attribute' in mark) return { op, user, attribute: checkName(mark.attribute, 'attribute') }
    return { op, user, event: checkName(mark.event), time: mark.time ?? now }
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
    const usersOf = (key: string): Set<number> => lazily(users, key, () => new Set())
    const targets = new Map<string, (time: Date) => readonly Set<number>[]>()
    for (const mark of marks)
      if ('attribute' in mark) usersOf(attributeKey(this.options.prefix, mark.attribute)).add(mark.user)
      else {
        const { event } = mark
        const setsAt = lazily(targets, event, () =>
          hourly(this.options.zone, (time) => this.keysOf(event, time, options).map(usersOf)),
        )
        for (const set of setsAt(mark.time)) set.add(mark.user)
      }
    return users
  }

  private async set(users: ReadonlyMap<string, Set<number>>): Promise<void> {
    let round: Parameters<Marker['send']>[0] = []
    let bits = 0
    for (const [key, ids] of users) {
      const sorted = Uint32Array.from(ids).sort()
      for (let from = 0; from < sorted.length; from += BITS_A_COMMAND) {
        round.push([key, sorted.subarray(from, from + BITS_A_COMMAND)])
        bits += Math.min(BITS_A_COMMAND, sorted.length - from)
        if (round.length < COMMANDS_A_ROUND && bits < BITS_A_ROUND) continue
        await this.send(round)
        round = []
        bits = 0
      }
    }
    await this.send(round)
  }

  private async send(commands: [key: string, users: Uint32Array][]): Promise<void> {
    const pipeline = this.redis.pipeline()
    for (const [key, users] of commands) {
      const [only, second] = users
      if (only !== undefined && second === undefined) pipeline.setbit(key, only, 1)
      else pipeline.call('BITFIELD', bitfield(key, users))
    }
    await runPipeline(
      pipeline,
      commands.map(([key]) => key),
    )
  }

  /**
   * Takes marks back: each one's day and that day's hours; then the week and the month where none of their days still
   * holds the user. Not atomic against other writers of the same user.
   */
  private async unmark(marks: readonly CheckedMark[], { trackUnique }: MarkOptions): Promise<void> {
    const { prefix, zone } = this.options
    const events = marks.filter((mark) => 'event' in mark)
    const exact = marks.flatMap((mark): Bit[] => {
      if ('attribute' in mark) return [[attributeKey(prefix, mark.attribute), mark.user]]
      const day = periodAt('day', mark.time, zone)
      const keys = [day, ...within('hour', day)].map((of) => eventKey(prefix, mark.event, of))
      if (trackUnique) keys.push(attributeKey(prefix, mark.event))
      return keys.map((key): Bit => [key, mark.user])
    })
    await this.clear(exact)
    const wider = events.flatMap((mark) =>
      (['week', 'month'] as const).map((unit) => ({ mark, of: periodAt(unit, mark.time, zone) })),
    )
    const kept = await this.stillHeld(wider)
    await this.clear(
      wider.flatMap(({ mark, of }, i): Bit[] =>
        kept[i] ? [] : [[eventKey(prefix, mark.event, of), mark.user]],
      ),
    )
  }

  /** For each week or month: whether any of its days holds the user. */
  private async stillHeld(asked: readonly { mark: EventMark; of: Period }[]): Promise<readonly boolean[]> {
    const bits = asked.flatMap(({ mark, of }, i) =>
      within('day', of).map((day) => ({
        i,
        bit: [eventKey(this.options.prefix, mark.event, day), mark.user] as const,
      })),
    )
    const replies = await this.source.readBits(bits.map(({ bit }) => bit))
    const held = asked.map(() => false)
    bits.forEach(({ i }, k) => {
      if (replies[k]) held[i] = true
    })
    return held
  }

  /** Clears bits that are set; a SETBIT of others would make keys of nothing but zeros. */
  private async clear(bits: readonly Bit[]): Promise<void> {
    const set = await this.source.readBits(bits)
    const found = bits.filter((_, i) => set[i])
    const pipeline = this.redis.pipeline()
    for (const [key, user] of found) pipeline.setbit(key, user, 0)
    await runPipeline(
      pipeline,
      found.map(([key]) => key),
    )
  }
}

function bitfield(key: string, users: Uint32Array): (string | number)[] {
  const args: (string | number)[] = [key]
  for (const user of users) args.push('SET', 'u1', user, 1)
  return args
}

function lazily<Key, Value>(cache: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = cache.get(key)
  if (found !== undefined) return found
  const made = make()
  cache.set(key, made)
  return made
}

/** The same function, worked out once an hour of the zone's clock: no period is finer, and none begins within one. */
function hourly<Value>(zone: Zone, of: (time: Date) => Value): (time: Date) => Value {
  const cache = new Map<number, Value>()
  return (time) => lazily(cache, Math.floor(zone.local(time.getTime()) / 3_600_000), () => of(time))
}
