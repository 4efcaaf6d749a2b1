'use client'

import { type ReactNode, useActionState } from 'react'
import { useFormStatus } from 'react-dom'
import { label, type UserId } from '../../lib/bitmapist/face'
import type { Bit } from '../../lib/query/user'
import classes from './user.module.css'
import type { Change } from './words'

/** Why a change was not made; null before it is tried. What succeeds leads to the page that says so. */
export type ChangeState = { readonly problem: string } | null

/** A server action that changes a user's marks. */
export type ChangeAction = (state: ChangeState, form: FormData) => Promise<ChangeState>

export interface ChangeFormProps {
  readonly user: UserId
  readonly change: Change
  /** The bits that are taken back, where this is an undo. */
  readonly undo?: readonly Bit[]
  /** Of the page that is come back to. */
  readonly event: string
  readonly date: string
  readonly action: ChangeAction
  /** What the button says. */
  readonly text: string
  readonly children?: ReactNode
}

/** Posts one change; a plain form without scripts. */
export function ChangeForm({ user, change, undo, event, date, action, text, children }: ChangeFormProps) {
  const [state, post] = useActionState(action, null)
  return (
    <form action={post} className={classes.confirm}>
      {/* Encoded: a form changes the ends of lines. */}
      <input type="hidden" name="user" value={encodeURIComponent(user)} />
      <input type="hidden" name="op" value={change.op} />
      <input type="hidden" name="name" value={change.name} />
      <input type="hidden" name="date" value={change.date === null ? date : label(change.date)} />
      <input type="hidden" name="event" value={event} />
      {undo && <input type="hidden" name="undo" value={undo.join(',')} />}
      <Submit text={text} quiet={undo !== undefined} />
      {children}
      {state && (
        <p className={classes.problem} role="alert">
          {state.problem}
        </p>
      )}
    </form>
  )
}

function Submit({ text, quiet }: { readonly text: string; readonly quiet: boolean }) {
  const { pending } = useFormStatus()
  return (
    <button type="submit" className={quiet ? classes.button : classes.primary} disabled={pending}>
      {text}
    </button>
  )
}
