'use client'

import { useActionState, useId } from 'react'
import { useFormStatus } from 'react-dom'
import { useIdInput } from '../layout/id-mode'
import classes from './user.module.css'

/** What was typed, and why it leads to nobody; null before it is tried. */
export type LookUpState = { readonly id: string; readonly problem: string } | null
export type LookUpAction = (state: LookUpState, form: FormData) => Promise<LookUpState>

export interface LookUpFormProps {
  readonly action: LookUpAction
  /** What the address asked for, where it leads to nobody. */
  readonly initial?: LookUpState
}

/** Takes an id and leads to its page; says here why it does not. */
export function LookUpForm({ action, initial = null }: LookUpFormProps) {
  const [state, post] = useActionState(action, initial)
  const input = useIdInput()
  const problemId = useId()
  return (
    <form action={post} className={classes.lookUp}>
      <label className={classes.field}>
        User id
        <input
          name="id"
          {...input}
          autoComplete="off"
          required
          defaultValue={state?.id}
          key={state?.id}
          aria-invalid={state !== null}
          aria-describedby={state === null ? undefined : problemId}
        />
      </label>
      <Submit />
      {state && (
        <p className={classes.problem} role="alert" id={problemId}>
          {state.problem}
        </p>
      )}
    </form>
  )
}

function Submit() {
  const { pending } = useFormStatus()
  return (
    <button type="submit" className={classes.primary} disabled={pending}>
      Look up
    </button>
  )
}
