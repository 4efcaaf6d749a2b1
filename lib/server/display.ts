import 'server-only'
import { cookies } from 'next/headers'
import { z } from 'zod'
import {
  DISPLAY_COOKIE,
  DISPLAY_SECONDS,
  type Display,
  ORDERS,
  parseDisplay,
  printDisplay,
  THEMES,
  VALUES,
} from '../query/display'

/** What the form sends. */
export const displaySchema = z.object({
  theme: z.enum(THEMES),
  values: z.enum(VALUES),
  order: z.enum(ORDERS),
})

/** The display settings that this reader keeps. */
export async function readDisplay(): Promise<Display> {
  return parseDisplay((await cookies()).get(DISPLAY_COOKIE)?.value)
}

/** Keeps them; in an action only. */
export async function keepDisplay(display: Display): Promise<void> {
  const jar = await cookies()
  // The theme switch changes it in the browser too, so scripts may read it: it holds no secret.
  jar.set(DISPLAY_COOKIE, printDisplay(display), { path: '/', maxAge: DISPLAY_SECONDS, sameSite: 'lax' })
}
