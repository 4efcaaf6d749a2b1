import { describe, expect, it } from 'vitest'
import { ageOf, within } from './pace'

describe('ageOf', () => {
  const begun = new Date('2025-01-01T00:00:00Z')
  it.each([
    // What takes a moment is good for 20 times as long.
    [200, 200, 'fresh'],
    [200, 4199, 'fresh'],
    [200, 4200, 'stale'],
    [0, 0, 'stale'],
    // What takes longer for two minutes at least, and never has to be waited for.
    [251, 251, 'fresh'],
    [251, 120_250, 'fresh'],
    [251, 120_251, 'old'],
    [60_000, 1_259_999, 'fresh'],
    [60_000, 1_260_000, 'old'],
    // Another machine's clock is ahead.
    [200, -1, 'stale'],
    [251, -1, 'old'],
  ])('of a look that took %i ms and began %i ms ago is %s', (tookMs, agoMs, age) => {
    expect(ageOf({ begun, tookMs }, new Date(begun.getTime() + agoMs))).toBe(age)
  })
})

describe('within', () => {
  it('gives what comes in time, and null for what does not', async () => {
    expect(await within(10_000, Promise.resolve('here'))).toBe('here')
    expect(await within(1, new Promise(() => {}))).toBeNull()
    await expect(within(10_000, Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})
