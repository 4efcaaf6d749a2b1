'use client'

import { useActionState } from 'react'
import { useFormStatus } from 'react-dom'
import type { EventList } from '../../lib/bitmapist/face'
import { formatNumber } from '../cohort/format'
import { clockAt } from '../cohort/zone'
import { ScanProgress } from '../layout/scan-progress'
import classes from './settings.module.css'

/** Why it was not looked for; null before it is tried, and where it was. */
export type LookState = { readonly problem: string } | null
/** A server action that looks for new events, and makes the page anew. */
export type LookAction = (state: LookState) => Promise<LookState>

export interface EventsStateProps {
  /** What there is, or why it cannot be told. */
  readonly events: EventList | { readonly problem: string }
  readonly timeZone: string
  readonly action: LookAction
}

/** Which events are known and since when; those of other programs are looked for from time to time, or now. */
export function EventsState({ events, timeZone, action }: EventsStateProps) {
  const [state, look] = useActionState(action, null)
  if ('problem' in events)
    return (
      <p className={classes.problem} role="alert">
        {events.problem}
      </p>
    )
  if (events.scan !== null) return <ScanProgress scan={events.scan} />
  return (
    <form action={look} className={classes.events}>
      <p role="status">
        <Known events={events} timeZone={timeZone} />
      </p>
      <Look />
      {state !== null && (
        <p className={classes.problem} role="alert">
          {state.problem}
        </p>
      )}
    </form>
  )
}

/** `Events as of 12:03:05 UTC: 8 events, 2 attributes.` */
function Known({
  events: { events, attributes, registryAsOf },
  timeZone,
}: {
  readonly events: EventList
  readonly timeZone: string
}) {
  const counts = `${formatNumber(events.length, 'event')}, ${formatNumber(attributes.length, 'attribute')}.`
  if (registryAsOf === null) return counts
  return (
    <>
      Events as of{' '}
      <time dateTime={registryAsOf} title={registryAsOf}>
        {clockAt(registryAsOf, timeZone)} {timeZone}
      </time>
      : {counts}
    </>
  )
}

function Look() {
  const { pending } = useFormStatus()
  return (
    <button type="submit" className={classes.look} disabled={pending}>
      {pending ? 'Looking …' : 'Look for new events'}
    </button>
  )
}
