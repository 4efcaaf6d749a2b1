'use client'

import { createContext, useContext } from 'react'
import type { IdMode } from '../../lib/bitmapist/face'

const IdModeContext = createContext<IdMode>('integer')

/** Says everywhere below how this project has ids. */
export const IdModeProvider = IdModeContext.Provider

/** What a field that takes a user's id says of itself. */
export function useIdInput() {
  const mode = useContext(IdModeContext)
  switch (mode) {
    case 'integer':
      return { inputMode: 'numeric', maxLength: 20, placeholder: 'A whole number' } as const
    case 'mapped':
      return { inputMode: 'text', maxLength: 256, placeholder: 'Number, UUID, e-mail …' } as const
    default:
      return mode satisfies never
  }
}
