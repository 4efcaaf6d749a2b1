import type { Redis } from 'ioredis'
import { eventKey } from '../../lib/bitmapist/key'
import { type Period, range } from '../../lib/bitmapist/period'
import { type Bitmap, emptyBitmap, renumber, wordsOf } from './bitmap'
import { drawBits, random, shuffled } from './random'

/** Whether ids were given out in the order of sign-up, or say nothing of it. */
export type Order = 'sign-up' | 'random'

export interface Shape {
  /** A multiple of 64. */
  readonly users: number
  readonly first: Period
  readonly count: number
  readonly order: Order
  readonly seed: number
}

/** A product's periods: who signed up and who was active. */
export interface Activity extends Shape {
  readonly signup: readonly Bitmap[]
  readonly active: readonly Bitmap[]
}

/**
 * As many users sign up in each period. In it they are active; in the k-th after it with a chance that falls from 60 %
 * to 12 %.
 */
export function makeActivity(shape: Shape): Activity {
  const { users, count, order, seed } = shape
  const periods = Array.from({ length: count }, (_, p) => makePeriod(shape, p))
  const places = order === 'random' ? shuffled(users, random(seed)) : null
  const placed = (bitmap: Bitmap) => (places ? renumber(bitmap, places) : bitmap)
  return {
    ...shape,
    signup: periods.map(({ signup }) => placed(signup)),
    active: periods.map(({ active }) => placed(active)),
  }
}

/** One of the periods, ids in the order of sign-up. */
export function makePeriod({ users, count, seed }: Shape, p: number): { signup: Bitmap; active: Bitmap } {
  const next = random(seed * 1000 + p)
  const wordAt = (period: number) => Math.round(((users / 64) * period) / count) * 2
  const signup = emptyBitmap(users)
  const active = emptyBitmap(users)
  for (let joined = 0; joined <= p; joined++) {
    const chance = joined === p ? 256 : Math.round(256 * (0.12 + 0.48 / (p - joined)))
    drawBits(wordsOf(active).subarray(wordAt(joined), wordAt(joined + 1)), chance, next)
  }
  wordsOf(signup).fill(0xffffffff, wordAt(p), wordAt(p + 1))
  return { signup, active }
}

/** Some of the users, each with a chance of `chance` / 256. */
export function drawUsers(users: number, chance: number, seed: number): Bitmap {
  const bitmap = emptyBitmap(users)
  drawBits(wordsOf(bitmap), chance, random(seed))
  return bitmap
}

/** The keys that marks would have made of an event, period by period. */
export function keysOf(
  prefix: string,
  event: string,
  { first, count }: Pick<Shape, 'first' | 'count'>,
): readonly string[] {
  return range(first, count).map((of) => eventKey(prefix, event, of))
}

/**
 * Stores bitmaps in their whole length, with the zeros at their end that SETBIT would not have made: BITOP takes bitmaps
 * of one length by words and what is longer in one by bytes, several times slower. We read more that way.
 */
export async function store(
  redis: Redis,
  keys: readonly string[],
  bitmaps: readonly Bitmap[],
): Promise<void> {
  for (const [i, key] of keys.entries()) {
    const { buffer, byteOffset, byteLength } = bitmaps[i] ?? new Uint8Array()
    await redis.set(key, Buffer.from(buffer, byteOffset, byteLength))
  }
}
