import type { Expression } from '../expression'
import type { Period } from '../period'
import type { Step } from '../plan'
import type { UserId } from '../user-id'
import { planned, type ReportContext } from './context'

/**
 * Whether a user matches an expression in a period: one bit of each of its keys.
 * @param of null where every event of it has an `@`
 */
export async function has(
  expression: Expression,
  { user, of }: { readonly user: UserId; readonly of: Period | null },
  context: ReportContext,
): Promise<boolean> {
  const { plan, made: node } = await planned(context, ({ plan, known }) =>
    known.plain(plan.compile(expression, of)),
  )
  const [bit = null] = await context.ids.find([user])
  if (bit === null) return false
  const keys = plan.steps.flatMap((step) => (step.op === 'leaf' ? [step.key] : []))
  const held = await context.engine.source.readBits(new Map(keys.map((key) => [key, new Set([bit])])))
  return evaluateFor(plan.steps, held)[node] ?? false
}

/** Whether each step's set has a user. @param held the keys that have the user */
export function evaluateFor(steps: readonly Step[], held: { has(key: string): boolean }): readonly boolean[] {
  const values: boolean[] = []
  for (const step of steps) values.push(holds(step, values, held))
  return values
}

function holds(step: Step, values: readonly boolean[], held: { has(key: string): boolean }): boolean {
  if (step.op === 'leaf') return held.has(step.key)
  const inputs = step.inputs.map((input) => values[input] ?? false)
  switch (step.op) {
    case 'and':
      return inputs.every(Boolean)
    case 'or':
      return inputs.some(Boolean)
    case 'xor':
      return inputs.filter(Boolean).length % 2 === 1
    case 'minus':
      return inputs[0] === true && inputs[1] !== true
    default:
      return step satisfies never
  }
}
