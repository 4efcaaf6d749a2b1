import { describe, expect, it } from 'vitest'
import { bracketsText, readBrackets } from './columns-picker'

describe('readBrackets', () => {
  it('reads back what bracketsText writes, dashes and spaces as they come', () => {
    const brackets = [
      [0, 0],
      [1, 3],
      [4, 7],
    ] as const
    expect(bracketsText(brackets)).toBe('0, 1–3, 4–7')
    for (const text of [bracketsText(brackets), '0,1-3,4-7', ' 0 , 1 - 3,4—7 '])
      expect(readBrackets(text)).toEqual({ brackets })
  })

  it.each(['1-', 'a', '3-1', '0,0', '0-3,2-5', '1,,2', '0-366'])('says why "%s" is none', (text) => {
    expect(readBrackets(text)).toEqual({ problem: expect.stringMatching(/^expected offsets/) })
  })
})
