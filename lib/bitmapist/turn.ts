/** Milliseconds of work after which other requests get a turn. */
const SLICE_MS = 4

let began = 0

/**
 * Whether this process has worked for long enough since the last turn: whatever walks there are share one event loop,
 * and with it one slice.
 */
export function isDue(): boolean {
  return performance.now() - began > SLICE_MS
}

/** Lets other work of the process go on. */
export async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  began = performance.now()
}

/** Items between two looks at the clock. */
const ITEMS_A_LOOK = 1000

/**
 * Visits items in their order; where there are many others get their turns meanwhile. The first thousand, and with
 * them all that most callers have, are visited before anything else runs.
 */
export async function inTurns<Item>(
  items: readonly Item[],
  visit: (item: Item, index: number) => void,
): Promise<void> {
  for (let from = 0; from < items.length; from += ITEMS_A_LOOK) {
    if (from > 0 && isDue()) await nextTurn()
    const end = Math.min(from + ITEMS_A_LOOK, items.length)
    for (let i = from; i < end; i++) visit(items[i] as Item, i)
  }
}
