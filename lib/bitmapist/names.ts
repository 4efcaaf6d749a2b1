import type { SetOperation } from './kernel/kernel'
import type { Node, Step } from './plan'

/** The number of a bitmap in all plans: of a key, or of what an operation makes of others. */
export type Name = number

/**
 * Numbers bitmaps across plans: the same keys combined in the same way have the same number, whatever report asks. Knows
 * what is made of each, to be dropped when a key changes.
 */
export class Names {
  private readonly known = new Map<string, Name>()
  private readonly results: Name[][] = []

  /** How many there are. */
  get size(): number {
    return this.results.length
  }

  /** The number of a key's bitmap; undefined where no plan has read it. */
  find(key: string): Name | undefined {
    return this.known.get(`key ${key}`)
  }

  /** The numbers of a plan's steps, by node. */
  of(steps: readonly Step[]): Int32Array {
    const names = new Int32Array(steps.length)
    for (const [node, step] of steps.entries())
      names[node] = step.op === 'leaf' ? this.number(`key ${step.key}`, []) : this.result(step, names)
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
    return this.number(`${step.op} ${inputs.join(' ')}`, inputs)
  }

  private number(text: string, inputs: readonly Name[]): Name {
    const known = this.known.get(text)
    if (known !== undefined) return known
    const name = this.results.push([]) - 1
    this.known.set(text, name)
    for (const input of inputs) this.results[input]?.push(name)
    return name
  }
}
