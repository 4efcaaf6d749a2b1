import type { Display } from '../../lib/query/display'
import { Shell } from '../layout/shell'
import { EventsState, type EventsStateProps } from './events-state'
import classes from './settings.module.css'
import { type SettingsAction, SettingsForm } from './settings-form'

export interface SettingsProps extends Pick<EventsStateProps, 'events' | 'timeZone'> {
  readonly display: Display
  readonly actions: { readonly save: SettingsAction; readonly look: EventsStateProps['action'] }
}

/** What a reader may keep, and what is known of the Redis. */
export function Settings({ display, events, timeZone, actions }: SettingsProps) {
  return (
    <Shell>
      <h1 className={classes.title}>Settings</h1>
      <section className={classes.section} aria-labelledby="display">
        <h2 id="display">Display</h2>
        <p className={classes.lead}>
          How reports look where their link does not say. Kept in this browser, in a cookie.
        </p>
        <SettingsForm display={display} action={actions.save} />
      </section>
      <section className={classes.section} aria-labelledby="events">
        <h2 id="events">Events</h2>
        <p className={classes.lead}>
          What is marked here is known at once. What other programs write to this Redis is looked for every
          three minutes.
        </p>
        <EventsState events={events} timeZone={timeZone} action={actions.look} />
      </section>
    </Shell>
  )
}
