'use client'

import { type FocusEvent, type KeyboardEvent, type RefObject, useRef, useState } from 'react'

/** A place in the grid: rows −2 (column heads), −1 (means), 0…; columns −1 (row heads), 0… */
export interface Place {
  readonly r: number
  readonly k: number
}

export interface GridExtent {
  readonly rows: number
  readonly columns: number
}

const PAGE = 10

/** Where a key leads from a place; null for keys that lead nowhere. The column heads have no head of their own. */
export function nextPlace(
  key: string,
  { r, k }: Place,
  { rows, columns, far }: GridExtent & { readonly far: boolean },
): Place | null {
  const place = (toR: number, toK: number): Place => {
    const clampedR = Math.min(rows - 1, Math.max(-2, toR))
    return { r: clampedR, k: Math.min(columns - 1, Math.max(clampedR === -2 ? 0 : -1, toK)) }
  }
  switch (key) {
    case 'ArrowRight':
      return place(r, k + 1)
    case 'ArrowLeft':
      return place(r, k - 1)
    case 'ArrowDown':
      return place(r + 1, k)
    case 'ArrowUp':
      return place(r - 1, k)
    case 'PageDown':
      return place(r + PAGE, k)
    case 'PageUp':
      return place(r - PAGE, k)
    case 'Home':
      return place(far ? -2 : r, -1)
    case 'End':
      return place(far ? rows - 1 : r, columns - 1)
    default:
      return null
  }
}

function placeOf(element: Element | null): Place | null {
  const at = element?.closest<HTMLElement>('[data-k]')
  return at ? { r: Number(at.dataset.r), k: Number(at.dataset.k) } : null
}

/** The element of a place; in a cohort of nobody one cell stands for all. */
export function elementAt(frame: HTMLElement | null, { r, k }: Place): HTMLElement | null {
  const find = (column: number) => frame?.querySelector<HTMLElement>(`[data-r="${r}"][data-k="${column}"]`)
  return find(k) ?? find(0) ?? null
}

/** One stop for Tab, arrow keys inside: the roving tab index of a grid. */
export function useGridFocus({
  frame,
  rows,
  columns,
}: GridExtent & { readonly frame: RefObject<HTMLElement | null> }) {
  const [place, setPlace] = useState<Place>({ r: 0, k: 0 })
  // Passing a cohort of nobody, whose cells are one, does not lose the column.
  const column = useRef(0)
  const active = { r: Math.min(place.r, rows - 1), k: Math.min(place.k, columns - 1) }

  const onKeyDown = (event: KeyboardEvent) => {
    const from = placeOf(event.target as Element)
    if (from === null || event.altKey || event.metaKey) return
    const vertical = event.key === 'ArrowUp' || event.key === 'ArrowDown'
    const origin = vertical && from.k >= 0 ? { r: from.r, k: column.current } : from
    const to = nextPlace(event.key, origin, { rows, columns, far: event.ctrlKey })
    if (to === null) return
    event.preventDefault()
    column.current = Math.max(0, to.k)
    elementAt(frame.current, to)?.focus()
  }
  const onFocus = (event: FocusEvent) => {
    const to = placeOf(event.target)
    if (to === null) return
    setPlace(to)
  }
  return {
    handlers: { onKeyDown, onFocus },
    tabIndex: (r: number, k: number) => (active.r === r && active.k === k ? 0 : -1),
    columnIn: (r: number) => (active.r === r ? active.k : null),
  }
}
