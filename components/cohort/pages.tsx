'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import type { EventList } from '../../lib/bitmapist/face'
import { ScanProgress } from '../layout/scan-progress'
import { Shell } from '../layout/shell'
import type { Problem } from './answer'
import { EmptyProject } from './empty-project'
import { BadQuestion, Failure, Panel } from './states'

/** A page whose URL cannot be read. */
export function BadQuestionPage({ problem }: { readonly problem: Problem }) {
  return (
    <Shell>
      <h1 className="visually-hidden">Retention</h1>
      <BadQuestion problem={problem} />
    </Shell>
  )
}

/** A project without any event. */
export function EmptyProjectPage() {
  return (
    <Shell>
      <h1 className="visually-hidden">Retention</h1>
      <EmptyProject />
    </Shell>
  )
}

/** A Redis that others filled, before it is known what it has: the default report depends on that. */
export function ReadingPage({ scan }: { readonly scan: NonNullable<EventList['scan']> }) {
  return (
    <Shell>
      <h1 className="visually-hidden">Retention</h1>
      <Panel title="Getting to know this Redis">
        <ScanProgress scan={scan} />
      </Panel>
    </Shell>
  )
}

export interface OutagePageProps {
  readonly problem: Problem
  /** Of the page that could not be made. */
  readonly title?: string
}

/** Redis did not answer while the page was made: trying again asks the server for the same page. */
export function OutagePage({ problem, title = 'Retention' }: OutagePageProps) {
  const router = useRouter()
  const [retrying, start] = useTransition()
  return (
    <Shell>
      <h1 className="visually-hidden">{title}</h1>
      <Failure problem={problem} retrying={retrying} onRetry={() => start(() => router.refresh())} />
    </Shell>
  )
}
