import 'server-only'
import { cookies } from 'next/headers'
import { DISPLAY_COOKIE, DISPLAY_SECONDS, type Display, parseDisplay, printDisplay } from '../query/display'

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
