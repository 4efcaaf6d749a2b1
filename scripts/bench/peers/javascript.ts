import { type Bitmap, wordsOf } from '../bitmap'
import type { Triangle } from './bitop'

/** Words of each bitmap that are counted before the next ones: all bitmaps' together stay in the second-level cache. */
const BLOCK = 2048
/** Words of a row that are looked at for being empty at once. */
const SUB_BLOCK = 256

/**
 * The triangle of counts by a loop over 32-bit words in plain JavaScript, the bitmaps in memory: what the engine would be
 * without WebAssembly. Empty stretches of a row are skipped.
 */
export function countGrid(rows: readonly Bitmap[], columns: readonly Bitmap[]): Triangle {
  const rowWords = rows.map(signedWords)
  const columnWords = columns.map(signedWords)
  const counts = rows.map((_, r) => columns.slice(r).map(() => 0))
  const length = Math.max(0, ...rowWords.map((words) => words.length))
  for (let from = 0; from < length; from += BLOCK)
    rowWords.forEach((row, r) => {
      const found = counts[r] ?? []
      for (let at = from; at < Math.min(from + BLOCK, length); at += SUB_BLOCK) {
        const end = Math.min(at + SUB_BLOCK, length)
        if (isEmpty(row, at, end)) continue
        for (let k = 0; k < found.length; k++)
          found[k] = (found[k] ?? 0) + countBoth(row, columnWords[r + k] ?? row, at, end)
      }
    })
  return counts
}

/** Signed words are numbers that V8 keeps in registers. */
function signedWords(bitmap: Bitmap): Int32Array {
  const words = wordsOf(bitmap)
  return new Int32Array(words.buffer, words.byteOffset, words.length)
}

function isEmpty(words: Int32Array, from: number, end: number): boolean {
  for (let i = from; i < end; i++) if (words[i] !== 0) return false
  return true
}

function countBoth(a: Int32Array, b: Int32Array, from: number, end: number): number {
  let sum = 0
  for (let i = from; i < end; i++) {
    let v = (a[i] as number) & (b[i] as number)
    v = (v - ((v >>> 1) & 0x55555555)) | 0
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
    sum += Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return sum
}
