/** Bitmaps in memory, in the order of Redis' SETBIT: bit 0 is the highest of byte 0. Their bytes are a multiple of 8. */
export type Bitmap = Uint8Array

/** @param users a multiple of 64 */
export function emptyBitmap(users: number): Bitmap {
  return new Uint8Array(users / 8)
}

export function wordsOf(bitmap: Bitmap): Uint32Array {
  return new Uint32Array(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength >> 2)
}

/** A new bitmap, word by word. */
export function combine(a: Bitmap, b: Bitmap, word: (x: number, y: number) => number): Bitmap {
  const result = new Uint8Array(a.byteLength)
  const [x, y, z] = [wordsOf(a), wordsOf(b), wordsOf(result)]
  for (let i = 0; i < z.length; i++) z[i] = word(x[i] ?? 0, y[i] ?? 0)
  return result
}

export const and = (a: Bitmap, b: Bitmap) => combine(a, b, (x, y) => x & y)
export const or = (a: Bitmap, b: Bitmap) => combine(a, b, (x, y) => x | y)
export const xor = (a: Bitmap, b: Bitmap) => combine(a, b, (x, y) => x ^ y)
export const minus = (a: Bitmap, b: Bitmap) => combine(a, b, (x, y) => x & ~y)

/** Calls back with each user, ascending. */
export function eachUser(bitmap: Bitmap, visit: (user: number) => void): void {
  for (let i = 0; i < bitmap.length; i++)
    for (let byte = bitmap[i] ?? 0; byte !== 0; ) {
      const bit = Math.clz32(byte) - 24
      visit(i * 8 + bit)
      byte ^= 0x80 >> bit
    }
}

/** The same users under other ids: `places[user]`. */
export function renumber(bitmap: Bitmap, places: Uint32Array): Bitmap {
  const result = new Uint8Array(bitmap.byteLength)
  eachUser(bitmap, (user) => {
    const place = places[user] ?? 0
    result[place >> 3] = (result[place >> 3] ?? 0) | (0x80 >> (place & 7))
  })
  return result
}
