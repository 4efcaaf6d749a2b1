'use client'

import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { RAIL_COOKIE } from './rail-cookie'

interface RailState {
  readonly narrow: boolean
  readonly setNarrow: (narrow: boolean) => void
}

const RailContext = createContext<RailState>({ narrow: false, setNarrow: () => undefined })

export function RailProvider({
  narrow,
  children,
}: {
  readonly narrow: boolean
  readonly children: ReactNode
}) {
  const [value, setValue] = useState(narrow)
  const state = useMemo(
    () => ({
      narrow: value,
      setNarrow: (next: boolean) => {
        setValue(next)
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context, and HTTP hosts exist
        document.cookie = `${RAIL_COOKIE}=${next ? 'narrow' : 'wide'}; path=/; max-age=31536000; samesite=lax`
      },
    }),
    [value],
  )
  return <RailContext value={state}>{children}</RailContext>
}

export function useRail(): RailState {
  return useContext(RailContext)
}
