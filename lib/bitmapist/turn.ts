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
