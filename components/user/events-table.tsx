import Link from 'next/link'
import type { UserEvent, UserId, UserReport } from '../../lib/bitmapist/face'
import { userUrl } from '../../lib/query/user'
import classes from './user.module.css'
import { columnsOf, type Now, wordOf } from './words'

export interface EventsTableProps {
  readonly report: UserReport<UserId>
  readonly now: Now
  /** The event that the answers above are of. */
  readonly chosen: string
}

/** Every event, whether the user did it or not, in the periods of the date. */
export function EventsTable({ report, now, chosen }: EventsTableProps) {
  const heads = columnsOf(report, now)
  const recorded = report.events.some(({ hour }) => hour !== null)
  return (
    <section className={classes.section} aria-labelledby="events">
      <h2 id="events">Every event</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Events and periods">
        <table className={classes.events} data-testid="events">
          <thead>
            <tr>
              <th scope="col">Event</th>
              {heads.map((head, at) => (
                <th key={head} scope="col" hidden={at === 0 && !recorded}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.events.map((each) => (
              <EventRow
                key={each.event}
                of={each}
                url={userUrl(report.user, { event: each.event, date: report.date })}
                chosen={each.event === chosen}
                recorded={recorded}
              />
            ))}
          </tbody>
        </table>
      </section>
      {!recorded && <p className={classes.small}>Hours are not recorded on this day.</p>}
    </section>
  )
}

interface EventRowProps {
  readonly of: UserEvent
  /** Of the page with this event chosen. */
  readonly url: string
  readonly chosen: boolean
  /** Whether hours are shown. */
  readonly recorded: boolean
}

function EventRow({ of, url, chosen, recorded }: EventRowProps) {
  return (
    <tr aria-current={chosen || undefined}>
      <th scope="row">
        <Link href={url} prefetch={false} scroll={false} title={of.event}>
          {of.event}
        </Link>
      </th>
      {[of.hour, of.day, of.week, of.month, of.year].map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <td key={at} data-value={String(value)} hidden={at === 0 && !recorded}>
          {wordOf(value)}
        </td>
      ))}
    </tr>
  )
}
