import { and, type Bitmap, minus, or, xor } from './bitmap'
import { drawUsers, keysOf, makeActivity, type Shape, store } from './data'
import type { Lab } from './lab'
import { PREFIX } from './ours'

/** Events that lie in each period beside `active`, with the chance (of 256) that a user did them. */
const EVENTS = { web: 128, ios: 64, staff: 16, song: 96, beta: 48 } as const

type Name = keyof typeof EVENTS | 'active'

/** An expression, and the set that it is, from the sets of its events. */
export interface Nested {
  readonly leaves: number
  readonly text: string
  readonly of: (event: (name: Name) => Bitmap) => Bitmap
}

/** One to six events, nested. */
export const NESTED: readonly Nested[] = [
  { leaves: 1, text: 'active', of: (e) => e('active') },
  { leaves: 2, text: 'active & web', of: (e) => and(e('active'), e('web')) },
  {
    leaves: 3,
    text: 'active & (web | ios)',
    of: (e) => and(e('active'), or(e('web'), e('ios'))),
  },
  {
    leaves: 6,
    text: '((active & (web | ios)) - staff) ^ (song & beta)',
    of: (e) => xor(minus(and(e('active'), or(e('web'), e('ios'))), e('staff')), and(e('song'), e('beta'))),
  },
]

/** Stores all events; returns what an expression is in each period. */
export async function storeEvents(lab: Lab, shape: Shape): Promise<(of: Nested) => readonly Bitmap[]> {
  const bitmaps = new Map<Name, readonly Bitmap[]>([['active', makeActivity(shape).active]])
  let seed = shape.seed
  for (const [name, chance] of Object.entries(EVENTS) as [Name, number][])
    bitmaps.set(
      name,
      Array.from({ length: shape.count }, () => drawUsers(shape.users, chance, ++seed)),
    )
  for (const [name, periods] of bitmaps) await store(lab.other, keysOf(PREFIX, name, shape), periods)
  const at = (name: Name, p: number) => {
    const bitmap = bitmaps.get(name)?.[p]
    if (bitmap === undefined) throw new RangeError(`no ${name} in period ${p}`)
    return bitmap
  }
  return ({ of }) => Array.from({ length: shape.count }, (_, p) => of((name) => at(name, p)))
}
