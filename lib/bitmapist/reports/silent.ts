import type { Expression } from '../expression'
import type { Period } from '../period'
import { EMPTY } from '../plan'
import { knownKeys, newPlan, type ReportContext } from './context'

/** Keys of everyone known that are looked at together: the first of them nearly always have somebody. */
const KEYS_A_LOOK = 1000

interface Question {
  readonly return: Expression
  /** Periods in which nobody has been seen to match yet. */
  readonly periods: readonly Period[]
}

/**
 * Which of the periods nobody at all matches, where `return` is a complement (`!x`): everyone known has to be outside
 * of it. Everyone known is read in parts, and no further than until each period has somebody.
 */
export async function silentPeriods(question: Question, context: ReportContext): Promise<readonly Period[]> {
  const keys = knownKeys(context)
  let silent = question.periods
  while (silent.length > 0) {
    const plan = newPlan(context)
    const some = plan.or(take(keys, KEYS_A_LOOK).map((key) => plan.leaf(key)))
    if (some === EMPTY) return silent
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

function take<T>(from: Iterator<T>, count: number): readonly T[] {
  const taken: T[] = []
  for (let next = from.next(); !next.done; next = from.next()) if (taken.push(next.value) === count) break
  return taken
}
