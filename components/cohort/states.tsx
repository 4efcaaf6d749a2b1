'use client'

import { Button } from '@mantine/core'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Problem } from './answer'
import classes from './states.module.css'

interface PanelProps {
  readonly title: string
  readonly children: ReactNode
  readonly alert?: boolean
}

/** A calm box in place of the grid. */
export function Panel({ title, children, alert = false }: PanelProps) {
  return (
    <section className={classes.panel} role={alert ? 'alert' : undefined}>
      <h2 className={classes.title}>{title}</h2>
      {children}
    </section>
  )
}

/** The way on from a panel. */
export function PanelLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} prefetch={false} className={classes.action}>
      {children}
    </Link>
  )
}

/** A URL that holds no question: which parameter, what was expected, the remedy, and a way out. */
export function BadQuestion({ problem }: { readonly problem: Problem }) {
  const title = problem.field ? `This link’s “${problem.field}” cannot be read` : 'This link cannot be read'
  return <Refusal title={title} problem={problem} />
}

export interface RefusalProps {
  readonly title: string
  readonly problem: Problem
}

/** What was expected, what came, and the remedy. */
export function Refusal({ title, problem }: RefusalProps) {
  const [what, ...remedy] = problem.message.split('; ')
  return (
    <Panel title={title} alert>
      <p>{what}.</p>
      {remedy.length > 0 && <p>To mend it: {remedy.join('; ')}.</p>}
      <p>
        <PanelLink href="/retention">Open the default report</PanelLink>
      </p>
    </Panel>
  )
}

export interface FailureProps {
  readonly problem: Problem
  readonly retrying: boolean
  readonly onRetry: () => void
}

/** No report came: what happened, whether data is safe, one button. */
export function Failure({ problem, retrying, onRetry }: FailureProps) {
  const { title, text } = wordsOf(problem)
  return (
    <Panel title={title} alert>
      <p>{text}</p>
      <p>Nothing was written: your data is as it was.</p>
      <p>
        <Button size="sm" loading={retrying} onClick={onRetry}>
          Try again
        </Button>
      </p>
    </Panel>
  )
}

function wordsOf({ code, message }: Problem): { readonly title: string; readonly text: string } {
  if (code === 'REDIS_UNAVAILABLE')
    return {
      title: 'Redis does not answer',
      text: 'The report is computed from bitmaps in Redis, which cannot be reached right now. Check that it runs at REDIS_URL; this page goes on as soon as it answers.',
    }
  if (code === 'UNREACHABLE') return { title: 'The server does not answer', text: message }
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
  return { title: 'The report could not be computed', text: sentence }
}
