import { BitcohortError, expected } from './errors'
import { type Expression, fold } from './expression'
import { attributeKey, eventKey } from './key'
import { type Period, within } from './period'

/** The number of a bitmap in a plan: leaves and results alike. */
export type Node = number

/** A set of users: a bitmap, or everyone known who is not in it. */
export interface SignedNode {
  readonly node: Node
  readonly complement: boolean
}

/** How one bitmap of a plan comes about: it has a key, or is made of earlier ones. */
export type Step =
  | { readonly op: 'leaf'; readonly key: string }
  | { readonly op: 'and' | 'or' | 'xor' | 'minus'; readonly inputs: readonly Node[] }

/** The bitmap without users: node 0 of every plan. */
export const EMPTY: Node = 0

/**
 * A straight-line program over bitmaps, grown by calls: every step names earlier ones, and what is asked for twice is
 * computed once. No I/O: `evaluate` runs it.
 */
export class Plan {
  readonly steps: Step[] = [{ op: 'or', inputs: [] }]
  private readonly leaves = new Map<string, Node>()
  private readonly known = new Map<string, Node>()

  /**
   * @param prefix of the keys
   * @param maxKeys distinct keys at most: refused at the first one more, for the steps of a report far too large would
   * take seconds
   */
  constructor(
    readonly prefix: string,
    private readonly maxKeys = Number.POSITIVE_INFINITY,
  ) {}

  /** @throws TOO_LARGE where that were more keys than the plan may read */
  leaf(key: string): Node {
    const known = this.leaves.get(key)
    if (known !== undefined) return known
    if (this.leaves.size >= this.maxKeys)
      throw new BitcohortError('TOO_LARGE', expected('report', `at most ${this.maxKeys} keys`, 'more'))
    const node = this.steps.push({ op: 'leaf', key }) - 1
    this.leaves.set(key, node)
    return node
  }

  /** @param inputs at least one */
  and(inputs: readonly Node[]): Node {
    return inputs.includes(EMPTY) ? EMPTY : this.combine('and', unique(inputs))
  }

  /** Empty for no inputs. */
  or(inputs: readonly Node[]): Node {
    return this.combine('or', unique(inputs.filter((node) => node !== EMPTY)))
  }

  xor(inputs: readonly Node[]): Node {
    return this.combine(
      'xor',
      inputs.filter((node) => node !== EMPTY),
    )
  }

  minus(from: Node, remove: Node): Node {
    if (remove === EMPTY || from === EMPTY) return from
    return from === remove
      ? EMPTY
      : this.add(`minus ${from} ${remove}`, { op: 'minus', inputs: [from, remove] })
  }

  /** Users who did an event in a period; a year is the OR of its months. */
  event(name: string, of: Period): Node {
    if (of.unit !== 'year') return this.leaf(eventKey(this.prefix, name, of))
    return this.or(within('month', of).map((month) => this.event(name, month)))
  }

  attribute(name: string): Node {
    return this.leaf(attributeKey(this.prefix, name))
  }

  /**
   * The set that an expression means in a period. A `!` is pushed outwards until it meets a set to be taken from, so
   * that `complement` is left only where the answer needs to know everyone.
   * @param of null where every event has an `@`
   * @throws UNKNOWN_SEGMENT; BAD_EXPRESSION for an event without `@` where there is no period
   */
  compile(expression: Expression, of: Period | null): SignedNode {
    return fold<SignedNode>(expression, (part, sets) => this.compileOne(part, sets, of))
  }

  /** @param sets what the expression's direct parts mean */
  private compileOne(of: Expression, sets: readonly SignedNode[], at: Period | null): SignedNode {
    switch (of.kind) {
      case 'event':
        return plain(this.event(of.name, of.at ?? needed(at, of.name)))
      case 'attribute':
        return plain(this.attribute(of.name))
      case 'segment':
        throw new BitcohortError('UNKNOWN_SEGMENT', expected('expression', 'a saved segment', of.name))
      case 'not':
        return this.intersect(sets.map(flip))
      case 'minus':
        return this.intersect(sets.map((set, i) => (i === 0 ? set : flip(set))))
      case 'and':
        return this.intersect(sets)
      case 'or':
        return this.unite(sets)
      case 'xor':
        return {
          node: this.xor(sets.map((set) => set.node)),
          complement: sets.filter((set) => set.complement).length % 2 === 1,
        }
      default:
        return of satisfies never
    }
  }

  /** The intersection of signed sets: of complements alone it is the complement of their union. */
  intersect(sets: readonly SignedNode[]): SignedNode {
    const inside = sets.filter((set) => !set.complement).map((set) => set.node)
    const outside = this.or(sets.filter((set) => set.complement).map((set) => set.node))
    return inside.length === 0
      ? { node: outside, complement: true }
      : plain(this.minus(this.and(inside), outside))
  }

  /** Everyone known who is not in a set. */
  complement(of: SignedNode): SignedNode {
    return flip(of)
  }

  /** The union of signed sets. */
  unite(sets: readonly SignedNode[]): SignedNode {
    return flip(this.intersect(sets.map(flip)))
  }

  private combine(op: 'and' | 'or' | 'xor', inputs: readonly Node[]): Node {
    const [only, second] = inputs
    if (only === undefined) return EMPTY
    return second === undefined ? only : this.add(`${op} ${inputs.join(' ')}`, { op, inputs })
  }

  private add(name: string, step: Step): Node {
    const known = this.known.get(name)
    if (known !== undefined) return known
    this.known.set(name, this.steps.length)
    return this.steps.push(step) - 1
  }
}

function plain(node: Node): SignedNode {
  return { node, complement: false }
}

function flip({ node, complement }: SignedNode): SignedNode {
  return { node, complement: !complement }
}

function unique(nodes: readonly Node[]): readonly Node[] {
  const [a, b] = nodes
  if (nodes.length === 1 || a === undefined || b === undefined) return nodes
  if (nodes.length === 2) return a < b ? nodes : a === b ? [a] : [b, a]
  return [...new Set(nodes)].sort((a, b) => a - b)
}

function needed(of: Period | null, name: string): Period {
  if (of === null) {
    const what = expected('expression', 'a period after every event', name)
    throw new BitcohortError('BAD_EXPRESSION', what, { field: 'expression' })
  }
  return of
}
