import { checkName } from './expression'
import { type KeyMeaning, keyOf, parseKey, scanPattern, temporaryPrefix } from './key'
import { contains, day, floor, type Period, within } from './period'
import type { Server } from './store/server'

/** Who else has to know of keys that are gone. */
export interface Removal {
  /** Forgets what was noted of them, here and in other processes; called when they are gone. */
  forget(gone: readonly KeyMeaning[] | 'all'): Promise<void>
}

/** Keys that a server looks at in one step: less than a millisecond. */
const SCAN_COUNT = 1000
/** The units that have keys. */
const STORED = ['hour', 'day', 'week', 'month'] as const
const ANY_DAY = day(2000, 1, 1)

/**
 * Removes keys of marks by what they mean, never by their looks: foreign keys under the prefix stay, as do our own.
 * Found by SCAN on each primary and removed a page at a time, so memory does not grow with the keys and no server is
 * held for long. Marks that come meanwhile may stay or go.
 */
export class Remover {
  constructor(
    private readonly server: Server,
    private readonly prefix: string,
    private readonly removal: Removal,
  ) {}

  /** The keys of given meanings. @returns how many there were, as of all that follow */
  async keys(of: readonly KeyMeaning[]): Promise<number> {
    const dropped = await this.server.drop(of.map((meaning) => keyOf(this.prefix, meaning)))
    await this.removal.forget(of)
    return dropped
  }

  /** All marks and attributes, and the Python library's temporary results. */
  async all(): Promise<number> {
    const temporary = temporaryPrefix(this.prefix)
    const isMark = (key: string) => key.startsWith(temporary) || parseKey(this.prefix, key) !== null
    const dropped = await this.sweep(this.prefix, isMark)
    await this.removal.forget('all')
    return dropped
  }

  /** What the Python library left of its operations. */
  temporary(): Promise<number> {
    return this.sweep(temporaryPrefix(this.prefix), () => true)
  }

  /** An event's hours, days, weeks and months. @throws BAD_EVENT */
  async event(name: string): Promise<number> {
    const gone = new Ends()
    // All of it, for a deletion that broke off has left nothing to be found by this one.
    for (const unit of STORED) gone.add({ kind: 'event', event: name, period: floor(unit, ANY_DAY) })
    const start = `${this.prefix}${checkName(name)}_`
    return this.events(start, { isWanted: ({ event }) => event === name, gone })
  }

  /** The periods that lie wholly in one, of all events. */
  async period(outer: Period): Promise<number> {
    return this.events(this.prefix, {
      isWanted: ({ period }) => contains(outer, period),
      gone: new Ends(),
    })
  }

  /** The periods of an event that lie wholly in one: their keys are known, at most 9,300 in a year. @throws BAD_EVENT */
  periodOf(event: string, outer: Period): Promise<number> {
    const inner = STORED.flatMap((unit) => within(unit, outer)).filter((each) => contains(outer, each))
    return this.keys(inner.map((period) => ({ kind: 'event', event, period })))
  }

  private async events(start: string, { isWanted, gone }: Wanted): Promise<number> {
    const isGone = (key: string) => {
      const meaning = parseKey(this.prefix, key)
      if (meaning?.kind !== 'event' || !isWanted(meaning)) return false
      gone.add(meaning)
      return true
    }
    try {
      return await this.sweep(start, isGone)
    } finally {
      await this.removal.forget(gone.meanings())
    }
  }

  private async sweep(start: string, isGone: (key: string) => boolean): Promise<number> {
    let dropped = 0
    for await (const keys of pages(this.server, scanPattern(start)))
      dropped += await this.server.drop(keys.filter(isGone))
    return dropped
  }
}

type EventMeaning = Extract<KeyMeaning, { kind: 'event' }>

/** Which keys of events are to go, and those that are gone. */
interface Wanted {
  readonly isWanted: (event: EventMeaning) => boolean
  readonly gone: Ends
}

/** The first and the last of each event and unit: all that anybody notes of an event's keys. */
class Ends {
  private readonly found = new Map<string, { first: EventMeaning; last: EventMeaning }>()

  add(meaning: EventMeaning): void {
    const { event, period } = meaning
    const name = `${period.unit} ${event}`
    const { first, last } = this.found.get(name) ?? { first: meaning, last: meaning }
    if (this.found.has(name) && first.period.index <= period.index && period.index <= last.period.index)
      return
    this.found.set(name, {
      first: period.index < first.period.index ? meaning : first,
      last: period.index > last.period.index ? meaning : last,
    })
  }

  meanings(): readonly KeyMeaning[] {
    return [...this.found.values()].flatMap(({ first, last }) => [first, last])
  }
}

/** The keys that match a pattern, node by node, some at a time. A key may come twice. */
async function* pages(server: Server, pattern: string): AsyncGenerator<readonly string[]> {
  for (const node of await server.primaries()) {
    let cursor = '0'
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT)
      yield keys
      cursor = next
    } while (cursor !== '0')
  }
}
