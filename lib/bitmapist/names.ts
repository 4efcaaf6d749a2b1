import type { SetOperation } from './kernel/kernel'
import type { Step } from './plan'
import { isDue, nextTurn } from './turn'

/** The number of a bitmap in all plans: of a key, or of what an operation makes of others. */
export type Name = number

const NO_INPUTS: readonly Name[] = []
const OPERATIONS: Readonly<Record<SetOperation, number>> = { and: 0, or: 1, xor: 2, minus: 3 }
/** How many of them there are. */
const KINDS = 4
/** More than there are names: two names and an operation are one exact number. */
const PAIR_BASE = 2 ** 24

const NO_NAMES = new Int32Array()
/** Steps between two looks at the clock. */
const STEPS_A_LOOK = 500

/** A plan, as far as it is numbered. */
interface Numbered {
  names: Int32Array
  done: number
}

type Combination = Exclude<Step, { readonly op: 'leaf' }>

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
  /** Of plans that were named before: a report that is asked again has the same one. */
  private readonly plans = new WeakMap<readonly Step[], Numbered>()

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
    return this.number(steps, steps.length).names
  }

  /** Numbers a plan's steps; of a large one others get their turns meanwhile. */
  async learn(steps: readonly Step[]): Promise<void> {
    for (let end = 0; end < steps.length; ) {
      end = Math.min(end + STEPS_A_LOOK, steps.length)
      this.number(steps, end)
      if (isDue()) await nextTurn()
    }
  }

  /** A bitmap and all that is made of it, in any order. */
  dependents(name: Name): ReadonlySet<Name> {
    const found = new Set([name])
    // A set grows while it is walked.
    for (const each of found) for (const result of this.results[each] ?? []) found.add(result)
    return found
  }

  /** Goes on to number a plan. @param end before which step */
  private number(steps: readonly Step[], end: number): Numbered {
    const numbered = this.plans.get(steps) ?? { names: NO_NAMES, done: 0 }
    this.plans.set(steps, numbered)
    if (numbered.names.length < steps.length) {
      // A plan grows only at its end.
      const names = new Int32Array(steps.length)
      names.set(numbered.names)
      numbered.names = names
    }
    for (; numbered.done < end; numbered.done++) {
      const step = steps[numbered.done]
      if (step === undefined) continue
      numbered.names[numbered.done] =
        step.op === 'leaf' ? this.give(this.keys, step.key, NO_INPUTS) : this.result(step, numbered.names)
    }
    return numbered
  }

  private result({ op, inputs }: Combination, names: Int32Array): Name {
    const [first, second] = inputs
    if (inputs.length !== 2 || first === undefined || second === undefined)
      return this.wide({ op, inputs }, names)
    let [a, b] = [names[first] ?? -1, names[second] ?? -1]
    if (op !== 'minus' && a > b) [a, b] = [b, a]
    const pair = (a * PAIR_BASE + b) * KINDS + OPERATIONS[op]
    const known = this.pairs.get(pair)
    return known ?? this.give(this.pairs, pair, [a, b])
  }

  /** Of any number but two. */
  private wide({ op, inputs }: Combination, names: Int32Array): Name {
    const own = inputs.map((input) => names[input] ?? -1)
    if (op !== 'minus') own.sort((a, b) => a - b)
    return this.give(this.others, `${op} ${own.join(' ')}`, own)
  }

  private give<Key>(known: Map<Key, Name>, key: Key, inputs: readonly Name[]): Name {
    const name = known.get(key)
    if (name !== undefined) return name
    const made = this.results.push([]) - 1
    known.set(key, made)
    for (const input of inputs) this.results[input]?.push(made)
    return made
  }
}
