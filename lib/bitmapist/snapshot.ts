import { type KeyMeaning, parseKey } from './key'
import { firstDay, floor, lastDay, type Period, period, UNITS, type Unit } from './period'

/** First and last ordinal with a key, for each unit that has any. */
export type Extent = Partial<Record<Unit, { readonly first: number; readonly last: number }>>

/** Which events and attributes have keys. */
export interface Found {
  readonly events: ReadonlyMap<string, Extent>
  readonly attributes: ReadonlySet<string>
}

/** What was found, as of one instant: everything that had a key then, and what has been announced since. */
export interface Snapshot extends Found {
  readonly asOf: Date
}

/** The set of everyone known. */
export interface KnownSet {
  /** It is the union of these. */
  readonly keys: readonly string[]
  /** Whoever was marked by then is in it. */
  readonly asOf: Date
}

/** How far a scan is, in keys. */
export interface Progress {
  readonly seen: number
  readonly total: number
}

/** What is known so far. */
export interface Listing {
  readonly found: Found
  /** When the last complete scan began; null before there was one. */
  readonly asOf: Date | null
  /** How far the first scan is, which nobody can do without; null once there was one. */
  readonly scan: Progress | null
}

/** What a finding grows from. */
export interface Growing {
  readonly events: Map<string, Extent>
  readonly attributes: Set<string>
}

/** An empty finding. */
export function nothing(): Growing {
  return { events: new Map(), attributes: new Set() }
}

/** Whether a finding is empty. */
export function isNothing({ events, attributes }: Found): boolean {
  return events.size === 0 && attributes.size === 0
}

/** What keys mean; those that are none of ours are left out. */
export function meaningsOf(prefix: string, keys: Iterable<string>): readonly KeyMeaning[] {
  return Array.from(keys).flatMap((key) => parseKey(prefix, key) ?? [])
}

/** The fewest keys from which the same would be found: the first and the last of each event and unit. */
export function endsOf({ events, attributes }: Found): readonly KeyMeaning[] {
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

/** Whether a key would add nothing to a finding. */
export function covers({ events, attributes }: Found, meaning: KeyMeaning): boolean {
  if (meaning.kind === 'attribute') return attributes.has(meaning.name)
  const extent = events.get(meaning.event)?.[meaning.period.unit]
  return extent !== undefined && extent.first <= meaning.period.index && meaning.period.index <= extent.last
}

/** Whether both are the same finding. */
export function equal(one: Found, other: Found): boolean {
  if (one.events.size !== other.events.size || one.attributes.size !== other.attributes.size) return false
  for (const name of one.attributes) if (!other.attributes.has(name)) return false
  for (const [event, extent] of one.events) {
    const others = other.events.get(event)
    for (const unit of UNITS) {
      const [mine, theirs] = [extent[unit], others?.[unit]]
      if (mine?.first !== theirs?.first || mine?.last !== theirs?.last) return false
    }
  }
  return true
}

/** Lets a finding grow; extents that others hold stay as they are. */
export function add(meaning: KeyMeaning, { events, attributes }: Growing): void {
  if (meaning.kind === 'attribute') {
    attributes.add(meaning.name)
    return
  }
  const { unit, index } = meaning.period
  const extent = events.get(meaning.event) ?? {}
  const { first = index, last = index } = extent[unit] ?? {}
  const grown = { first: Math.min(first, index), last: Math.max(last, index) }
  events.set(meaning.event, { ...extent, [unit]: grown })
}

/** Both findings together. */
export function merged(one: Found, other: Found): Found {
  if (isNothing(other)) return one
  if (isNothing(one)) return other
  const both = { events: new Map(one.events), attributes: new Set(one.attributes) }
  for (const meaning of endsOf(other)) add(meaning, both)
  return both
}

/**
 * The earliest period of a unit in which any of the events has a key, null where none has.
 * Where an event has no key of that unit, the beginning of its earliest other one stands for it; that of a week only
 * where it has nothing else, for a week may begin in the month or the year before its marks.
 */
export function earliest(found: Found, names: readonly string[], unit: Unit): Period | null {
  const indexes = names.flatMap((name) => {
    const extent = found.events.get(name)
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
  return indexes.length === 0 ? null : period(unit, Math.min(...indexes))
}

/** First and last day with a key of any of the events: by their days where there are any. */
export function dataRange(found: Found, names: readonly string[]): { first: Period; last: Period } | null {
  const finest = ['day', 'hour', 'week', 'month'] as const
  const ranges = names.flatMap((name) => {
    const extent = found.events.get(name)
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
