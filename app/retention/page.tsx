import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { type ReactNode, Suspense } from 'react'
import { type Answer, isOutage, problemOf } from '../../components/cohort/answer'
import { BadQuestionPage, EmptyProjectPage, OutagePage, ReadingPage } from '../../components/cohort/pages'
import { RetentionView } from '../../components/cohort/retention-view'
import { ReportSkeleton } from '../../components/cohort/skeleton'
import { Shell } from '../../components/layout/shell'
import { BitcohortError, type EventList } from '../../lib/bitmapist/face'
import { parseRetentionQuery, printRetentionQuery, retentionParameters } from '../../lib/query/retention'
import type { RetentionQuery } from '../../lib/query/types'
import { isComplete, pageUrl, parseLook } from '../../lib/query/view'
import { readDisplay } from '../../lib/server/display'
import { defaultRetentionQuery, loadEvents, loadRetention, projectZone } from '../../lib/server/reports'
import { requestSignal } from '../../lib/server/request'
import { parametersOf } from '../parameters'

interface PageParams {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

/** An answer within this time needs no skeleton. */
const SKELETON_MS = 150

export async function generateMetadata({ searchParams }: PageParams): Promise<Metadata> {
  const params = parametersOf(await searchParams)
  const [start, returning] = [params.get('start'), params.get('return')]
  const title =
    start && returning ? `${start.slice(0, 60)} → ${returning.slice(0, 60)}, retention` : 'Retention'
  return { title, openGraph: { title: `${title} · Bitcohort`, siteName: 'Bitcohort', type: 'website' } }
}

export default async function RetentionPage({ searchParams }: PageParams): Promise<ReactNode> {
  const params = parametersOf(await searchParams)
  const now = new Date()
  const opening = await open(params, now)
  switch (opening.kind) {
    case 'elsewhere':
      return redirect(opening.url)
    case 'reading':
      return <ReadingPage scan={opening.scan} />
    case 'empty':
      return <EmptyProjectPage />
    case 'failed': {
      const problem = problemOf(opening.error)
      return isOutage(problem) ? <OutagePage problem={problem} /> : <BadQuestionPage problem={problem} />
    }
    case 'ready':
      return show(opening.query, opening.events, now.toISOString())
    default:
      return opening satisfies never
  }
}

type Opening =
  | { readonly kind: 'elsewhere'; readonly url: string }
  | { readonly kind: 'reading'; readonly scan: NonNullable<EventList['scan']> }
  | { readonly kind: 'empty' }
  | { readonly kind: 'failed'; readonly error: BitcohortError }
  | { readonly kind: 'ready'; readonly query: RetentionQuery; readonly events: EventList }

/** Reads the URL; one that leaves something out leads to the one that says everything. */
async function open(params: URLSearchParams, now: Date): Promise<Opening> {
  try {
    const look = parseLook(params, await readDisplay())
    const whole = isComplete(params)
      ? parseRetentionQuery(retentionParameters(params), { now, zone: projectZone() })
      : null
    const events = await loadEvents()
    if (whole !== null) return { kind: 'ready', query: whole, events }
    if (events.scan !== null) return { kind: 'reading', scan: events.scan }
    if (events.events.length === 0 && !params.has('start')) return { kind: 'empty' }
    const query = await defaultRetentionQuery(events, now, params)
    return { kind: 'elsewhere', url: pageUrl(printRetentionQuery(query, projectZone()), look) }
  } catch (error) {
    if (error instanceof BitcohortError) return { kind: 'failed', error }
    throw error
  }
}

/** The report, or a skeleton of its size where it takes long. */
async function show(query: RetentionQuery, events: EventList, now: string): Promise<ReactNode> {
  const pending = answer(query)
  const late = new Promise<null>((resolve) => setTimeout(resolve, SKELETON_MS, null))
  const soon = await Promise.race([pending, late])
  if (soon !== null)
    return <RetentionView initial={soon} events={events} now={now} timeZone={projectZone().name} />
  return (
    <Suspense
      fallback={
        <Shell>
          <ReportSkeleton rows={query.rows} columns={query.brackets?.length ?? query.columns} sentence />
        </Shell>
      }
    >
      <Late pending={pending} events={events} now={now} />
    </Suspense>
  )
}

async function answer(query: RetentionQuery): Promise<Answer> {
  const question = printRetentionQuery(query, projectZone()).toString()
  try {
    return { question, table: await loadRetention(query, requestSignal()) }
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    return { question, problem: problemOf(error) }
  }
}

interface LateProps {
  readonly pending: Promise<Answer>
  readonly events: EventList
  readonly now: string
}

async function Late({ pending, events, now }: LateProps) {
  return <RetentionView initial={await pending} events={events} now={now} timeZone={projectZone().name} />
}
