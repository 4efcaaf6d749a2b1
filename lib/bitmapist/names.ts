import type { SetOperation } from './kernel/kernel'
import type { Node, Step } from './plan'

/** The number of a bitmap in all plans: of a key, or of what an operation makes of others. */
export type Name = number

const NO_INPUTS: readonly Name[] = []
const OPERATIONS: readonly SetOperation[] = ['and', 'or', 'xor', 'minus']
/** More than there are names: two names and an operation are one exact number. */
const PAIR_BASE = 2 ** 24

/**
 * Numbers bitmaps across plans: the same keys combined in the same way have the same number, whatever report asks. Knows
 * what is made of each, to be dropped when a key changes.
 */
export class Names {
  private readonly keys = new Map<string, Name>()
  /** Of two bitmaps, which most are. */
  private readonly pairs = new Map<number, Name>()
  private readonly others = new Map<string, Name>()
  private readonly results: Name[][] = []

  /** How many there are. */
  get size(): number {
    return this.results.length
  }

  /** The number of a key's bitmap; undefined where no plan has read it. */
  find(key: string): Name | undefined {
    return this.keys.get(key)
  }

  /** The numbers of a plan's steps, by node. */
  of(steps: readonly Step[]): Int32Array {
    const names = new Int32Array(steps.length)
    for (const [node, step] of steps.entries())
      names[node] =
        step.op === 'leaf' ? this.number(this.keys, step.key, NO_INPUTS) : this.result(step, names)
    return names
  }

  /** A bitmap and all that is made of it, in any order. */
  dependents(name: Name): ReadonlySet<Name> {
    const found = new Set([name])
    // A set grows while it is walked.
    for (const each of found) for (const result of this.results[each] ?? []) found.add(result)
    return found
  }

  private result(step: { readonly op: SetOperation; readonly inputs: readonly Node[] }, names: Int32Array) {
    const inputs = step.inputs.map((input) => names[input] ?? -1)
    if (step.op !== 'minus') inputs.sort((a, b) => a - b)
    const [a = 0, b = 0] = inputs
    return inputs.length === 2
      ? this.number(this.pairs, (a * PAIR_BASE + b) * OPERATIONS.length + OPERATIONS.indexOf(step.op), inputs)
      : this.number(this.others, `${step.op} ${inputs.join(' ')}`, inputs)
  }

  private number<Key>(known: Map<Key, Name>, key: Key, inputs: readonly Name[]): Name {
    const name = known.get(key)
    if (name !== undefined) return name
    const made = this.results.push([]) - 1
    known.set(key, made)
    for (const input of inputs) this.results[input]?.push(made)
    return made
  }
}
