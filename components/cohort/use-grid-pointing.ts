'use client'

import { type Dispatch, type RefObject, type SetStateAction, useEffect } from 'react'

/** The element of a grid that is spoken of. */
export interface Shown {
  readonly element: HTMLElement
  /** Opened by a press or Enter: stays, takes the focus, and closes by Escape. */
  readonly pinned: boolean
}

type Show = Dispatch<SetStateAction<Shown | null>>

function inDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"]') !== null
}

/** The cell or row head of an event; column heads are buttons of their own. */
function placed(target: EventTarget | null): HTMLElement | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-k]') : null
  return element?.dataset.r === '-2' ? null : element
}

const unlessPinned = (shown: Shown | null) => (shown?.pinned ? shown : null)

/** A tooltip comes and goes with the pointer and the focus, but never in place of what was opened. */
function hint(show: Show, element: HTMLElement | null): void {
  show((shown) => (shown?.pinned ? shown : element === null ? null : { element, pinned: false }))
}

function listenersOf(grid: HTMLElement, show: Show): Readonly<Record<string, (event: Event) => void>> {
  const open = (element: HTMLElement) => show({ element, pinned: true })
  return {
    pointerover: (event) => {
      const touch = event instanceof PointerEvent && event.pointerType === 'touch'
      if (!touch && !inDialog(event.target)) hint(show, placed(event.target))
    },
    pointerleave: () => show(unlessPinned),
    focusin: ({ target }) => {
      if (target instanceof Element && target.matches(':focus-visible') && !inDialog(target))
        hint(show, placed(target))
    },
    focusout: (event) => {
      const to = event instanceof FocusEvent ? event.relatedTarget : null
      if (!(to instanceof Node && grid.contains(to))) show(null)
    },
    click: ({ target }) => {
      const element = inDialog(target) ? null : placed(target)
      if (element) open(element)
    },
    keydown: (event) => {
      if (!(event instanceof KeyboardEvent) || inDialog(event.target)) return
      if (event.key === 'Escape') show(unlessPinned)
      const element = placed(event.target)
      if (element === null || (event.key !== 'Enter' && event.key !== ' ')) return
      event.preventDefault()
      open(element)
    },
    scroll: () => show(unlessPinned),
  }
}

/** Listens on the frame of a grid, so that thousands of cells need no listeners of their own. */
export function useGridPointing(frame: RefObject<HTMLElement | null>, show: Show): void {
  useEffect(() => {
    const grid = frame.current
    if (!grid) return
    const listeners = Object.entries(listenersOf(grid, show))
    for (const [name, listener] of listeners) grid.addEventListener(name, listener)
    return () => {
      for (const [name, listener] of listeners) grid.removeEventListener(name, listener)
    }
  }, [frame, show])
}
