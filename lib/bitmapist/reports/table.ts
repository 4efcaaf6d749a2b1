import type { PeriodState, Unit } from '../period'
import type { UserId } from '../user-id'

/**
 * How a cell counts a return, r being the row's period: `on` (N-day) in exactly r + k; `on-or-after` (unbounded) in it or
 * any later one, to date; `on-or-before` in any of r + 1 … r + k (for k = 0 in r); `every` (streak) in each of r … r + k.
 */
export const MODES = ['on', 'on-or-after', 'on-or-before', 'every'] as const
/** Which users count as returned. */
export type Mode = (typeof MODES)[number]
/** What a rate is a part of: the row's users, or (of a streak) those of the cell before. */
export const BASES = ['cohort', 'previous'] as const
/** What a rate is a part of. */
export type Base = (typeof BASES)[number]
/** Offsets `from` to `to`, both included, as one column. */
export type Bracket = readonly [from: number, to: number]
/** Who is in a row: all who match `start` in it, or only those who never matched it before. */
export type Cohort = 'first' | 'recurring'
/** `silent`: nobody at all matched `return` in the cell's period. */
export type CellFlag = 'silent' | null
/** `history`: the earliest stored period of `start` holds everybody who came before. */
export type RowFlag = 'history' | null

/** One row at one offset. */
export interface RetentionCell {
  /** Periods after the row's own; of a bracket the first. */
  readonly offset: number
  /** Users; null while `future`, or where the row has not begun. */
  readonly count: number | null
  readonly state: PeriodState
  readonly flag: CellFlag
}

/** One cohort. */
export interface RetentionRow {
  /** First day of the row's period, `2025-01-06` (an hour: `2025-01-06T05`). */
  readonly start: string
  /** Its label, `2025-W02`. */
  readonly label: string
  /** Users; null where the row's period has not begun. */
  readonly size: number | null
  readonly state: PeriodState
  readonly flag: RowFlag
  /** One a column, offset 0 first. */
  readonly cells: readonly RetentionCell[]
}

/** One entry a column; null where no row counts. Rates are 0..1. */
export interface RetentionMean {
  readonly weighted: readonly (number | null)[]
  readonly simple: readonly (number | null)[]
  /** How many rows each mean rests on. */
  readonly rows: readonly number[]
}

/** A retention report, whole: page, chart, CSV and JSON render this object and nothing else. */
export interface RetentionTable {
  readonly period: Unit
  readonly mode: Mode
  readonly cohort: Cohort
  /** Canonical expression texts. */
  readonly start: string
  readonly who: string | null
  readonly return: string
  readonly base: Base
  /** Only where asked: what each column stands for; a cell counts who returned in any of its offsets. */
  readonly brackets?: readonly Bracket[]
  readonly timeZone: string
  /** The instant of the report, ISO 8601 to the second. */
  readonly asOf: string
  /** Whether it shows all marks until its instant. */
  readonly exact: boolean
  /** Only where it may not: it shows all marks until this instant. */
  readonly exactAsOf?: string
  /** First and last day with any mark of `start`'s or `return`'s events, null where there is none. */
  readonly dataFrom: string | null
  readonly dataTo: string | null
  /** The union of all rows, users. */
  readonly users: number
  /** Only where a `!` read the set of everyone known: the instant of that set. */
  readonly knownAsOf?: string
  /** Only with `first`: since when keys of other writers may be missing from history. */
  readonly registryAsOf?: string
  /** Oldest row first. */
  readonly rows: readonly RetentionRow[]
  readonly mean: RetentionMean
}

/** One period of a series. */
export interface SeriesPoint {
  readonly start: string
  /** Users; null while `future`. */
  readonly count: number | null
  readonly state: PeriodState
}

/** How many users matched an expression, period by period. */
export interface SeriesReport {
  readonly period: Unit
  readonly expression: string
  readonly timeZone: string
  readonly asOf: string
  readonly exact: boolean
  /** Only where `exact` is false; see `RetentionTable`. */
  readonly exactAsOf?: string
  readonly knownAsOf?: string
  readonly points: readonly SeriesPoint[]
}

/** An event that has keys. */
export interface EventSummary {
  readonly name: string
  /** Months, `2024-01`. */
  readonly first: string
  readonly last: string
}

/** The events and attributes that have keys. */
export interface EventList {
  readonly events: readonly EventSummary[]
  readonly attributes: readonly string[]
  /** The instant since which keys of other writers may be missing; null while the very first scan runs. */
  readonly registryAsOf: string | null
  /** How far the very first scan is, in keys; null once it has ended, and for any later one. */
  readonly scan: { readonly seen: number; readonly total: number } | null
}

/** Whether a user did an event in the periods of a date. */
export interface UserEvent {
  readonly event: string
  /** null where the event's hours are not tracked on that day. */
  readonly hour: boolean | null
  readonly day: boolean
  readonly week: boolean
  readonly month: boolean
  readonly year: boolean
}

/** What is known of one user. */
export interface UserReport<Id extends UserId = number> {
  readonly user: Id
  /** Whether the user has any mark or attribute. */
  readonly known: boolean
  /** The day that is asked about, `2025-01-06`. */
  readonly date: string
  /** The hour that the events' `hour` is about: the running one today, else the day's first unless asked for. */
  readonly hour: string
  readonly timeZone: string
  readonly asOf: string
  /** Every known event, by name, so that a "no" is seen too. */
  readonly events: readonly UserEvent[]
  /** Attributes that the user has, by name. */
  readonly attributes: readonly string[]
  /** First and last day of any event; a month, `2024-01`, where its days are not kept; null for no event. */
  readonly firstSeen: string | null
  readonly lastSeen: string | null
  /** Of the last 30 days those with any event. */
  readonly activeDays: number
  /** The first day with a mark of anybody; null where there is none. */
  readonly dataFrom: string | null
  /** The highest id that has a mark in the running year; null where nobody has, and where ids are mapped. */
  readonly highestId: number | null
}

/** What the rate of a row's cell is a part of, users; null where there is nothing to be a part of. */
export function baseOf(row: RetentionRow, column: number, base: Base): number | null {
  if (base === 'cohort') return row.size
  return row.cells[column - 1]?.count ?? null
}

/** count ÷ size, 0..1; null where the count is not yet or the size is 0. */
export function rateOf(count: number | null, size: number | null): number | null {
  return count === null || size === null || size === 0 ? null : count / size
}
