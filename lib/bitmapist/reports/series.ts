import { BitcohortError, expected } from '../errors'
import { isDue, nextTurn } from '../evaluate'
import type { Expression } from '../expression'
import { startLabel } from '../label'
import { printExpression } from '../parse'
import { between, difference, type Period, periodAt, stateOf } from '../period'
import type { Node } from '../plan'
import { exactnessOf, instantLabel, type Planning, planned, type ReportContext, walkOf } from './context'
import type { SeriesReport } from './table'

/** What a series is asked for. */
export interface SeriesRequest {
  readonly expression: Expression
  /** First and last period, of one unit. */
  readonly from: Period
  readonly to: Period
}

/**
 * How many users match an expression in each period of a range; null where a period has not begun.
 * @throws BAD_PERIOD where `to` is before `from` or of another unit; TOO_LARGE; UNKNOWN_SEGMENT; WRONG_TYPE
 */
export async function series(request: SeriesRequest, context: ReportContext): Promise<SeriesReport> {
  const { expression, from, to } = request
  if (difference(from, to) < 0)
    throw new BitcohortError('BAD_PERIOD', expected('to', `${startLabel(from)} or later`, startLabel(to)), {
      field: 'to',
    })
  const now = periodAt(from.unit, context.now, context.zone)
  const periods = between(from, to, context.zone).map((of) => ({ of, state: stateOf(of, now) }))
  const all = await planned(context, async ({ plan, known }) => {
    const made: (Node | null)[] = []
    for (const { of, state } of periods) {
      made.push(state === 'future' ? null : known.plain(plan.compile(expression, of)))
      if (isDue()) await nextTurn()
    }
    return made
  })
  const counts = await countNodes(all, context)
  return {
    period: from.unit,
    expression: printExpression(expression),
    timeZone: context.zone.name,
    asOf: instantLabel(context.now),
    ...exactnessOf(context),
    ...all.known.asOf,
    points: periods.map(({ of, state }, i) => ({ start: startLabel(of), count: counts[i] ?? null, state })),
  }
}

type Planned = Planning & { readonly made: readonly (Node | null)[] }

/** Users of each node; null for null. */
async function countNodes({ plan, known, made: nodes }: Planned, context: ReportContext) {
  const counts: (number | null)[] = nodes.map((node) => (node === null ? null : 0))
  const outputs = nodes.filter((node) => node !== null)
  for await (const block of context.engine.blocks(plan, outputs, walkOf(context, known))) {
    nodes.forEach((node, i) => {
      if (node !== null) counts[i] = (counts[i] ?? 0) + block.count(node)
    })
    if (block.isDue()) await nextTurn()
  }
  return counts
}
