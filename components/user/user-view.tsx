import {
  type EventList,
  floor,
  label,
  type Period,
  parsePeriod,
  type UserId,
  type UserReport,
} from '../../lib/bitmapist/face'
import { type Bit, isOfAttribute, type UserQuery, userUrl } from '../../lib/query/user'
import { AsOf } from '../layout/as-of'
import { Shell } from '../layout/shell'
import { Answers } from './answers'
import { ByHand } from './by-hand'
import type { ChangeAction } from './change-form'
import { Confirm } from './confirm'
import { EventsTable } from './events-table'
import { FirstLine } from './first-line'
import { Flash } from './flash'
import { type LookUpAction, LookUpForm } from './look-up-form'
import classes from './user.module.css'
import type { Change, Now } from './words'
import { YearCalendar } from './year-calendar'

export interface UserViewProps {
  readonly query: UserQuery
  readonly report: UserReport<UserId>
  readonly events: EventList
  /** The event that the answers are of; null where there is none at all. */
  readonly event: string | null
  /** The days of the year on which the user did it. */
  readonly days: readonly Period[]
  readonly now: Now
  /** What the user has of what is to be confirmed or was done. */
  readonly held: readonly Bit[]
  readonly actions: { readonly change: ChangeAction; readonly lookUp: LookUpAction }
}

/** The page of one user. */
export function UserView(props: UserViewProps) {
  const { query, report, events, event, days, now, actions } = props
  const chosen = report.events.find((each) => each.event === event)
  const date = parsePeriod(report.date)
  const hours = report.events.some(({ hour }) => hour !== null)
  return (
    <Shell status={<AsOf table={report} />}>
      <FirstLine report={report} today={now.today} />
      <Notice {...props} />
      <div className={classes.columns}>
        <div>
          {!report.known && <LookUpForm action={actions.lookUp} />}
          {chosen && report.known && (
            <>
              <Answers report={report} event={chosen} now={now} hours={hours} />
              <EventsTable report={report} now={now} chosen={chosen.event} />
              <YearCalendar
                report={report}
                event={chosen.event}
                year={query.year ?? floor('year', date)}
                days={days}
                today={now.today}
              />
            </>
          )}
        </div>
        <ByHand user={report.user} events={events} event={event ?? ''} date={date} today={now.today} />
      </div>
    </Shell>
  )
}

/** What is to be confirmed, or what was just done. */
function Notice({ query, report, held, actions, event: shown }: UserViewProps) {
  const op = query.ask ?? query.done?.op ?? null
  const name = op !== null && isOfAttribute(op) ? query.attribute : query.event
  if (op === null || name === null) return null
  const change: Change = { op, name, date: isOfAttribute(op) ? null : parsePeriod(report.date) }
  const event = query.event ?? shown ?? ''
  const form = { user: report.user, event, date: report.date, action: actions.change }
  const backUrl = userUrl(report.user, { event: query.event, date: query.date && label(query.date) })
  if (query.ask !== null) return <Confirm {...form} change={change} held={held} backUrl={backUrl} />
  // An address can be kept or made up: it is only believed while the bits say the same.
  const isSo = held.includes(isOfAttribute(op) ? 'attribute' : 'day') === (op === 'mark' || op === 'set')
  if (query.done === null || !isSo) return null
  return <Flash {...form} change={change} bits={query.done.bits} undone={query.done.undone} />
}
