import type { Bitmap } from '../bitmap'

/**
 * Reads every byte once at the speed of memory: a comparison with itself, which the C library's `memcmp` does by the
 * widest loads that there are; the second look at a byte meets the first-level cache. Sums in JavaScript or a copy are
 * slower.
 */
export function readOnce(bitmaps: readonly Bitmap[]): boolean {
  return bitmaps.every((bitmap) => bufferOf(bitmap).equals(bufferOf(bitmap)))
}

function bufferOf({ buffer, byteOffset, byteLength }: Bitmap): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
