import { DAY_MS, HOUR_MS } from './calendar'
import { attributeKey, eventKey } from './key'
import { lazily } from './lazily'
import { type Period, periodAt, within } from './period'
import type { Zone } from './zone'

/** Where an event's mark goes. */
export interface Place {
  readonly event: string
  readonly time: Date
  readonly trackHourly: boolean
  readonly trackUnique: boolean
}

/** A week or a month, by its key, and the keys of its days. */
export interface Wide {
  readonly key: string
  readonly days: readonly string[]
}

/** Places whose keys are remembered at most: days of ten years, of a few events. */
const MOST_PLACES = 10_000

/** The keys of marks. They are worked out once for each day, or hour where hours are tracked: most marks share theirs. */
export class MarkKeys {
  private placesLeft = 0
  private remembered: (place: Place) => readonly string[] = () => []

  constructor(
    private readonly prefix: string,
    private readonly zone: Zone,
  ) {}

  /** What a mark sets: day, week and month; the hour and the attribute where asked. @throws BAD_TIME */
  setBy(place: Place): readonly string[] {
    if (this.placesLeft === 0) {
      this.placesLeft = MOST_PLACES
      this.remembered = this.once((one) => {
        this.placesLeft--
        return this.workOut(one)
      })
    }
    return this.remembered(place)
  }

  /** What taking it back clears: the day and all of its hours, and the attribute where asked. @throws BAD_TIME */
  clearedBy({ event, time, trackUnique }: Place): readonly string[] {
    const day = periodAt('day', time, this.zone)
    const keys = [day, ...within('hour', day)].map((of) => eventKey(this.prefix, event, of))
    return trackUnique ? [...keys, this.ofAttribute(event)] : keys
  }

  /** The week and the month of a mark. @throws BAD_TIME */
  wide({ event, time }: Place): readonly Wide[] {
    const keyOf = (of: Period) => eventKey(this.prefix, event, of)
    return (['week', 'month'] as const)
      .map((unit) => periodAt(unit, time, this.zone))
      .map((of) => ({ key: keyOf(of), days: within('day', of).map(keyOf) }))
  }

  /** @throws BAD_EVENT */
  ofAttribute(name: string): string {
    return attributeKey(this.prefix, name)
  }

  /**
   * The same function, worked out once for the marks of an event that set the same: those of a day of the zone's clock,
   * or of an hour where hours are tracked. No period is finer, and none begins within one.
   */
  once<Value>(of: (place: Place) => Value): (place: Place) => Value {
    const events = new Map<string, Map<number, Value>>()
    return (place) => {
      const { event, time, trackHourly, trackUnique } = place
      const local = this.zone.local(time.getTime())
      const index = Math.floor(trackHourly ? local / HOUR_MS : local / DAY_MS)
      const kind = Number(trackHourly) + 2 * Number(trackUnique)
      const values = lazily(events, event, () => new Map())
      return lazily(values, index * 4 + kind, () => of(place))
    }
  }

  private workOut({ event, time, trackHourly, trackUnique }: Place): readonly string[] {
    const units = trackHourly
      ? (['hour', 'day', 'week', 'month'] as const)
      : (['day', 'week', 'month'] as const)
    const keys = units.map((unit) => eventKey(this.prefix, event, periodAt(unit, time, this.zone)))
    return trackUnique ? [...keys, this.ofAttribute(event)] : keys
  }
}
