import { BitcohortError, expected } from '../errors'
import { checkName, type Expression } from '../expression'
import { eventKey } from '../key'
import { label } from '../label'
import { between, difference, type Period, periodAt, stateOf } from '../period'
import type { UserId } from '../user-id'
import { planned, type ReportContext } from './context'
import { evaluateFor } from './has'

export interface UserDaysRequest {
  readonly event: string
  /** First and last day. */
  readonly from: Period
  readonly to: Period
}

/**
 * The days of a range, ascending, on which a user did an event: one bit a day.
 * @throws BAD_EVENT; BAD_PERIOD for another unit, or where `to` is before `from`; WRONG_TYPE
 */
export async function userDays(
  id: UserId,
  { event, from, to }: UserDaysRequest,
  { prefix, snapshot, engine, zone, ids }: ReportContext,
): Promise<readonly Period[]> {
  checkName(event)
  if (from.unit !== 'day')
    throw new BitcohortError('BAD_PERIOD', expected('from', 'a day', label(from)), { field: 'from' })
  if (difference(from, to) < 0)
    throw new BitcohortError('BAD_PERIOD', expected('to', `${label(from)} or later`, label(to)), {
      field: 'to',
    })
  const stored = snapshot.events.get(event)?.day
  const days = between(from, to, zone).filter(
    ({ index }) => stored && stored.first <= index && index <= stored.last,
  )
  const [bit = null] = await ids.find([id])
  if (bit === null) return []
  const keyOf = (day: Period) => eventKey(prefix, event, day)
  const held = await engine.source.readBits(new Map(days.map((day) => [keyOf(day), new Set([bit])])))
  return days.filter((day) => held.has(keyOf(day)))
}

export interface DotsRequest {
  readonly expression: Expression
  readonly periods: readonly Period[]
}

/**
 * Whether each of some users matches an expression in each of some periods: the bits of all of them at once.
 * @returns dots[user][period]; false where a period has not begun
 * @throws BAD_EXPRESSION, UNKNOWN_SEGMENT, TOO_LARGE, WRONG_TYPE
 */
export async function dots(
  ids: readonly UserId[],
  { expression, periods }: DotsRequest,
  context: ReportContext,
): Promise<readonly (readonly boolean[])[]> {
  const begun = (of: Period) => stateOf(of, periodAt(of.unit, context.now, context.zone)) !== 'future'
  const { plan, made: nodes } = await planned(context, ({ plan, known }) =>
    periods.map((of) => (begun(of) ? known.plain(plan.compile(expression, of)) : null)),
  )
  const bits = await context.ids.find(ids)
  const users = new Set(bits.filter((bit) => bit !== null))
  const keys = plan.steps.flatMap((step) => (step.op === 'leaf' ? [step.key] : []))
  const held = await context.engine.source.readBits(new Map(keys.map((key) => [key, users])))
  return bits.map((bit) => {
    const values = evaluateFor(plan.steps, {
      has: (key) => bit !== null && (held.get(key)?.has(bit) ?? false),
    })
    return nodes.map((node) => node !== null && (values[node] ?? false))
  })
}
