import { and, attribute, type Expression, event, or, xor } from './expression'
import { Bitmap, type Questions } from './handle'
import { periodAt, type Unit } from './period'
import type { UserId } from './user-id'
import type { Zone } from './zone'

/** Handles of sets of users, by event and time; making and combining them does no I/O. */
export abstract class Bitmaps<Id extends UserId> {
  /** Answers what handles are asked. */
  protected abstract readonly questions: Questions<Id>
  protected abstract readonly clock: () => Date
  /** The clock that decides the periods. */
  abstract readonly zone: Zone

  /** Users who did an event in the hour of a time (now unless given). Empty where hours are not tracked. */
  getHourEvent(name: string, time?: Date): Bitmap<Id> {
    return this.bitmapOf(name, 'hour', time)
  }

  /** Users who did an event on the day of a time (now unless given). */
  getDayEvent(name: string, time?: Date): Bitmap<Id> {
    return this.bitmapOf(name, 'day', time)
  }

  /** Users who did an event in the ISO week of a time (now unless given). */
  getWeekEvent(name: string, time?: Date): Bitmap<Id> {
    return this.bitmapOf(name, 'week', time)
  }

  /** Users who did an event in the month of a time (now unless given). */
  getMonthEvent(name: string, time?: Date): Bitmap<Id> {
    return this.bitmapOf(name, 'month', time)
  }

  /** Users who did an event in the year of a time (now unless given): in any of its months. */
  getYearEvent(name: string, time?: Date): Bitmap<Id> {
    return this.bitmapOf(name, 'year', time)
  }

  /** Users who have an attribute. */
  getAttribute(name: string): Bitmap<Id> {
    return this.bitmap(attribute(name))
  }

  /** Users in all of the sets. @throws BAD_EXPRESSION for none */
  bitOpAnd(...sets: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.bitmap(and(...sets.map((set) => set.expression)))
  }

  /** Users in any of the sets. @throws BAD_EXPRESSION for none */
  bitOpOr(...sets: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.bitmap(or(...sets.map((set) => set.expression)))
  }

  /** Users in an odd number of the sets. @throws BAD_EXPRESSION for none */
  bitOpXor(...sets: readonly Bitmap<Id>[]): Bitmap<Id> {
    return this.bitmap(xor(...sets.map((set) => set.expression)))
  }

  /** Everyone known who is not in the set. */
  bitOpNot(of: Bitmap<Id>): Bitmap<Id> {
    return of.not()
  }

  private bitmapOf(name: string, unit: Unit, time = this.clock()): Bitmap<Id> {
    return this.bitmap(event(name, periodAt(unit, time, this.zone)))
  }

  private bitmap(expression: Expression): Bitmap<Id> {
    return new Bitmap(this.questions, expression)
  }
}
