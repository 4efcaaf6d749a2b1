import type { RetentionLook } from './view'

/** The cookie that keeps a reader's display settings. */
export const DISPLAY_COOKIE = 'bitcohort-display'
/** One year. */
export const DISPLAY_SECONDS = 31_536_000

export const THEMES = ['auto', 'light', 'dark'] as const
export const VALUES = ['rate', 'count'] as const
export const ORDERS = ['newest', 'oldest'] as const

/** How a reader wants pages to look where their address does not say. */
export interface Display extends Pick<RetentionLook, 'values' | 'order'> {
  readonly theme: (typeof THEMES)[number]
}

export const USUAL_DISPLAY: Display = { theme: 'auto', values: 'rate', order: 'newest' }

/** Reads the cookie's text; the usual settings where it is absent or not ours. */
export function parseDisplay(text: string | undefined): Display {
  const words = (text ?? '').split('.')
  const theme = THEMES.find((word) => word === words[0])
  const values = VALUES.find((word) => word === words[1])
  const order = ORDERS.find((word) => word === words[2])
  return theme && values && order ? { theme, values, order } : USUAL_DISPLAY
}

/** The cookie's text. Inverse of `parseDisplay`. */
export function printDisplay({ theme, values, order }: Display): string {
  return [theme, values, order].join('.')
}
