'use client'

import { useEffect, useRef } from 'react'

/** Inside a form: choosing from one of its lists asks at once. Dates wait for the button, they change with every key. */
export function ChangeSubmits() {
  const mark = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const form = mark.current?.closest('form')
    const ask = ({ target }: Event) => {
      if (target instanceof HTMLSelectElement) form?.requestSubmit()
    }
    form?.addEventListener('change', ask)
    return () => form?.removeEventListener('change', ask)
  }, [])
  return <span ref={mark} hidden />
}
