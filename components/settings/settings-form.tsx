'use client'

import { useActionState } from 'react'
import { useFormStatus } from 'react-dom'
import type { Display } from '../../lib/query/display'
import classes from './settings.module.css'

/** Whether the settings were kept, or why not; null before it is tried. */
export type SettingsState =
  | { readonly kept: true }
  | { readonly kept: false; readonly problem: string }
  | null
export type SettingsAction = (state: SettingsState, form: FormData) => Promise<SettingsState>

interface Choices {
  readonly name: keyof Display
  readonly legend: string
  readonly choices: readonly (readonly [value: string, text: string])[]
}

const QUESTIONS: readonly Choices[] = [
  {
    name: 'theme',
    legend: 'Theme',
    choices: [
      ['auto', 'As the system'],
      ['light', 'Light'],
      ['dark', 'Dark'],
    ],
  },
  {
    name: 'values',
    legend: 'Numbers in the grid',
    choices: [
      ['rate', 'Percent of the cohort'],
      ['count', 'Users'],
    ],
  },
  {
    name: 'order',
    legend: 'Order of cohorts',
    choices: [
      ['newest', 'Newest first'],
      ['oldest', 'Oldest first'],
    ],
  },
]

export interface SettingsFormProps {
  readonly display: Display
  readonly action: SettingsAction
}

/** The display settings; a plain form without scripts. */
export function SettingsForm({ display, action }: SettingsFormProps) {
  const [state, post] = useActionState(action, null)
  return (
    <form action={post} className={classes.form} key={Object.values(display).join('.')}>
      {QUESTIONS.map(({ name, legend, choices }) => (
        <fieldset key={name} className={classes.question}>
          <legend>{legend}</legend>
          {choices.map(([value, text]) => (
            <label key={value} className={classes.choice}>
              <input type="radio" name={name} value={value} defaultChecked={display[name] === value} />
              {text}
            </label>
          ))}
        </fieldset>
      ))}
      <Submit />
      {state !== null && (
        <p className={state.kept ? classes.kept : classes.problem} role={state.kept ? 'status' : 'alert'}>
          {state.kept ? 'Kept in this browser.' : state.problem}
        </p>
      )}
    </form>
  )
}

function Submit() {
  const { pending } = useFormStatus()
  return (
    <button type="submit" className={classes.save} disabled={pending}>
      Keep
    </button>
  )
}
