/** Looks at all of the data that take no longer are made anew for each answer, and waited for. */
export const QUICK_MS = 250
/** Looking may take this part of the time: what was seen is used for 20 times as long as it took. */
const SHARE = 20
/** What takes longer is looked at this seldom at most. */
const LEAST_MS = 120_000

/** A look at all of the data: a scan of the keys, an adoption of users. */
export interface Past {
  readonly begun: Date
  readonly tookMs: number
}

/** `fresh`: as good as a new one. `stale`: to be made anew first. `old`: good enough until it was made anew behind. */
export type Age = 'fresh' | 'stale' | 'old'

/** What a past look is worth now. */
export function ageOf({ begun, tookMs }: Past, now: Date): Age {
  const isQuick = tookMs <= QUICK_MS
  const keptMs = isQuick ? tookMs * SHARE : Math.max(tookMs * SHARE, LEAST_MS)
  const ageMs = now.getTime() - begun.getTime() - tookMs
  // Where it lies ahead another machine's clock does.
  if (ageMs >= 0 && ageMs < keptMs) return 'fresh'
  return isQuick ? 'stale' : 'old'
}

/** Returns after a while. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What a promise gives; null where it takes longer. */
export async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
