import type { GridShape } from '../evaluate'
import { eventsOf } from '../expression'
import { label, startLabel } from '../label'
import { printExpression } from '../parse'
import { type PeriodState, periodAt, range, stateOf } from '../period'
import type { Node } from '../plan'
import { dataRange, type Found } from '../snapshot'
import { type Planning, planned, type ReportContext } from './context'
import { bracketsOf, type RetentionRequest } from './request'
import { planSets, type Sets } from './sets'
import type { Bracket, RetentionCell } from './table'

/** What a retention table is before anybody is counted: its sets, and what its rows and columns are called. */
export interface Outline extends Planning {
  readonly sets: Sets
  /** All bitmaps of the plan that are looked at. */
  readonly outputs: readonly Node[]
  /** Which sets meet where each cell is of one period. */
  readonly grid: GridShape
  /** The offsets that each column stands for. */
  readonly brackets: readonly Bracket[]
  readonly rows: readonly { readonly start: string; readonly label: string }[]
  /** By period from the first row on. */
  readonly states: readonly PeriodState[]
  /** Of each column the cell whose period has not begun; frozen, for tables share them. */
  readonly blanks: readonly RetentionCell[]
  readonly texts: Texts
  /** First and last day with a mark of any of its events. */
  readonly data: { readonly from: string; readonly to: string } | null
}

/** Canonical texts of the expressions. */
interface Texts {
  readonly start: string
  readonly who: string | null
  readonly return: string
}

/** The outline of a table, made once for all who ask for the same. @throws see `planSets` */
export async function outlineOf(request: RetentionRequest, context: ReportContext): Promise<Outline> {
  const { outlines, snapshot, now, zone } = context
  const texts = textsOf(request)
  const running = periodAt(request.first.unit, now, zone)
  const question = questionOf(request, texts, running.index)
  const kept = outlines?.find(question, snapshot)
  if (kept) return kept
  const {
    plan,
    known,
    made: sets,
  } = await planned(context, (each) => planSets(request, { context, ...each }))
  const brackets = bracketsOf(request)
  const last = brackets.reduce((most, [, to]) => Math.max(most, to), 0)
  const periods = range(request.first, request.rows + last, zone)
  const data = dataRange(snapshot, [...eventsOf(request.start), ...eventsOf(request.return)])
  const outline: Outline = {
    plan,
    known,
    sets,
    outputs: [...[...sets.rows, ...sets.returns, ...sets.columns].map(({ node }) => node), sets.users],
    grid: gridOf(sets, request.columns),
    brackets,
    rows: periods.slice(0, request.rows).map((of) => ({ start: startLabel(of), label: label(of) })),
    states: periods.map((of) => stateOf(of, running)),
    blanks: brackets.map(([from]) =>
      Object.freeze({ offset: from, count: null, state: 'future', flag: null }),
    ),
    texts,
    data: data && { from: label(data.first), to: label(data.last) },
  }
  outlines?.keep(question, snapshot, outline)
  return outline
}

function gridOf({ rows, columns }: Sets, width: number): GridShape {
  return {
    rows: rows.map(({ node }) => node),
    columns: columns.map(({ node }) => node),
    ranges: rows.map((_, r) => [r, Math.min(r + width, columns.length)]),
  }
}

function textsOf(request: RetentionRequest): Texts {
  return {
    start: printExpression(request.start),
    who: request.who ? printExpression(request.who) : null,
    return: printExpression(request.return),
  }
}

/** All that decides an outline, but for what there is. */
function questionOf(request: RetentionRequest, texts: Texts, running: number): string {
  const { first, rows, columns, mode = 'on', cohort = 'recurring', brackets = null } = request
  return JSON.stringify([texts, first.unit, first.index, running, rows, columns, mode, cohort, brackets])
}

/** Steps of all plans that are kept: a few megabytes. */
const MAX_STEPS = 40_000

interface Kept {
  readonly outline: Outline
  /** What there was: history begins with it. */
  readonly events: Found['events']
}

/** Outlines of the tables that were asked for last, for a page is looked at again and again. */
export class Outlines {
  private readonly kept = new Map<string, Kept>()
  private steps = 0

  find(question: string, { events }: Found): Outline | null {
    const found = this.kept.get(question)
    if (found === undefined) return null
    this.kept.delete(question)
    if (found.events === events) {
      // A map's last one is the one that was used last.
      this.kept.set(question, found)
      return found.outline
    }
    this.steps -= found.outline.plan.steps.length
    return null
  }

  keep(question: string, { events }: Found, outline: Outline): void {
    // Who is known is settled anew for each answer.
    const size = outline.plan.steps.length
    if (outline.known.isNeeded || size > MAX_STEPS || this.kept.has(question)) return
    this.kept.set(question, { outline, events })
    this.steps += size
    for (const [oldest, { outline }] of this.kept) {
      if (this.steps <= MAX_STEPS) return
      this.kept.delete(oldest)
      this.steps -= outline.plan.steps.length
    }
  }
}
