import { type KeyMeaning, parseKey, scanPattern } from './key'
import { label } from './label'
import { firstDay, floor, lastDay, type Period, period, UNITS, type Unit } from './period'
import type { EventList } from './reports/table'
import type { Server } from './store/server'

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
  /** Of this process' writes since the scan under way began: it may have passed their keys already. */
  private written = nothing()

  constructor(
    private readonly server: Server,
    private readonly prefix: string,
    private readonly clock: () => Date,
  ) {}

  /** What there is: found now, or a moment ago where finding it takes long (`asOf` tells). */
  async read(): Promise<Snapshot> {
    if (this.latest && this.clock().getTime() < this.latest.until) return this.latest.snapshot
    this.running ??= this.begin()
    return this.running
  }

  /** Tells of keys that this process wrote: what is read from now on has them, without another scan. */
  note(written: readonly KeyMeaning[]): void {
    if (this.running) for (const meaning of written) add(meaning, this.written)
    if (!this.latest) return
    const { snapshot, until } = this.latest
    const news = written.filter((meaning) => !covers(snapshot, meaning))
    if (news.length === 0) return
    // A snapshot that somebody reads stays as it is.
    const found = nothing()
    for (const meaning of [...meaningsOf(snapshot), ...news]) add(meaning, found)
    this.latest = { snapshot: { asOf: snapshot.asOf, ...found }, until }
  }

  private async begin(): Promise<Snapshot> {
    this.written = nothing()
    try {
      const asOf = this.clock()
      const found = await this.scan()
      for (const meaning of meaningsOf(this.written)) add(meaning, found)
      const snapshot = { asOf, ...found }
      const now = this.clock().getTime()
      this.latest = { snapshot, until: now + (now - asOf.getTime()) * SCAN_SHARE }
      return snapshot
    } finally {
      this.running = null
    }
  }

  private async scan(): Promise<Found> {
    const found = nothing()
    const pattern = scanPattern(this.prefix)
    for (const redis of await this.server.primaries()) {
      let cursor = '0'
      do {
        const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT)
        for (const key of keys) {
          const meaning = parseKey(this.prefix, key)
          if (meaning) add(meaning, found)
        }
        cursor = next
      } while (cursor !== '0')
    }
    return found
  }
}

/** What a snapshot grows from. */
interface Found {
  readonly events: Map<string, Extent>
  readonly attributes: Set<string>
}

function nothing(): Found {
  return { events: new Map(), attributes: new Set() }
}

/** The fewest keys from which the same would be found: the first and the last of each event and unit. */
function meaningsOf({ events, attributes }: Pick<Snapshot, 'events' | 'attributes'>): readonly KeyMeaning[] {
  const ends = [...events].flatMap(([event, extent]) =>
    UNITS.flatMap((unit) => {
      const range = extent[unit]
      return (range ? [range.first, range.last] : []).map(
        (index): KeyMeaning => ({ kind: 'event', event, period: period(unit, index) }),
      )
    }),
  )
  return [...ends, ...[...attributes].map((name): KeyMeaning => ({ kind: 'attribute', name }))]
}

function covers({ events, attributes }: Snapshot, meaning: KeyMeaning): boolean {
  if (meaning.kind === 'attribute') return attributes.has(meaning.name)
  const extent = events.get(meaning.event)?.[meaning.period.unit]
  return extent !== undefined && extent.first <= meaning.period.index && meaning.period.index <= extent.last
}

function add(meaning: KeyMeaning, { events, attributes }: Found): void {
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
