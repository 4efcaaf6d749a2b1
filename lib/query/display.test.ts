import { describe, expect, it } from 'vitest'
import { type Display, parseDisplay, printDisplay, THEMES, USUAL_DISPLAY } from './display'

describe('parseDisplay', () => {
  it('reads back what printDisplay writes', () => {
    for (const theme of THEMES)
      for (const values of ['rate', 'count'] as const)
        for (const order of ['newest', 'oldest'] as const) {
          const display: Display = { theme, values, order }
          expect(parseDisplay(printDisplay(display))).toEqual(display)
        }
  })

  it.each([undefined, '', 'dark', 'dark.rate', 'black.rate.newest', 'dark.rate.newest.x"', '%'])(
    'takes %s for the usual settings, or passes over what follows',
    (text) => {
      const { theme } = parseDisplay(text)
      expect(theme).toBe(text?.startsWith('dark.rate.newest') ? 'dark' : USUAL_DISPLAY.theme)
    },
  )
})
