import { type RetentionTable, type Zone, zoneOf } from '../../lib/bitmapist/face'

const zones = new Map<string, Zone>()

/** The zone of a report's `timeZone`. Its changes are worked out once. */
export function zoneNamed(name: string): Zone {
  const found = zones.get(name) ?? zoneOf(name)
  zones.set(name, found)
  return found
}

/** By how many seconds a report may be older than it is; null where it is exact. */
export function secondsOld({ asOf, exactAsOf }: Pick<RetentionTable, 'asOf' | 'exactAsOf'>): number | null {
  if (exactAsOf === undefined) return null
  // Both are cut to the second.
  return Math.max(1, (Date.parse(asOf) - Date.parse(exactAsOf)) / 1000)
}

/** `10:42:07`, the clock of a zone at an instant. */
export function clockAt(instant: string, timeZone: string): string {
  const local = zoneNamed(timeZone).local(new Date(instant).getTime())
  return new Date(local).toISOString().slice(11, 19)
}
