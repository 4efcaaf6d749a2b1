import { CHUNK_MAX, CHUNK_MIN } from './kernel/chunk'
import type { SetOperation } from './kernel/kernel'
import type { Node, Step } from './plan'

/** The largest piece of a bitmap that is read at once, bytes. */
const MAX_PIECE = 256 * 1024
/** Bitmaps × piece at most, bytes: past about 27 MB of replies a round, Redis and Node are several times slower. */
const ROUND_BYTES = 16 * 1024 * 1024
/** Results × unit at most, bytes. */
const RESULT_BYTES = 32 * 1024 * 1024

/** A bitmap that a program does not compute. */
export interface Source {
  readonly node: Node
  /** Null for a result that is known already. */
  readonly key: string | null
}

/** A bitmap that is made of others, and its place in memory. */
export interface Operation {
  readonly op: SetOperation
  readonly node: Node
  /** Where its result is named. */
  readonly register: number
  /** Registers. */
  readonly inputs: Int32Array
  /** Which piece of working memory the result may lie in. */
  readonly slot: number
}

/**
 * A plan with a register for each bitmap, and a slot of working memory for each result: it is given back after the
 * result's last use.
 */
export interface Program {
  /** In registers 0 to `sources.length − 1`. */
  readonly sources: readonly Source[]
  readonly operations: readonly Operation[]
  readonly registers: number
  readonly slots: number
  /** By node; −1 where it has none. */
  readonly registerOf: Int32Array
}

/**
 * Lays a plan's bitmaps out. Steps that no output needs are left out.
 * @param outputs keep their slots to the end
 * @param isKnown whether a step's result need not be computed
 */
export function layOut(
  steps: readonly Step[],
  outputs: readonly Node[],
  isKnown: (node: Node) => boolean = () => false,
): Program {
  const used = usedNodes(steps, outputs, isKnown)
  const registerOf = new Int32Array(steps.length).fill(-1)
  const sources: Source[] = []
  steps.forEach((step, node) => {
    if (!used[node] || (step.op !== 'leaf' && !isKnown(node))) return
    registerOf[node] = sources.length
    sources.push({ node, key: step.op === 'leaf' ? step.key : null })
  })
  const slots = new Slots(lastUses(steps, used, registerOf), outputs)
  let registers = sources.length
  const operations: Operation[] = []
  for (const [node, step] of steps.entries()) {
    if (step.op === 'leaf' || !used[node] || registerOf[node] !== -1 || step.inputs.length === 0) continue
    const register = registers++
    registerOf[node] = register
    const inputs = Int32Array.from(step.inputs, (input) => registerOf[input] ?? -1)
    operations.push({ op: step.op, node, register, inputs, slot: slots.take(node, step.inputs) })
  }
  return { sources, operations, registers, slots: slots.count, registerOf }
}

/** The slots of results, as a program goes on. */
class Slots {
  count = 0
  private readonly free: number[] = []
  private readonly slotOf = new Map<Node, number>()

  /** @param lastUse of each node: the one that is computed with it last */
  constructor(
    private readonly lastUse: Int32Array,
    outputs: readonly Node[],
  ) {
    for (const node of outputs) lastUse[node] = -1
  }

  /** The slot is taken before its inputs' are given back: no operation writes over what it still reads. */
  take(node: Node, inputs: readonly Node[]): number {
    const slot = this.free.pop() ?? this.count++
    this.slotOf.set(node, slot)
    for (const input of inputs) {
      const released = this.lastUse[input] === node ? this.slotOf.get(input) : undefined
      if (released === undefined) continue
      this.free.push(released)
      this.slotOf.delete(input)
    }
    return slot
  }
}

function usedNodes(
  steps: readonly Step[],
  outputs: readonly Node[],
  isKnown: (node: Node) => boolean,
): Uint8Array {
  const used = new Uint8Array(steps.length)
  for (const node of outputs) used[node] = 1
  for (let node = steps.length - 1; node >= 0; node--) {
    const step = steps[node]
    if (!step || step.op === 'leaf' || !used[node] || isKnown(node)) continue
    for (const input of step.inputs) used[input] = 1
  }
  return used
}

function lastUses(steps: readonly Step[], used: Uint8Array, registerOf: Int32Array): Int32Array {
  const last = new Int32Array(steps.length).fill(-1)
  steps.forEach((step, node) => {
    if (step.op !== 'leaf' && used[node] && registerOf[node] === -1)
      for (const input of step.inputs) last[input] = node
  })
  return last
}

/** How much of the bitmaps a walk has at once. */
export interface Stride {
  /** Bytes of each bitmap that are computed at once: a power of two ≤ `CHUNK_MAX`. */
  readonly unit: number
  /** Bytes of each bitmap that are read at once: a multiple of `unit`. */
  readonly piece: number
  /** Working memory, bytes: the pieces of two rounds, and the results. */
  readonly bytes: number
}

/** What a walk has to hold. */
export interface Load {
  /** Bytes of the bitmaps that are read; Infinity of those of which it is not known. */
  readonly lengths: readonly number[]
  /** Results in working memory. */
  readonly slots: number
  /** Bytes of the longest bitmap; Infinity where it is not known. */
  readonly longest: number
}

/** Powers of two, so that what is read at once stays within a round, and the results within their own bound. */
export function strideOf({ lengths, slots, longest }: Load): Stride {
  const readAt = (piece: number) => lengths.reduce((sum, length) => sum + Math.min(length, piece), 0)
  const computedAt = (unit: number) => slots * Math.min(longest, unit)
  let piece = MAX_PIECE
  while (piece > CHUNK_MIN && readAt(piece) > ROUND_BYTES) piece /= 2
  let unit = Math.min(piece, CHUNK_MAX)
  while (unit > CHUNK_MIN && computedAt(unit) > RESULT_BYTES) unit /= 2
  // One round's pieces, and the next one's, which come meanwhile.
  return { unit, piece, bytes: 2 * readAt(piece) + computedAt(unit) }
}
