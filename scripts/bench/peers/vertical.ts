import { type Bitmap, eachUser, wordsOf } from '../bitmap'

/** As many as five binary digits count to. */
const MOST = 31

/** users[v − 1]: how many users are in exactly v of the bitmaps, by a count for each user: slow, and plainly right. */
export function countEach(bitmaps: readonly Bitmap[], users: number): readonly number[] {
  const days = new Uint8Array(users)
  for (const bitmap of bitmaps)
    eachUser(bitmap, (user) => {
      days[user] = (days[user] ?? 0) + 1
    })
  const found = bitmaps.map(() => 0)
  for (const v of days) if (v > 0) found[v - 1] = (found[v - 1] ?? 0) + 1
  return found
}

/**
 * The same for 31 bitmaps at most by plain JavaScript at its best: the bits of a word are added up in five words, one a
 * binary digit, and the users of each sum are what is left of these by halves.
 */
export function countVertical(bitmaps: readonly Bitmap[]): readonly number[] {
  if (bitmaps.length > MOST) throw new RangeError(`at most ${MOST} bitmaps, got ${bitmaps.length}`)
  const all = bitmaps.map(wordsOf)
  const counts = new Float64Array(MOST + 1)
  const length = Math.max(0, ...all.map((words) => words.length))
  const digits = new Int32Array(5)
  for (let i = 0; i < length; i++) {
    digits.fill(0)
    for (const words of all)
      for (let carry = words[i] ?? 0, d = 0; carry !== 0; d++) {
        const digit = digits[d] ?? 0
        digits[d] = digit ^ carry
        carry &= digit
      }
    halve({ digits, counts }, { users: -1, digit: 4, sum: 0 })
  }
  return bitmaps.map((_, k) => counts[k + 1] ?? 0)
}

interface Half {
  readonly users: number
  readonly digit: number
  readonly sum: number
}

function halve(
  all: { readonly digits: Int32Array; readonly counts: Float64Array },
  { users, digit, sum }: Half,
): void {
  if (users === 0) return
  if (digit < 0) {
    all.counts[sum] = (all.counts[sum] ?? 0) + countBits(users)
    return
  }
  const ones = all.digits[digit] ?? 0
  halve(all, { users: users & ones, digit: digit - 1, sum: sum + (1 << digit) })
  halve(all, { users: users & ~ones, digit: digit - 1, sum })
}

function countBits(word: number): number {
  let v = (word - ((word >>> 1) & 0x55555555)) | 0
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
