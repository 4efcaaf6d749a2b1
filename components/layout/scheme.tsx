'use client'

import { type MantineColorSchemeManager, useMantineColorScheme } from '@mantine/core'
import { useEffect } from 'react'
import {
  DISPLAY_COOKIE,
  DISPLAY_SECONDS,
  type Display,
  parseDisplay,
  printDisplay,
} from '../../lib/query/display'

function cookieText(): string | undefined {
  return document.cookie
    .split('; ')
    .find((pair) => pair.startsWith(`${DISPLAY_COOKIE}=`))
    ?.slice(DISPLAY_COOKIE.length + 1)
}

/** The theme lives in the cookie of the display settings, which the server reads before the first frame. */
export const schemeManager: MantineColorSchemeManager = {
  get: (fallback) => fallback,
  set: (theme) => {
    const text = printDisplay({ ...parseDisplay(cookieText()), theme })
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context, and HTTP hosts exist
    document.cookie = `${DISPLAY_COOKIE}=${text}; path=/; max-age=${DISPLAY_SECONDS}; samesite=lax`
  },
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
}

/** Follows the theme where the settings page changed it. */
export function FollowTheme({ theme }: Pick<Display, 'theme'>) {
  const { setColorScheme } = useMantineColorScheme()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the switch in the bar must not be set back by a render
  useEffect(() => setColorScheme(theme), [theme])
  return null
}
