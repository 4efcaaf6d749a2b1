import { z } from 'zod'
import type { RetentionLook } from './view'

/** The cookie that keeps a reader's display settings. */
export const DISPLAY_COOKIE = 'bitcohort-display'
/** One year. */
export const DISPLAY_SECONDS = 31_536_000

export const THEMES = ['auto', 'light', 'dark'] as const
export const displaySchema = z.object({
  theme: z.enum(THEMES),
  values: z.enum(['rate', 'count']),
  order: z.enum(['newest', 'oldest']),
})

/** How a reader wants pages to look where their address does not say. */
export interface Display extends Pick<RetentionLook, 'values' | 'order'> {
  readonly theme: (typeof THEMES)[number]
}

export const USUAL_DISPLAY: Display = { theme: 'auto', values: 'rate', order: 'newest' }

/** Reads the cookie's text; the usual settings where it is absent or not ours. */
export function parseDisplay(text: string | undefined): Display {
  const [theme, values, order] = (text ?? '').split('.')
  const read = displaySchema.safeParse({ theme, values, order })
  return read.success ? read.data : USUAL_DISPLAY
}

/** The cookie's text. Inverse of `parseDisplay`. */
export function printDisplay({ theme, values, order }: Display): string {
  return [theme, values, order].join('.')
}
