import { BitcohortError, expected } from './errors'
import type { Period } from './period'

/**
 * A set of users as frozen data; evaluation lives elsewhere. Trees are canonical: `and`, `or` and `xor` hold two or
 * more items none of which is of the same kind, and the `from` of a `minus` is not itself a `minus`.
 */
export type Expression =
  | { readonly kind: 'event'; readonly name: string; readonly at: Period | null }
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'segment'; readonly name: string }
  | { readonly kind: 'and' | 'or' | 'xor'; readonly items: readonly Expression[] }
  | { readonly kind: 'minus'; readonly from: Expression; readonly remove: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }

/** An expression that somebody writes is at most this large; one that a program puts together may be of any size. */
export const EXPRESSION_LIMITS = { leaves: 64, depth: 32, characters: 2000 } as const

const NAME_MAX = 200
/** Control characters and lone surrogates. */
const CONTROL = /[\p{Cc}\p{Cs}]/u

/**
 * Checks the name of an event or attribute, and returns it.
 * @throws BAD_EVENT unless 1 to 200 characters, none of them a control character, neither `bitop` nor beginning
 * with `bitop_` (such keys are the Python library's temporary results)
 */
export function checkName(name: string, field = 'event'): string {
  const isText = typeof name === 'string'
  if (
    !isText ||
    name.length < 1 ||
    name.length > NAME_MAX ||
    CONTROL.test(name) ||
    `${name}_`.startsWith('bitop_')
  )
    throw new BitcohortError('BAD_EVENT', expected(field, 'a name', name), { field })
  return name
}

/** Users who did an event: in the period that the report asks for, or always in `at`. @throws BAD_EVENT */
export function event(name: string, at: Period | null = null): Expression {
  return Object.freeze({ kind: 'event', name: checkName(name), at })
}

/** Users who have an attribute now. @throws BAD_EVENT */
export function attribute(name: string): Expression {
  return Object.freeze({ kind: 'attribute', name: checkName(name, 'attribute') })
}

/** Users of a saved segment. @throws BAD_EVENT */
export function segment(name: string): Expression {
  return Object.freeze({ kind: 'segment', name: checkName(name, 'segment') })
}

/** Users in all of them. One item gives itself. @throws BAD_EXPRESSION for none */
export function and(...items: readonly Expression[]): Expression {
  return combine('and', items)
}

/** Users in any of them. One item gives itself. @throws BAD_EXPRESSION for none */
export function or(...items: readonly Expression[]): Expression {
  return combine('or', items)
}

/** Users in an odd number of them. One item gives itself. @throws BAD_EXPRESSION for none */
export function xor(...items: readonly Expression[]): Expression {
  return combine('xor', items)
}

function combine(kind: 'and' | 'or' | 'xor', items: readonly Expression[]): Expression {
  const flat = items.flatMap((item) => (item.kind === kind ? item.items : [item]))
  const [only, second] = flat
  if (only === undefined)
    throw new BitcohortError('BAD_EXPRESSION', expected(kind, 'at least one expression', 'none'))
  return second === undefined ? only : Object.freeze({ kind, items: Object.freeze(flat) })
}

/** Users in `from` and in none of `remove`. */
export function minus(from: Expression, ...remove: readonly Expression[]): Expression {
  if (remove.length === 0) return from
  return from.kind === 'minus'
    ? Object.freeze({ kind: 'minus', from: from.from, remove: Object.freeze([...from.remove, ...remove]) })
    : Object.freeze({ kind: 'minus', from, remove: Object.freeze([...remove]) })
}

/** Everyone known who is not in `of`. */
export function not(of: Expression): Expression {
  return Object.freeze({ kind: 'not', of })
}

/** The direct parts of an expression, in the order of its text. */
export function partsOf(of: Expression): readonly Expression[] {
  switch (of.kind) {
    case 'event':
    case 'attribute':
    case 'segment':
      return []
    case 'and':
    case 'or':
    case 'xor':
      return of.items
    case 'minus':
      return [of.from, ...of.remove]
    case 'not':
      return [of.of]
    default:
      return of satisfies never
  }
}

/** All leaves, in the order of the text. */
export function leavesOf(of: Expression): readonly Expression[] {
  const leaves: Expression[] = []
  const waiting = [of]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const parts = partsOf(next)
    if (parts.length === 0) leaves.push(next)
    for (const part of parts.toReversed()) waiting.push(part)
  }
  return leaves
}

/**
 * Works an expression out from its leaves to its whole, without recursion: trees of any depth do. A part that stands
 * in several places is worked out once.
 * @param make is given a part and the values of its own parts
 */
export function fold<Value extends object | number>(
  of: Expression,
  make: (of: Expression, parts: readonly Value[]) => Value,
): Value {
  const made = new Map<Expression, Value>()
  const waiting = [of]
  for (;;) {
    const next = waiting.at(-1) ?? of
    const parts = partsOf(next)
    const missing = parts.filter((part) => !made.has(part))
    for (const part of missing.toReversed()) waiting.push(part)
    if (missing.length > 0) continue
    const value =
      made.get(next) ??
      make(
        next,
        parts.map((part) => made.get(part)).filter((part) => part !== undefined),
      )
    made.set(next, value)
    waiting.pop()
    if (waiting.length === 0) return value
  }
}

/** The same expression with other leaves. */
export function replaceLeaves(of: Expression, change: (leaf: Expression) => Expression): Expression {
  return fold<Expression>(of, (part, parts) => {
    const [first = part, ...others] = parts
    switch (part.kind) {
      case 'event':
      case 'attribute':
      case 'segment':
        return Object.freeze(change(part))
      case 'and':
      case 'or':
      case 'xor':
        return combine(part.kind, parts)
      case 'minus':
        return minus(first, ...others)
      case 'not':
        return not(first)
      default:
        return part satisfies never
    }
  })
}

/** Whether two expressions are one: their canonical texts are the same. */
export function isSame(one: Expression, other: Expression): boolean {
  const compared = new Map<Expression, Expression>()
  const waiting: (readonly [Expression, Expression])[] = [[one, other]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [a, b] = next
    if (a === b || compared.get(a) === b) continue
    compared.set(a, b)
    const [parts, others] = [partsOf(a), partsOf(b)]
    if (a.kind !== b.kind || parts.length !== others.length) return false
    if (parts.length === 0 && !isSameLeaf(a, b)) return false
    for (const [i, part] of parts.entries()) waiting.push([part, others[i] ?? part])
  }
  return true
}

function isSameLeaf(a: Expression, b: Expression): boolean {
  if (!('name' in a && 'name' in b) || a.name !== b.name) return false
  const [at, other] = [a, b].map((leaf) => (leaf.kind === 'event' ? leaf.at : null))
  return at?.unit === other?.unit && at?.index === other?.index
}

/** The names of its events, each once; `floating` gives only those without `@`. */
export function eventsOf(of: Expression, { floating = false } = {}): readonly string[] {
  const leaves = leavesOf(of).flatMap((leaf) =>
    leaf.kind === 'event' && !(floating && leaf.at !== null) ? [leaf.name] : [],
  )
  return [...new Set(leaves)]
}

/** Levels of nesting: 1 for a leaf. */
export function depthOf(of: Expression): number {
  return fold<number>(of, (_, parts) => parts.reduce((most, part) => Math.max(most, part), 0) + 1)
}

/**
 * Refuses a tree that is larger than one that somebody writes, and returns it.
 * @throws BAD_EXPRESSION over 64 leaves or 32 levels
 */
export function checkSize(of: Expression, field = 'expression'): Expression {
  const { leaves, depth } = EXPRESSION_LIMITS
  const size = leavesOf(of).length
  if (size > leaves)
    throw new BitcohortError('BAD_EXPRESSION', expected(field, `at most ${leaves} leaves`, size), { field })
  const levels = depthOf(of)
  if (levels > depth)
    throw new BitcohortError('BAD_EXPRESSION', expected(field, `at most ${depth} levels`, levels), { field })
  return of
}
