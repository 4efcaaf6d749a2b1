import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const CSS = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8')

/** The variables of one theme's block of the style sheet. */
function variables(theme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const block = CSS.split(`[data-mantine-color-scheme="${theme}"] {`)[1]?.split('}')[0] ?? ''
  return new Map(
    [...block.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const HEAT = [1, 2, 3, 4, 5, 6, 7, 8, 9]

describe('the colours of the grid', () => {
  it('are those that the design names', () => {
    const scale = (theme: 'light' | 'dark') => HEAT.map((step) => variables(theme).get(`--heat-${step}`))
    expect(scale('light').join(' ')).toBe(
      '#e8f6fe #c4e1f5 #a2cbeb #82b5e1 #659ed5 #4c87c7 #3770b6 #2759a4 #1b428f',
    )
    expect(scale('dark').join(' ')).toBe(
      '#212e45 #2a3e5c #315074 #38638b #3e77a3 #448cb9 #4ca1ce #57b7e1 #65cdf3',
    )
  })

  it.each(['light', 'dark'] as const)('carry readable text in %s', (theme) => {
    const all = variables(theme)
    const of = (name: string) => all.get(name) ?? ''
    const ink = (step: number) => of(step < 6 ? '--heat-ink-a' : step === 6 ? '--heat-ink-6' : '--heat-ink-b')
    const least = theme === 'light' ? 4.64 : 4.8
    for (const step of HEAT) expect(contrast(of(`--heat-${step}`), ink(step))).toBeGreaterThanOrEqual(least)
    for (const side of ['up', 'down'])
      for (const step of [1, 2, 3, 4]) {
        const text = of(step === 4 ? '--drift-ink-end' : '--drift-ink')
        expect(contrast(of(`--drift-${side}-${step}`), text), `${side} ${step}`).toBeGreaterThanOrEqual(4.5)
      }
    for (const text of ['--ink', '--ink-dim', '--accent', '--good', '--bad', '--warn'])
      for (const ground of ['--page', '--panel', '--neutral'])
        expect(contrast(of(text), of(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })
})
