import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { isOutage, problemOf } from '../../../components/cohort/answer'
import { shorten } from '../../../components/cohort/describe'
import { OutagePage } from '../../../components/cohort/pages'
import { BadUserQuestion } from '../../../components/user/bad-question'
import { UserView } from '../../../components/user/user-view'
import { idText } from '../../../components/user/words'
import { BitcohortError, floor, parsePeriod, type UserId } from '../../../lib/bitmapist/face'
import { isOfAttribute, parseUserQuery, pathUser, type UserQuery, userUrl } from '../../../lib/query/user'
import { loadBits } from '../../../lib/server/by-hand'
import { loadEvents } from '../../../lib/server/reports'
import { hourOf, loadUser, loadUserDays, projectIdMode, running, usualEvent } from '../../../lib/server/users'
import { parametersOf } from '../../parameters'
import { change, lookUp } from '../actions'

interface PageParams {
  readonly params: Promise<{ readonly id: string }>
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

export async function generateMetadata({ params }: PageParams): Promise<Metadata> {
  // Next has decoded it here, and not for the page.
  return { title: `User ${shorten(idText((await params).id), 20)}` }
}

export default async function UserPage({ params, searchParams }: PageParams): Promise<ReactNode> {
  const id = decodeURIComponent((await params).id)
  const user = pathUser(id, projectIdMode())
  if (user === null) return notFound()
  if (String(user) !== id) return redirect(userUrl(user))
  try {
    return await show(user, parseUserQuery(parametersOf(await searchParams)))
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    const problem = problemOf(error)
    return isOutage(problem) ? (
      <OutagePage problem={problem} title={`User ${shorten(idText(user))}`} />
    ) : (
      <BadUserQuestion user={user} problem={problem} />
    )
  }
}

async function show(user: UserId, query: UserQuery): Promise<ReactNode> {
  const now = running()
  const at = query.hour === null ? query.date : hourOf(query.date ?? now.today, query.hour)
  const [report, events] = await Promise.all([loadUser(user, at), loadEvents()])
  const event = query.event ?? usualEvent(report)
  const date = parsePeriod(report.date)
  const isKnown = report.events.some((each) => each.event === event)
  const year = query.year ?? floor('year', date)
  const days = event !== null && isKnown ? await loadUserDays(user, event, year) : []
  return (
    <UserView
      query={query}
      report={report}
      events={events}
      event={isKnown ? event : usualEvent(report)}
      days={days}
      now={now}
      held={await heldNow(user, query, date)}
      actions={{ change, lookUp }}
    />
  )
}

/** What the user has of that which the page asks to confirm, or says was done. */
async function heldNow(user: UserId, query: UserQuery, date: ReturnType<typeof parsePeriod>) {
  const op = query.ask ?? query.done?.op
  if (op === undefined) return []
  const name = isOfAttribute(op) ? query.attribute : query.event
  return name === null ? [] : loadBits(user, name, date)
}
