import Form from 'next/form'
import { type EventList, label, type Period, type UserId } from '../../lib/bitmapist/face'
import { userUrl } from '../../lib/query/user'
import classes from './user.module.css'

export interface ByHandProps {
  readonly user: UserId
  readonly events: EventList
  readonly event: string
  /** The day that the page speaks of, and the running one. */
  readonly date: Period
  readonly today: Period
}

/** What is to be changed by hand, first asked and then confirmed. */
export function ByHand(props: ByHandProps) {
  return (
    <section className={classes.hand} aria-labelledby="hand">
      <h2 id="hand">Correct by hand</h2>
      <p className={classes.small}>Each change is shown before it is made, and can be undone.</p>
      <EventForm {...props} />
      <AttributeForm {...props} />
    </section>
  )
}

function EventForm({ user, events, event, date, today }: ByHandProps) {
  return (
    <Form action={userUrl(user)} prefetch={false} scroll={false} className={classes.change}>
      <h3>An event on a date</h3>
      <label className={classes.field}>
        Change
        <select name="ask" defaultValue="mark">
          <option value="mark">Mark</option>
          <option value="unmark">Unmark</option>
        </select>
      </label>
      <label className={classes.field}>
        Event
        <input name="event" list="event-names" required maxLength={200} defaultValue={event} key={event} />
      </label>
      <label className={classes.field}>
        On
        <input
          type="date"
          name="date"
          required
          max={label(today)}
          defaultValue={label(date)}
          key={label(date)}
        />
      </label>
      <button type="submit" className={classes.button}>
        Show the change
      </button>
      <datalist id="event-names">
        {events.events.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Form>
  )
}

function AttributeForm({ user, events, event, date }: ByHandProps) {
  return (
    <Form action={userUrl(user)} prefetch={false} scroll={false} className={classes.change}>
      <h3>An attribute</h3>
      <input type="hidden" name="event" value={event} />
      <input type="hidden" name="date" value={label(date)} />
      <label className={classes.field}>
        Change
        <select name="ask" defaultValue="set">
          <option value="set">Set</option>
          <option value="clear">Clear</option>
        </select>
      </label>
      <label className={classes.field}>
        Attribute
        <input name="attribute" list="attribute-names" required maxLength={200} />
      </label>
      <button type="submit" className={classes.button}>
        Show the change
      </button>
      <datalist id="attribute-names">
        {events.attributes.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Form>
  )
}
