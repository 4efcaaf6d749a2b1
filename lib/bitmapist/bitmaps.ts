import { AttributeBitmap } from './attribute-bitmap'
import { BitcohortError, expected } from './errors'
import { EventBitmap } from './event-bitmap'
import { and, type Expression, or, xor } from './expression'
import { Bitmap, expressionsOf, type Library } from './handle'
import type { KeyMeaning } from './key'
import { type Period, periodAt, type Unit } from './period'
import type { UserSet } from './reports/user-set'
import type { UserId } from './user-id'
import type { Zone } from './zone'

/** Handles of sets of users, by event and time; making and combining them does no I/O. */
export abstract class Bitmaps<Id extends UserId> implements Library<Id> {
  /** Of all its keys. */
  abstract readonly prefix: string
  /** The clock that decides the periods. */
  abstract readonly zone: Zone
  /** The instant that is now. */
  abstract readonly clock: () => Date
  abstract usersOf(of: Expression, period: Period | null): Promise<UserSet<Id>>
  abstract has(of: Expression, user: Id, period: Period | null): Promise<boolean>
  abstract deleteKeys(of: readonly KeyMeaning[]): Promise<number>

  /** Users who did an event in a period. @throws BAD_EVENT @see bitmapist, MonthEvents(name, year, month) and others */
  getEvent(name: string, period: Period): EventBitmap<Id> {
    return new EventBitmap(this, name, period)
  }

  /** Users who did an event in the hour of a time (now unless given). Empty where hours are not tracked. */
  getHourEvent(name: string, time?: Date): EventBitmap<Id> {
    return this.eventAt(name, 'hour', time)
  }

  /** Users who did an event on the day of a time (now unless given). */
  getDayEvent(name: string, time?: Date): EventBitmap<Id> {
    return this.eventAt(name, 'day', time)
  }

  /** Users who did an event in the ISO week of a time (now unless given). */
  getWeekEvent(name: string, time?: Date): EventBitmap<Id> {
    return this.eventAt(name, 'week', time)
  }

  /** Users who did an event in the month of a time (now unless given). */
  getMonthEvent(name: string, time?: Date): EventBitmap<Id> {
    return this.eventAt(name, 'month', time)
  }

  /** Users who did an event in the year of a time (now unless given): in any of its months, as they are when asked. */
  getYearEvent(name: string, time?: Date): EventBitmap<Id> {
    return this.eventAt(name, 'year', time)
  }

  /**
   * Users who did an event in the period of a time (now unless given) or in any of the `before` periods before it.
   * @param before integer ≥ 0
   * @throws BAD_ROWS; BAD_PERIOD before the year 1
   * @see bitmapist4, EventsOverTime
   */
  getEventsOverTime(name: string, unit: Unit, before: number, time?: Date): Bitmap<Id> {
    if (!Number.isInteger(before) || before < 0)
      throw new BitcohortError('BAD_ROWS', expected('before', 'integer >= 0', before), { field: 'before' })
    const last = this.eventAt(name, unit, time)
    return last.or(...Array.from({ length: before }, (_, k) => last.delta(-1 - k)))
  }

  /** Users who have an attribute. @throws BAD_EVENT */
  getAttribute(name: string): AttributeBitmap<Id> {
    return new AttributeBitmap(this, name)
  }

  /** `getAttribute`, by its Python name. @see bitmapist, UniqueEvents */
  getUniqueEvent(name: string): AttributeBitmap<Id> {
    return this.getAttribute(name)
  }

  /** Users in all of the sets. @throws BAD_EXPRESSION for none; BAD_SYSTEM @see bitmapist, BitOpAnd */
  bitOpAnd(...sets: readonly Bitmap<Id>[]): Bitmap<Id> {
    return new Bitmap(this, and(...expressionsOf(this, sets)))
  }

  /** Users in any of the sets. @throws BAD_EXPRESSION for none; BAD_SYSTEM @see bitmapist, BitOpOr */
  bitOpOr(...sets: readonly Bitmap<Id>[]): Bitmap<Id> {
    return new Bitmap(this, or(...expressionsOf(this, sets)))
  }

  /** Users in an odd number of the sets. @throws BAD_EXPRESSION for none; BAD_SYSTEM @see bitmapist, BitOpXor */
  bitOpXor(...sets: readonly Bitmap<Id>[]): Bitmap<Id> {
    return new Bitmap(this, xor(...expressionsOf(this, sets)))
  }

  /** Everyone known who is not in the set. @throws BAD_SYSTEM @see bitmapist, BitOpNot; it counts byte padding */
  bitOpNot(of: Bitmap<Id>): Bitmap<Id> {
    return this.bitOpAnd(of).not()
  }

  private eventAt(name: string, unit: Unit, time = this.clock()): EventBitmap<Id> {
    return this.getEvent(name, periodAt(unit, time, this.zone))
  }
}
