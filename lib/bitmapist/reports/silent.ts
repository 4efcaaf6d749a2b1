import type { Expression } from '../expression'
import type { Period } from '../period'
import type { KnownSet } from '../snapshot'
import { newPlan, type ReportContext } from './context'

/** Keys of everyone known that are looked at together, where they are many: the first nearly always have somebody. */
const KEYS_A_LOOK = 1000

interface Question {
  readonly return: Expression
  /** Periods in which nobody has been seen to match yet. */
  readonly periods: readonly Period[]
}

/**
 * Which of the periods nobody at all matches, where `return` is a complement (`!x`): everyone known has to be outside
 * of it. They are read in parts, and no further than until each period has somebody.
 */
export async function silentPeriods(
  question: Question,
  { keys }: KnownSet,
  context: ReportContext,
): Promise<readonly Period[]> {
  let silent = question.periods
  for (let from = 0; from < keys.length && silent.length > 0; from += KEYS_A_LOOK) {
    const plan = newPlan(context)
    const some = plan.or(keys.slice(from, from + KEYS_A_LOOK).map((key) => plan.leaf(key)))
    const nodes = silent.map((of) => plan.minus(some, plan.compile(question.return, of).node))
    const seen = new Set<number>()
    for await (const block of context.engine.blocks(plan, nodes, context)) {
      nodes.forEach((node, i) => {
        if (block.has(node)) seen.add(i)
      })
      if (seen.size === nodes.length) break
    }
    silent = silent.filter((_, i) => !seen.has(i))
  }
  return silent
}
