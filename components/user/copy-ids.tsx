'use client'

import { type MouseEvent, type ReactNode, useState } from 'react'
import { idText } from './words'

const SHOWN_MS = 1500

/** Copies the id of the pressed button, which it has percent-encoded: one listener for a thousand of them. */
export function CopyIds({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState('')
  const copy = async ({ target }: MouseEvent) => {
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-copy]') : null
    const encoded = button?.dataset.copy
    if (!button || encoded === undefined) return
    const id = decodeURIComponent(encoded)
    await navigator.clipboard.writeText(id)
    button.dataset.copied = ''
    setSaid(`Copied ${idText(id)}`)
    setTimeout(() => delete button.dataset.copied, SHOWN_MS)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside are what is pressed
    // biome-ignore lint/a11y/useKeyWithClickEvents: a button's Enter is a click too
    <div onClick={(event) => void copy(event)}>
      {children}
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  )
}
