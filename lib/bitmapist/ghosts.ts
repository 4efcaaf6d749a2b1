import { Command } from 'ioredis'
import { type KeyMeaning, keyOf } from './key'
import type { Meta } from './meta'
import { period } from './period'
import { memberOf, type Records } from './records'
import type { Found } from './snapshot'
import { type Call, call } from './store/call'
import type { Server } from './store/server'

/** Keys that are asked after in a first round trip, and in each later one at most: nearly always the first is there. */
const FIRST_TRIP = 16
const WIDEST_TRIP = 1000
/** Keys that are asked after for one scan: hours of twenty years. What would take more stays as it is. */
const MOST_KEYS = 200_000

/** Sets or removes an event's first and last period, if they are what they were. Returns 1 where they were. */
const CUT = `
local first, last = redis.call('ZSCORE', KEYS[1], ARGV[1]), redis.call('ZSCORE', KEYS[2], ARGV[1])
if not first or not last then return 0 end
if tonumber(first) ~= tonumber(ARGV[2]) or tonumber(last) ~= tonumber(ARGV[3]) then return 0 end
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
end
return 1`

type EventMeaning = Extract<KeyMeaning, { kind: 'event' }>
type AttributeMeaning = Extract<KeyMeaning, { kind: 'attribute' }>

interface Parts {
  readonly server: Server
  readonly prefix: string
  readonly clock: () => Date
  readonly records: Records
  readonly meta: Meta
}

/**
 * Takes out of the records what has no keys any more.
 *
 * Nothing that is announced meanwhile gets lost: an event's ends change only if they are what they were, and what is
 * announced after that stands beside the new ones. A writer that has noted the old ends, and so announces nothing,
 * finds out by the settings' text, which is changed next, and sends its batch again; what it wrote before that is found
 * by looking once more.
 */
export class Ghosts {
  constructor(private readonly parts: Parts) {}

  /**
   * @param suspects a key of each event and unit, and of each attribute, that may be shorter or gone
   * @param found what the records have
   */
  async lay(suspects: readonly KeyMeaning[], found: Found): Promise<void> {
    const { server, records, meta, clock } = this.parts
    if (suspects.length === 0 || !(await server.capabilities()).scripts) return
    const gone: KeyMeaning[] = []
    const budget = { keys: MOST_KEYS }
    for (const { suspect, range } of rangesOf(suspects, found))
      gone.push(...(await (suspect.kind === 'event' ? this.cut(suspect, range, budget) : this.drop(suspect))))
    if (gone.length === 0) return
    await server.run(records.renew(clock()))
    await meta.touch()
    const back = await this.existing(gone)
    await server.run(records.announce(back, clock()))
  }

  /** @returns the keys that the records do not reach to any more */
  private async cut(
    suspect: EventMeaning,
    { first, last }: Range,
    budget: Budget,
  ): Promise<readonly KeyMeaning[]> {
    const at = (index: number): EventMeaning => ({ ...suspect, period: period(suspect.period.unit, index) })
    const length = last - first + 1
    const low = await this.gap(length, (step) => at(first + step), budget)
    const high = low === length ? 0 : await this.gap(length, (step) => at(last - step), budget)
    if (low === null || high === null || low + high === 0) return []
    const ends = low === length ? ['', ''] : [first + low, last - high]
    const [isCut] = await this.parts.server.run([this.cutting(memberOf(suspect), [first, last, ...ends])])
    if (isCut !== 1) return []
    return Array.from({ length: low + high }, (_, i) => at(i < low ? first + i : last - (i - low)))
  }

  /** @returns the attribute where the records do not have it any more */
  private async drop(suspect: AttributeMeaning): Promise<readonly KeyMeaning[]> {
    const [isThere] = await this.exist([suspect])
    if (isThere) return []
    await this.parts.server.run([call('srem', this.parts.records.attributes, suspect.name)])
    return [suspect]
  }

  /** How many keys are missing before the first that is there, or altogether; null where the budget does not tell. */
  private async gap(
    length: number,
    at: (step: number) => KeyMeaning,
    budget: Budget,
  ): Promise<number | null> {
    let trip = FIRST_TRIP
    for (let from = 0; from < length; from += trip) {
      if (from > 0) trip = WIDEST_TRIP
      const asked = Array.from({ length: Math.min(trip, length - from) }, (_, i) => at(from + i))
      budget.keys -= asked.length
      if (budget.keys < 0) return null
      const there = (await this.exist(asked)).indexOf(true)
      if (there >= 0) return from + there
    }
    return length
  }

  /** Those that have a key. */
  private async existing(meanings: readonly KeyMeaning[]): Promise<readonly KeyMeaning[]> {
    const found: KeyMeaning[] = []
    for (let from = 0; from < meanings.length; from += WIDEST_TRIP) {
      const some = meanings.slice(from, from + WIDEST_TRIP)
      const there = await this.exist(some)
      found.push(...some.filter((_, i) => there[i]))
    }
    return found
  }

  private async exist(meanings: readonly KeyMeaning[]): Promise<readonly boolean[]> {
    const { server, prefix } = this.parts
    const replies = await server.run(meanings.map((meaning) => call('exists', keyOf(prefix, meaning))))
    return replies.map((reply) => reply === 1)
  }

  private cutting(member: string, ends: readonly (string | number)[]): Call {
    const { first, last } = this.parts.records
    return { key: first, make: () => new Command('eval', [CUT, 2, first, last, member, ...ends]) }
  }
}

interface Range {
  readonly first: number
  readonly last: number
}

interface Budget {
  keys: number
}

/** Each suspect once, with the ends that the records have; the longest last, which may not be to be told. */
function rangesOf(suspects: readonly KeyMeaning[], { events }: Found) {
  const ranges = new Map<string, { readonly suspect: KeyMeaning; readonly range: Range }>()
  for (const suspect of suspects)
    if (suspect.kind === 'attribute')
      ranges.set(`  ${suspect.name}`, { suspect, range: { first: 0, last: 0 } })
    else {
      const range = events.get(suspect.event)?.[suspect.period.unit]
      if (range) ranges.set(memberOf(suspect), { suspect, range })
    }
  const length = ({ range }: { range: Range }) => range.last - range.first
  return [...ranges.values()].sort((one, other) => length(one) - length(other))
}
