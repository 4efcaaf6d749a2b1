import { CHUNK_MAX, CHUNK_MIN } from './kernel/chunk'
import type { SetOperation } from './kernel/kernel'
import type { Node, Step } from './plan'
import { isDue, nextTurn } from './turn'

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
 * Lays a plan's bitmaps out. Steps that no output needs are left out. Of a large plan others get their turns meanwhile.
 * @param outputs keep their slots to the end
 * @param isKnown whether a step's result need not be computed
 */
export async function layOut(
  steps: readonly Step[],
  outputs: readonly Node[],
  isKnown: (node: Node) => boolean = () => false,
): Promise<Program> {
  const uses = await usesOf(steps, outputs, isKnown)
  const registerOf = new Int32Array(steps.length).fill(-1)
  const sources: Source[] = []
  const computed: Node[] = []
  for (let node = 0; node < uses.length; node++) {
    const use = uses[node]
    if (use === UNUSED) continue
    if (isTimeToLook(node) && isDue()) await nextTurn()
    if (use === COMPUTED) {
      computed.push(node)
      continue
    }
    const step = steps[node]
    registerOf[node] = sources.length
    sources.push({ node, key: step?.op === 'leaf' ? step.key : null })
  }
  return { sources, registerOf, ...(await operate(steps, { outputs, computed, registerOf, sources })) }
}

interface Laid {
  readonly outputs: readonly Node[]
  /** The results that are to be computed, in the order of the plan. */
  readonly computed: readonly Node[]
  readonly registerOf: Int32Array
  readonly sources: readonly Source[]
}

/** Gives what is computed its registers, after those of the sources, and its slots. */
async function operate(steps: readonly Step[], { outputs, computed, registerOf, sources }: Laid) {
  const operations: Operation[] = []
  if (computed.length === 0) return { operations, registers: sources.length, slots: 0 }
  const slots = new Slots(lastUses(steps, computed), outputs)
  if (isDue()) await nextTurn()
  let registers = sources.length
  for (const node of computed) {
    if (isTimeToLook(node) && isDue()) await nextTurn()
    const step = steps[node]
    if (!step || step.op === 'leaf' || step.inputs.length === 0) continue
    const register = registers++
    registerOf[node] = register
    const inputs = new Int32Array(step.inputs.length)
    for (let i = 0; i < inputs.length; i++) inputs[i] = registerOf[step.inputs[i] ?? -1] ?? -1
    operations.push({ op: step.op, node, register, inputs, slot: slots.take(node, step.inputs) })
  }
  return { operations, registers, slots: slots.count }
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

/** Nodes between two looks at the clock. */
const NODES_A_LOOK = 512

function isTimeToLook(node: Node): boolean {
  return node % NODES_A_LOOK === 0
}

/** How a program has a bitmap: not at all, from outside, or by an operation. */
const [UNUSED, GIVEN, COMPUTED] = [0, 1, 2]

/** By node. From the outputs on: of a plan of which much is known, most is not looked at. */
async function usesOf(
  steps: readonly Step[],
  outputs: readonly Node[],
  isKnown: (node: Node) => boolean,
): Promise<Uint8Array> {
  const uses = new Uint8Array(steps.length)
  for (const node of outputs) uses[node] = GIVEN
  for (let node = steps.length - 1; node >= 0; node--) {
    if (uses[node] === UNUSED) continue
    if (isTimeToLook(node) && isDue()) await nextTurn()
    const step = steps[node]
    if (!step || step.op === 'leaf' || isKnown(node)) continue
    uses[node] = COMPUTED
    const { inputs } = step
    for (let i = 0; i < inputs.length; i++) uses[inputs[i] ?? -1] = GIVEN
  }
  return uses
}

function lastUses(steps: readonly Step[], computed: readonly Node[]): Int32Array {
  const last = new Int32Array(steps.length).fill(-1)
  for (const node of computed) {
    const step = steps[node]
    if (step && step.op !== 'leaf') for (const input of step.inputs) last[input] = node
  }
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
  const readAt = (piece: number, enough = Number.POSITIVE_INFINITY) => {
    let sum = 0
    for (let i = 0; i < lengths.length && sum <= enough; i++) sum += Math.min(lengths[i] ?? 0, piece)
    return sum
  }
  const computedAt = (unit: number) => slots * Math.min(longest, unit)
  let piece = MAX_PIECE
  while (piece > CHUNK_MIN && readAt(piece, ROUND_BYTES) > ROUND_BYTES) piece /= 2
  let unit = Math.min(piece, CHUNK_MAX)
  while (unit > CHUNK_MIN && computedAt(unit) > RESULT_BYTES) unit /= 2
  // One round's pieces, and the next one's, which come meanwhile.
  return { unit, piece, bytes: 2 * readAt(piece) + computedAt(unit) }
}
