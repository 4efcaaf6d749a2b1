import { event } from './expression'
import { Bitmap, type Library } from './handle'
import { endOf, offset, type Period, periodAt, startOf, within } from './period'
import type { UserId } from './user-id'

/**
 * The users who did one event in an hour, day, ISO week, month or year. In a period that the zone does not have there
 * is nobody.
 * @see bitmapist, HourEvents, DayEvents, WeekEvents, MonthEvents, YearEvents
 */
export class EventBitmap<Id extends UserId = number> extends Bitmap<Id> {
  /** The event's name. */
  readonly event: string

  /** @throws BAD_EVENT */
  constructor(
    library: Library<Id>,
    name: string,
    readonly period: Period,
  ) {
    super(library, event(name, period))
    this.event = name
  }

  /** The same event in the period of a time (now unless given). @throws BAD_TIME @see bitmapist, from_date */
  fromDate(time: Date = this.library.clock()): EventBitmap<Id> {
    return this.at(periodAt(this.period.unit, time, this.library.zone))
  }

  /**
   * The same event `count` periods later, earlier where negative; hours and days that the zone does not have are not
   * counted. `delta(a).delta(b)` is `delta(a + b)`.
   * @param count integer
   * @throws BAD_PERIOD outside the years 1 to 9999
   * @see bitmapist, delta
   */
  override delta(count: number): EventBitmap<Id> {
    return this.at(offset(this.period, count, this.library.zone))
  }

  /** The period before: `delta(-1)`. @see bitmapist, prev */
  override prev(): EventBitmap<Id> {
    return this.delta(-1)
  }

  /** The period after: `delta(1)`. @see bitmapist, next */
  override next(): EventBitmap<Id> {
    return this.delta(1)
  }

  /** The instant at which the period begins, by the zone's clock. @see bitmapist, period_start */
  override periodStart(): Date {
    return startOf(this.period, this.library.zone)
  }

  /**
   * The last instant inside the period: as the Python library has it, so that `periodEnd() < now` says that it is over;
   * but to the millisecond, and by the zone's clock. `endOf` gives the first instant after it.
   * @see bitmapist, period_end
   */
  override periodEnd(): Date {
    return new Date(endOf(this.period, this.library.zone).getTime() - 1)
  }

  /**
   * Removes the key of this event and period: of a year, those of its twelve months. The keys of longer and shorter
   * periods stay, so that a month may hold whom no day of it holds any more. Idempotent.
   * @returns whether there was anything
   * @see bitmapist, delete; it removes a temporary key for a year, and leaves the months
   */
  override async delete(): Promise<boolean> {
    const periods = this.period.unit === 'year' ? within('month', this.period) : [this.period]
    const { event } = this
    return (await this.library.deleteKeys(periods.map((period) => ({ kind: 'event', event, period })))) > 0
  }

  private at(period: Period): EventBitmap<Id> {
    return new EventBitmap(this.library, this.event, period)
  }
}
