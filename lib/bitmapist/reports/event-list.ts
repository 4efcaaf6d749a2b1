import { label } from '../label'
import { floor, period, UNITS } from '../period'
import type { Extent, Listing } from '../snapshot'
import { instantLabel } from './context'
import type { EventList } from './table'

/** Events with their first and last month, and attributes, each in the order of their names. */
export function eventList({ found, asOf, scan }: Listing): EventList {
  const events = [...found.events.keys()].sort().flatMap((name) => {
    const months = monthsOf(found.events.get(name) ?? {})
    if (!months) return []
    return [{ name, first: label(period('month', months.first)), last: label(period('month', months.last)) }]
  })
  const attributes = [...found.attributes].sort()
  return { events, attributes, registryAsOf: asOf && instantLabel(asOf), scan }
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
