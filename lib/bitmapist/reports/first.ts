import { BitcohortError, expected } from '../errors'
import { type Expression, eventsOf } from '../expression'
import { lazily } from '../lazily'
import { difference, firstDay, floor, offset, type Period } from '../period'
import { EMPTY, type Node, type Plan, type SignedNode } from '../plan'
import { earliest, type Snapshot } from '../snapshot'
import type { Zone } from '../zone'

/** Keys of history that a report may read. */
const MAX_HISTORY_KEYS = 5000

const NOBODY: SignedNode = { node: EMPTY, complement: false }

/** Who matched `start` in any earlier period of all stored history, row by row. */
export interface History {
  /** The earliest stored period of `start`, in the rows' unit; null where nothing is stored. */
  readonly earliest: Period | null
  /** Everybody who matched before a period. */
  before(of: Period): SignedNode
}

interface Parts {
  readonly plan: Plan
  readonly snapshot: Snapshot
  readonly zone: Zone
  readonly start: Expression
  /** The rows. */
  readonly rows: readonly Period[]
}

/**
 * The history of `start`: for one event or an OR of plain events the whole months before a row and then the days (and
 * hours) up to it; for any other expression every earlier period of the rows' unit.
 * @throws BAD_COHORT where `start` has no event without `@`; TOO_LARGE over 5,000 keys
 */
export function historyOf(parts: Parts): History {
  const { plan, snapshot, start, rows } = parts
  const names = eventsOf(start, { floating: true })
  if (names.length === 0)
    throw new BitcohortError(
      'BAD_COHORT',
      expected('start', 'an event without "@" for cohort=first', 'none'),
      {
        field: 'start',
      },
    )
  const [row] = rows
  const first = row ? earliest(snapshot, names, row.unit) : null
  if (first === null) return { earliest: null, before: () => NOBODY }
  const before = isPlainOr(start) ? plainHistory(plan, snapshot, names) : periodHistory(parts, first)
  return { earliest: first, before }
}

/** Calls for more periods than the keys of so many events may be are refused. */
function bounded<T>(names: readonly string[], set: (of: Period) => T): (of: Period) => T {
  let keys = 0
  return (of) => {
    keys += names.length * (of.unit === 'year' ? 12 : 1)
    if (keys <= MAX_HISTORY_KEYS) return set(of)
    const what = expected('start', `a history of at most ${MAX_HISTORY_KEYS} keys`, 'a longer one')
    throw new BitcohortError('TOO_LARGE', what, { field: 'start' })
  }
}

function isPlainOr(of: Expression): boolean {
  return of.kind === 'event' ? of.at === null : of.kind === 'or' && of.items.every(isPlainOr)
}

/** Months before the row's month, then the days of that month before the row, then the hours of that day. */
function plainHistory(plan: Plan, snapshot: Snapshot, names: readonly string[]): History['before'] {
  const any = bounded(names, (of: Period) => plan.or(names.map((name) => plan.event(name, of))))
  const running = (unit: 'month' | 'day' | 'hour', since: Period) => runningUnion(plan, since, any, unit)
  const firstMonth = earliest(snapshot, names, 'month')
  const months = firstMonth ? running('month', firstMonth) : () => EMPTY
  const days = new Map<number, (of: Period) => Node>()
  const hours = new Map<number, (of: Period) => Node>()
  return (of) => {
    const day = firstDay(of)
    const month = floor('month', day)
    const parts = [months(month), lazily(days, month.index, () => running('day', firstDay(month)))(day)]
    if (of.unit === 'hour')
      parts.push(lazily(hours, day.index, () => running('hour', floor('hour', day)))(of))
    return { node: plan.or(parts), complement: false }
  }
}

/**
 * The union of `set` over all periods from `since` up to, and without, the one asked for; those that a zone jumps over
 * have no keys.
 */
function runningUnion(plan: Plan, since: Period, set: (of: Period) => Node, unit: Period['unit']) {
  const unions: Node[] = [EMPTY]
  return (of: Period): Node => {
    const count = Math.max(0, difference(since, floor(unit, of)))
    for (let k = unions.length; k <= count; k++)
      unions.push(plan.or([unions[k - 1] ?? EMPTY, set(offset(since, k - 1))]))
    return unions[count] ?? EMPTY
  }
}

/** Every earlier period of the rows' unit in which the whole expression matched. */
function periodHistory({ plan, start, zone }: Parts, first: Period): History['before'] {
  const names = eventsOf(start, { floating: true })
  const matched = bounded(names, (of: Period) => plan.compile(start, of))
  const unions: SignedNode[] = [NOBODY]
  return (of) => {
    const count = Math.max(0, difference(first, of, zone))
    for (let k = unions.length; k <= count; k++)
      unions.push(plan.unite([unions[k - 1] ?? NOBODY, matched(offset(first, k - 1, zone))]))
    return unions[count] ?? NOBODY
  }
}
