import Link from 'next/link'
import type { Bit } from '../../lib/query/user'
import { ChangeForm, type ChangeFormProps } from './change-form'
import { effectsOf } from './effects'
import classes from './user.module.css'
import { UserName } from './user-name'
import { type Change, changeWords } from './words'

export interface ConfirmProps extends Pick<ChangeFormProps, 'user' | 'event' | 'date' | 'action'> {
  readonly change: Change
  /** What the user has of it now. */
  readonly held: readonly Bit[]
  /** The page without the question. */
  readonly backUrl: string
}

/** What a change would do, before it is made. */
export function Confirm({ change, held, backUrl, ...rest }: ConfirmProps) {
  return (
    <section className={classes.notice} aria-labelledby="confirm" data-testid="confirm">
      <h2 id="confirm">
        {changeWords(change)} for user <UserName id={rest.user} />?
      </h2>
      {effectsOf(change, held).map((line) => (
        <p key={line}>{line}</p>
      ))}
      <ChangeForm {...rest} change={change} text={changeWords(change)}>
        <Link href={backUrl} prefetch={false} scroll={false} className={classes.quiet}>
          Leave it
        </Link>
      </ChangeForm>
    </section>
  )
}
