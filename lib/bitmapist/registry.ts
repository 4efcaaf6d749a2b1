import type { Redis } from 'ioredis'
import { type KeyMeaning, parseKey, scanPattern } from './key'
import { firstDay, floor, label, lastDay, type Period, period, UNITS, type Unit } from './period'
import type { EventList } from './reports/table'

/** First and last ordinal with a key, for each unit that has any. */
export type Extent = Partial<Record<Unit, { readonly first: number; readonly last: number }>>

/** Which events and attributes have keys, as of one instant. */
export interface Snapshot {
  readonly asOf: Date
  readonly events: ReadonlyMap<string, Extent>
  readonly attributes: ReadonlySet<string>
}

const SCAN_COUNT = 1000
/** A scan may take this part of the time: its answer is used for 20 times as long as it took. */
const SCAN_SHARE = 20

/** Finds events and attributes by SCAN, which never holds Redis for long; one scan at a time serves all who wait. */
export class Registry {
  private running: Promise<Snapshot> | null = null
  private latest: { snapshot: Snapshot; until: number } | null = null
  /** Of the scan whose answer may be kept. */
  private turn = 0

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly clock: () => Date,
  ) {}

  /** What there is: found now, or a moment ago where finding it takes long (`asOf` tells). */
  async read(): Promise<Snapshot> {
    if (this.latest && this.clock().getTime() < this.latest.until) return this.latest.snapshot
    this.running ??= this.begin()
    return this.running
  }

  /** Tells of keys that this process wrote: where one is new to what was found, the next read scans again. */
  note(written: readonly KeyMeaning[]): void {
    const known = this.latest?.snapshot
    if (known && written.every((meaning) => covers(known, meaning))) return
    // A scan that is under way may have passed the key already: it serves only those who wait for it.
    this.turn++
    this.latest = null
    this.running = null
  }

  private async begin(): Promise<Snapshot> {
    const turn = ++this.turn
    try {
      const snapshot = await this.scan()
      const now = this.clock().getTime()
      const until = now + (now - snapshot.asOf.getTime()) * SCAN_SHARE
      if (turn === this.turn) this.latest = { snapshot, until }
      return snapshot
    } finally {
      if (turn === this.turn) this.running = null
    }
  }

  private async scan(): Promise<Snapshot> {
    const asOf = this.clock()
    const events = new Map<string, Extent>()
    const attributes = new Set<string>()
    let cursor = '0'
    do {
      const [next, keys] = await this.redis.scan(
        cursor,
        'MATCH',
        scanPattern(this.prefix),
        'COUNT',
        SCAN_COUNT,
      )
      for (const key of keys) add(parseKey(this.prefix, key), events, attributes)
      cursor = next
    } while (cursor !== '0')
    return { asOf, events, attributes }
  }
}

function covers({ events, attributes }: Snapshot, meaning: KeyMeaning): boolean {
  if (meaning.kind === 'attribute') return attributes.has(meaning.name)
  const extent = events.get(meaning.event)?.[meaning.period.unit]
  return extent !== undefined && extent.first <= meaning.period.index && meaning.period.index <= extent.last
}

function add(meaning: KeyMeaning | null, events: Map<string, Extent>, attributes: Set<string>): void {
  if (meaning === null) return
  if (meaning.kind === 'attribute') {
    attributes.add(meaning.name)
    return
  }
  const { unit, index } = meaning.period
  const extent = events.get(meaning.event) ?? {}
  const { first = index, last = index } = extent[unit] ?? {}
  extent[unit] = { first: Math.min(first, index), last: Math.max(last, index) }
  events.set(meaning.event, extent)
}

/**
 * The earliest period of a unit in which any of the events has a key, null where none has.
 * Where an event has no key of that unit, the beginning of its earliest other one stands for it; that of a week only
 * where it has nothing else, for a week may begin in the month or the year before its marks.
 */
export function earliest(snapshot: Snapshot, names: readonly string[], unit: Unit): Period | null {
  const found = names.flatMap((name) => {
    const extent = snapshot.events.get(name)
    const own = extent?.[unit]
    if (own) return [own.first]
    const firsts = (units: readonly Unit[]) =>
      units.flatMap((other) => {
        const range = extent?.[other]
        return range ? [floor(unit, period(other, range.first)).index] : []
      })
    const within = firsts(UNITS.filter((other) => other !== 'week'))
    return within.length > 0 ? [Math.min(...within)] : firsts(['week'])
  })
  return found.length === 0 ? null : period(unit, Math.min(...found))
}

/** First and last day with a key of any of the events: by their days where there are any. */
export function dataRange(
  snapshot: Snapshot,
  names: readonly string[],
): { first: Period; last: Period } | null {
  const finest = ['day', 'hour', 'week', 'month'] as const
  const ranges = names.flatMap((name) => {
    const extent = snapshot.events.get(name)
    const unit = extent && finest.find((other) => extent[other] !== undefined)
    const range = unit && extent[unit]
    if (!range) return []
    return [
      { first: firstDay(period(unit, range.first)).index, last: lastDay(period(unit, range.last)).index },
    ]
  })
  if (ranges.length === 0) return null
  return {
    first: period('day', Math.min(...ranges.map((range) => range.first))),
    last: period('day', Math.max(...ranges.map((range) => range.last))),
  }
}

/** Events with their first and last month, and attributes, each in the order of their names. */
export function listEvents({ events, attributes }: Snapshot): EventList {
  const listed = [...events.keys()].sort().flatMap((name) => {
    const months = monthsOf(events.get(name) ?? {})
    if (!months) return []
    return [{ name, first: label(period('month', months.first)), last: label(period('month', months.last)) }]
  })
  return { events: listed, attributes: [...attributes].sort() }
}

/** By the months' keys; where there are none, by the months in which the others begin. */
function monthsOf(extent: Extent): Extent['month'] {
  if (extent.month) return extent.month
  const unit = UNITS.find((other) => extent[other] !== undefined)
  const range = unit && extent[unit]
  if (!range) return undefined
  const month = (index: number) => floor('month', period(unit, index)).index
  return { first: month(range.first), last: month(range.last) }
}
