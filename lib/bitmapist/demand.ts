import type { Worth } from './loan'
import type { Name } from './names'

/** Bitmaps of which it is known; those that were asked for longest ago are forgotten. */
const MAX_NAMES = 20_000

/** When bitmaps that are not kept were asked for last, by the cache's time. */
export class Demand {
  private readonly times = new Map<Name, number>()

  /** Something is asked for that is not kept. @returns the time before which what leaves for it was used last */
  ask(name: Name, { worth, time }: { readonly worth: Worth; readonly time: number }): number {
    const last = this.times.get(name)
    this.note(name, time)
    switch (worth) {
      case 'input':
        return last ?? 0
      case 'leaf':
        // Not what this walk uses, or has just kept.
        return time
      case 'result':
        return last ?? time
      default:
        return worth satisfies never
    }
  }

  note(name: Name, time: number): void {
    this.times.delete(name)
    this.times.set(name, time)
    if (this.times.size <= MAX_NAMES) return
    for (const first of this.times.keys()) {
      this.times.delete(first)
      return
    }
  }

  /** It is kept. */
  forget(name: Name): void {
    this.times.delete(name)
  }

  clear(): void {
    this.times.clear()
  }
}
