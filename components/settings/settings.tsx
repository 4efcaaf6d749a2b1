import type { Display } from '../../lib/query/display'
import { Shell } from '../layout/shell'
import classes from './settings.module.css'
import { type SettingsAction, SettingsForm } from './settings-form'

export interface SettingsProps {
  readonly display: Display
  readonly action: SettingsAction
}

/** What a reader may keep. */
export function Settings({ display, action }: SettingsProps) {
  return (
    <Shell>
      <h1 className={classes.title}>Settings</h1>
      <p className={classes.lead}>
        How reports look where their link does not say. Kept in this browser, in a cookie.
      </p>
      <SettingsForm display={display} action={action} />
    </Shell>
  )
}
