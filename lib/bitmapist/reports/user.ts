import { attributeKey, eventKey } from '../key'
import { label } from '../label'
import { floor, offset, type Period, period, periodAt, range, within } from '../period'
import { dataRange, type Extent } from '../snapshot'
import type { UserId } from '../user-id'
import { instantLabel, type ReportContext } from './context'
import { highestId } from './highest-id'
import type { UserEvent, UserReport } from './table'

/** Days of `activeDays`. */
const RECENT_DAYS = 30

interface Look {
  readonly context: ReportContext
  /** The user's bit; null for an id that has none. */
  readonly bit: number | null
  /** Keys that have the user, as far as they were read. */
  readonly held: Set<string>
}

/**
 * What is known of one user: single bits, never whole bitmaps. A user without any mark or attribute is not known, and
 * everything is false.
 * @param date a day, or an hour; the running one unless given
 * @throws WRONG_TYPE
 */
export async function user<Id extends UserId>(
  id: Id,
  { date }: { readonly date?: Period | undefined },
  context: ReportContext,
): Promise<UserReport<Id>> {
  const { snapshot, zone, now } = context
  const today = periodAt('day', now, zone)
  const day = floor('day', date ?? today)
  const hour = date?.unit === 'hour' ? date : hourOf(day, context)
  const [bit = null] = await context.ids.find([id])
  const look: Look = { context, bit, held: new Set() }
  const attributes = [...snapshot.attributes].sort()
  await readAll(look, [
    ...attributes.map((name) => attributeKey(context.prefix, name)),
    ...keysOf(look, () => [hour, day, floor('week', day)]),
    ...keysOf(look, monthsOf),
  ])
  const tracked = await trackedHours(look, day)
  const held = attributes.filter((name) => look.held.has(attributeKey(context.prefix, name)))
  const names = [...snapshot.events.keys()].sort()
  const data = dataRange(snapshot, names)
  const events = names.map(describe(look, { hour, day, tracked }))
  return {
    user: id,
    known: look.held.size > 0,
    date: label(day),
    hour: label(hour),
    timeZone: zone.name,
    asOf: instantLabel(now),
    events,
    attributes: held,
    ...(await seen(look, today)),
    dataFrom: data && label(data.first),
    highestId: context.highest === null ? await highestId(floor('year', today).index, context) : null,
  }
}

/** The running hour of today, the first hour of another day. */
function hourOf(day: Period, { now, zone }: ReportContext): Period {
  const running = periodAt('hour', now, zone)
  const [first = running] = range(floor('hour', day), 1, zone)
  return floor('day', running).index === day.index ? running : first
}

/** The keys of every event in some periods, as far as they may exist. */
function keysOf(
  { context: { prefix, snapshot } }: Look,
  periodsOf: (extent: Extent) => readonly Period[],
): readonly string[] {
  return [...snapshot.events].flatMap(([name, extent]) =>
    periodsOf(extent)
      .filter((of) => covers(extent, of))
      .map((of) => eventKey(prefix, name, of)),
  )
}

function monthsOf({ month }: Extent): readonly Period[] {
  return month === undefined ? [] : range(period('month', month.first), month.last - month.first + 1)
}

function covers(extent: Extent, { unit, index }: Period): boolean {
  const of = extent[unit]
  return of !== undefined && of.first <= index && index <= of.last
}

async function readAll({ context, bit, held }: Look, keys: readonly string[]): Promise<void> {
  context.signal?.throwIfAborted()
  if (bit === null) return
  const users = new Set([bit])
  const found = await context.engine.source.readBits(new Map(keys.map((key) => [key, users])))
  for (const key of found.keys()) held.add(key)
}

/**
 * The events whose hours tell something of a day: some hour of it has a key, or (where hours are tracked on other
 * days) nobody did the event on it.
 */
async function trackedHours({ context }: Look, day: Period): Promise<ReadonlySet<string>> {
  const { prefix, snapshot, engine, zone } = context
  const names = [...snapshot.events].filter(([, { hour }]) => hour !== undefined).map(([name]) => name)
  const periods = [day, ...within('hour', day, zone)]
  const keys = names.flatMap((name) => periods.map((of) => eventKey(prefix, name, of)))
  const lengths = await engine.source.readLengths(keys)
  const tracked = names.filter((_, i) => {
    const [ofDay = 0, ...ofHours] = lengths.slice(i * periods.length, (i + 1) * periods.length)
    return ofDay === 0 || ofHours.some((length) => length > 0)
  })
  return new Set(tracked)
}

interface Asked {
  readonly hour: Period
  readonly day: Period
  readonly tracked: ReadonlySet<string>
}

function describe({ context, held }: Look, { hour, day, tracked }: Asked) {
  return (event: string): UserEvent => {
    const has = (of: Period) => held.has(eventKey(context.prefix, event, of))
    return {
      event,
      hour: tracked.has(event) ? has(hour) : null,
      day: has(day),
      week: has(floor('week', day)),
      month: has(floor('month', day)),
      year: within('month', floor('year', day)).some(has),
    }
  }
}

type Seen = Pick<UserReport, 'firstSeen' | 'lastSeen' | 'activeDays'>

/** Of all events together. The months are read already; of the days only those of the first, last and recent months. */
async function seen(look: Look, today: Period): Promise<Seen> {
  const { context, held } = look
  const months = new Map<number, string[]>()
  for (const [name, extent] of context.snapshot.events)
    for (const of of monthsOf(extent))
      if (held.has(eventKey(context.prefix, name, of)))
        months.set(of.index, [...(months.get(of.index) ?? []), name])
  const recent = range(offset(today, 1 - RECENT_DAYS, context.zone), RECENT_DAYS, context.zone)
  const sorted = [...months.keys()].sort((a, b) => a - b)
  const ends = [sorted[0], sorted.at(-1)].flatMap((index) =>
    index === undefined ? [] : within('day', period('month', index), context.zone),
  )
  const eventsOn = (of: Period) =>
    (months.get(floor('month', of).index) ?? []).map((name) => eventKey(context.prefix, name, of))
  await readAll(look, [...new Set([...ends, ...recent].flatMap(eventsOn))])
  const active = (of: Period) => eventsOn(of).some((key) => held.has(key))
  const end = (index: number | undefined, day: Period | undefined) => {
    if (index === undefined) return null
    const month = period('month', index)
    return label(day && floor('month', day).index === index ? day : month)
  }
  return {
    firstSeen: end(sorted[0], ends.find(active)),
    lastSeen: end(sorted.at(-1), ends.findLast(active)),
    activeDays: recent.filter(active).length,
  }
}
