'use client'

import { CloseButton } from '@mantine/core'
import { type RefObject, useId, useLayoutEffect, useRef, useState } from 'react'
import type { RetentionRow, RetentionTable } from '../../lib/bitmapist/face'
import { CellLinks, type CellLinksProps } from './cell-links'
import { type Description, describeCell, describeMean, describeRow } from './describe'
import classes from './grid-detail.module.css'
import { type Shown, useGridPointing } from './use-grid-pointing'

export interface GridDetailProps {
  readonly frame: RefObject<HTMLDivElement | null>
  readonly report: RetentionTable
  /** In the order in which they stand. */
  readonly rows: readonly RetentionRow[]
}

function describe(element: HTMLElement, { report, rows }: GridDetailProps): Description | null {
  const r = Number(element.dataset.r)
  const k = Number(element.dataset.k)
  if (r === -1) return k < 0 ? MEAN : describeMean(report, k)
  const row = rows[r]
  if (!row) return null
  return k < 0 ? describeRow(report, row) : describeCell(report, row, k)
}

/** What is shown, as a place of the table. */
function placeOf(element: HTMLElement, { report, rows }: GridDetailProps): CellLinksProps {
  const [r, k] = [Number(element.dataset.r), Number(element.dataset.k)]
  return { table: report, row: r === -1 ? null : (rows[r] ?? null), column: k < 0 ? null : k }
}

const MEAN: Description = {
  title: 'Mean of each column',
  lines: ['users who came back in all closed cohorts ÷ their sizes', 'open and flagged cells stay out'],
}

/** What the pointer or the keyboard rests on: a tooltip, and the lines of its column. One for the whole grid. */
export function GridDetail(props: GridDetailProps) {
  const { frame } = props
  const [shown, setShown] = useState<Shown | null>(null)
  useGridPointing(frame, setShown)
  const column = shown === null ? null : columnBox(shown.element)
  const description = shown?.element.isConnected ? describe(shown.element, props) : null
  const close = () => {
    shown?.element.focus()
    setShown(null)
  }
  return (
    <>
      {column && <div className={classes.column} style={column} aria-hidden="true" />}
      {shown && description && (
        <Detail
          key={`${shown.element.dataset.r},${shown.element.dataset.k},${shown.pinned}`}
          shown={shown}
          description={description}
          place={placeOf(shown.element, props)}
          onClose={close}
        />
      )}
    </>
  )
}

function columnBox(element: HTMLElement) {
  if (Number(element.dataset.k) < 0 || element.getAttribute('colspan')) return null
  return { left: element.offsetLeft, width: element.offsetWidth }
}

const GAP = 8
const EDGE = 8

/** Beside the cell: above where there is room, else below; inside the window. */
function placeBox(box: HTMLElement, anchor: DOMRect): void {
  const { width, height } = box.getBoundingClientRect()
  const left = Math.min(
    Math.max(EDGE, anchor.left + anchor.width / 2 - width / 2),
    document.documentElement.clientWidth - width - EDGE,
  )
  const above = anchor.top - height - GAP
  box.style.left = `${left}px`
  box.style.top = `${above >= EDGE ? above : anchor.bottom + GAP}px`
}

/** The first thing to do there: a link to users, else the button that closes it. */
function focusInside(box: HTMLElement | null): void {
  const target = box?.querySelector('a') ?? box?.querySelector('button')
  target?.focus({ preventScroll: true })
}

interface DetailProps {
  readonly shown: Shown
  readonly description: Description
  readonly place: CellLinksProps
  readonly onClose: () => void
}

function Detail({ shown, description, place, onClose }: DetailProps) {
  const box = useRef<HTMLDivElement>(null)
  const id = useId()
  const { element, pinned } = shown
  useLayoutEffect(() => {
    if (box.current) placeBox(box.current, element.getBoundingClientRect())
    if (pinned) focusInside(box.current)
    else element.setAttribute('aria-describedby', id)
    return () => element.removeAttribute('aria-describedby')
  }, [element, pinned, id])
  const { title, lines } = description
  const text = [title, ...lines].map((line, at) => (
    <span key={line} className={classes.item}>
      {at === 0 ? <strong>{line}</strong> : line}
      {at < lines.length && <span className={classes.dot}> · </span>}
    </span>
  ))
  if (!pinned)
    return (
      <div className={classes.detail} id={id} ref={box} role="tooltip">
        {text}
      </div>
    )
  return (
    <div
      className={classes.detail}
      data-pinned
      ref={box}
      role="dialog"
      aria-label="About this cell"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
        event.stopPropagation()
      }}
    >
      <CloseButton className={classes.close} size="sm" aria-label="Close" onClick={onClose} />
      {text}
      <CellLinks {...place} />
    </div>
  )
}
