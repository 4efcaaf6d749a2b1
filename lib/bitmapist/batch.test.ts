import { describe, expect, it } from 'vitest'
import { MARKS_A_WRITE, writeAll } from './batch'
import type { Mark } from './mark'

describe('writeAll', () => {
  const taken = { count: 0, isClosed: false }
  const source = function* (count: number): Generator<Mark> {
    taken.count = 0
    taken.isClosed = false
    try {
      for (; taken.count < count; ) {
        taken.count++
        yield { event: 'a', user: 1 }
      }
    } finally {
      taken.isClosed = true
    }
  }
  /** Until nothing more happens by itself. */
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('does not read on while two writes wait', async () => {
    const waiting: (() => void)[] = []
    const sizes: number[] = []
    const done = writeAll(source(MARKS_A_WRITE * 3 + 5), (marks) => {
      sizes.push(marks.length)
      return new Promise((resolve) => waiting.push(resolve))
    })
    for (const [written, read] of [
      [1, 2],
      [2, 3],
    ] as const) {
      await settled()
      expect([sizes.length, taken.count]).toEqual([written, read * MARKS_A_WRITE])
      waiting.shift()?.()
    }
    for (let i = 0; i < 2; i++) {
      await settled()
      waiting.shift()?.()
    }
    expect(await done).toBe(MARKS_A_WRITE * 3 + 5)
    expect(sizes).toEqual([MARKS_A_WRITE, MARKS_A_WRITE, MARKS_A_WRITE, 5])
  })

  it('stops reading where a write fails, and closes the source', async () => {
    const done = writeAll(source(MARKS_A_WRITE * 9), async () => {
      throw new Error('full')
    })
    await expect(done).rejects.toThrow('full')
    expect(taken.count).toBeLessThanOrEqual(MARKS_A_WRITE * 2)
    expect(taken.isClosed).toBe(true)
  })

  it('passes on what the source throws, once nothing is under way', async () => {
    let isWritten = false
    const broken = function* (): Generator<Mark> {
      yield* source(MARKS_A_WRITE)
      throw new Error('broken')
    }
    const done = writeAll(broken(), async () => {
      await settled()
      isWritten = true
    })
    await expect(done).rejects.toThrow('broken')
    expect(isWritten).toBe(true)
  })
})
