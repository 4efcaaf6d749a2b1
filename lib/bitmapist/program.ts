import type { Node, Step } from './plan'

/** The largest piece of a bitmap that is read and computed at once, bytes. */
const MAX_BLOCK = 256 * 1024
const MIN_BLOCK = 512
/** Bitmaps × block at most, bytes: past about 27 MB of replies a round, Redis and Node are several times slower. */
const ROUND_BYTES = 24 * 1024 * 1024

/** A bitmap that is read, and its place in memory. */
export interface Leaf {
  readonly key: string
  readonly node: Node
  readonly slot: number
}

/** A bitmap that is made of others, and its place in memory. */
export interface Operation {
  readonly op: 'and' | 'or' | 'xor' | 'minus'
  readonly node: Node
  readonly slot: number
  readonly inputs: readonly Node[]
}

/** A plan with a memory slot for each bitmap: leaves keep theirs, results give it back after their last use. */
export interface Program {
  /** In slots 0 to `leaves.length − 1`. */
  readonly leaves: readonly Leaf[]
  readonly operations: readonly Operation[]
  readonly slots: number
}

/**
 * Lays a plan's bitmaps out in slots. Steps that no output needs are left out.
 * @param outputs keep their slots to the end
 */
export function layOut(steps: readonly Step[], outputs: readonly Node[]): Program {
  const used = usedNodes(steps, outputs)
  const leaves: Leaf[] = []
  steps.forEach((step, node) => {
    if (step.op === 'leaf' && used.has(node)) leaves.push({ key: step.key, node, slot: leaves.length })
  })
  const lastUse = lastUses(steps, used)
  for (const node of outputs) lastUse.delete(node)
  const slotOf = new Map<Node, number>()
  const free: number[] = []
  let slots = leaves.length
  const operations = steps.flatMap((step, node): Operation[] => {
    if (step.op === 'leaf' || !used.has(node) || step.inputs.length === 0) return []
    // The result's slot is taken before its inputs' are given back: no operation writes over what it still reads.
    const slot = free.pop() ?? slots++
    slotOf.set(node, slot)
    for (const input of new Set(step.inputs)) {
      const released = slotOf.get(input)
      if (released !== undefined && lastUse.get(input) === node) free.push(released)
    }
    return [{ op: step.op, node, slot, inputs: step.inputs }]
  })
  return { leaves, operations, slots }
}

/** Bytes of a block: a power of two ≤ 256 KiB, so that slots × block stays within a round. */
export function blockSize(slots: number): number {
  let size = MAX_BLOCK
  while (size > MIN_BLOCK && size * slots > ROUND_BYTES) size /= 2
  return size
}

function usedNodes(steps: readonly Step[], outputs: readonly Node[]): ReadonlySet<Node> {
  const used = new Set(outputs)
  for (let node = steps.length - 1; node >= 0; node--) {
    const step = steps[node]
    if (step && step.op !== 'leaf' && used.has(node)) for (const input of step.inputs) used.add(input)
  }
  return used
}

/** The step after which a node is not looked at any more. */
function lastUses(steps: readonly Step[], used: ReadonlySet<Node>): Map<Node, Node> {
  const last = new Map<Node, Node>()
  steps.forEach((step, node) => {
    if (step.op !== 'leaf' && used.has(node)) for (const input of step.inputs) last.set(input, node)
  })
  return last
}
