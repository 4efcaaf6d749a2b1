import { Shell } from '../layout/shell'
import { type LookUpAction, LookUpForm, type LookUpState } from './look-up-form'
import classes from './user.module.css'

export interface UsersHomeProps {
  readonly action: LookUpAction
  readonly initial: LookUpState
}

/** Where a user is looked up. */
export function UsersHome({ action, initial }: UsersHomeProps) {
  return (
    <Shell>
      <h1 className={classes.first}>Look a user up</h1>
      <p className={classes.lead}>
        Whether they did an event in this hour, today, this week, this month and this year, or around any
        other date; their attributes; and the days of a year.
      </p>
      <LookUpForm action={action} initial={initial} />
    </Shell>
  )
}
