import Form from 'next/form'
import { label, type UserEvent, type UserId, type UserReport } from '../../lib/bitmapist/face'
import { userUrl } from '../../lib/query/user'
import { ChangeSubmits } from './change-submits'
import classes from './user.module.css'
import { UserName } from './user-name'
import { type Answer, answersOf, type Now, wordOf } from './words'

export interface AnswersProps {
  readonly report: UserReport<UserId>
  readonly event: UserEvent
  readonly now: Now
  /** Whether an hour may be asked for. */
  readonly hours: boolean
}

/** Whether the user did one event: this hour, today, this week, this month, this year, or in those of another date. */
export function Answers({ report, event, now, hours }: AnswersProps) {
  return (
    <section className={classes.section} aria-labelledby="answers">
      <h2 id="answers">
        Did user <UserName id={report.user} /> do {event.event}?
      </h2>
      <AskForm report={report} event={event} now={now} hours={hours} />
      <dl className={classes.answers} data-testid="answers">
        {answersOf(report, event, now).map((answer) => (
          <Tile key={answer.title} answer={answer} />
        ))}
      </dl>
    </section>
  )
}

function Tile({ answer: { title, note, value } }: { readonly answer: Answer }) {
  return (
    <div className={classes.answer} data-value={String(value)}>
      <dt>{title}</dt>
      <dd>
        <span className={classes.word}>{wordOf(value)}</span>
        <span className={classes.note}>{note}</span>
      </dd>
    </div>
  )
}

/** A plain GET form: the question is in the address. */
function AskForm({ report, event, now, hours }: AnswersProps) {
  const today = label(now.today)
  return (
    <Form action={userUrl(report.user)} prefetch={false} scroll={false} className={classes.ask}>
      <ChangeSubmits />
      <label className={classes.field}>
        Event
        <select name="event" defaultValue={event.event} key={event.event}>
          {report.events.map(({ event: name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className={classes.field}>
        Date
        <input type="date" name="date" defaultValue={report.date} key={report.date} max={today} />
      </label>
      {hours && <HourField report={report} now={now} />}
      <button type="submit" className={classes.button}>
        Show
      </button>
    </Form>
  )
}

function HourField({ report, now }: Pick<AnswersProps, 'report' | 'now'>) {
  const isToday = report.date === label(now.today)
  const chosen = isToday && report.hour === now.hour ? '' : String(Number(report.hour.slice(11)))
  return (
    <label className={classes.field}>
      Hour
      <select name="hour" defaultValue={chosen} key={report.hour}>
        <option value="">{isToday ? 'this hour' : 'first'}</option>
        {Array.from({ length: 24 }, (_, hour) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its number
          <option key={hour} value={hour}>
            {String(hour).padStart(2, '0')}:00
          </option>
        ))}
      </select>
    </label>
  )
}
