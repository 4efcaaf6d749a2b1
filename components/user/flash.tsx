import { type Bit, INVERSES, isOfAttribute } from '../../lib/query/user'
import { ChangeForm, type ChangeFormProps } from './change-form'
import classes from './user.module.css'
import { UserName } from './user-name'
import { bitWords, type Change, changeWords } from './words'

export interface FlashProps extends Pick<ChangeFormProps, 'user' | 'event' | 'date' | 'action'> {
  readonly change: Change
  /** What it changed. */
  readonly bits: readonly Bit[]
  /** Whether it took another change back. */
  readonly undone: boolean
}

/** What was done, which bits it changed, and the way back. */
export function Flash({ change, bits, undone, ...rest }: FlashProps) {
  const { op } = change
  const word = op === 'mark' || op === 'set' ? 'Set' : 'Cleared'
  const inverse = { ...change, op: INVERSES[op] }
  return (
    <section className={classes.notice} role="status" data-tone="done" data-testid="flash">
      <h2>
        {undone ? 'Undone: ' : ''}
        {changeWords(change, true)} for user <UserName id={rest.user} />
      </h2>
      <p>
        {bits.length === 0
          ? 'Nothing changed: it was so already.'
          : `${word}: ${bits.map((bit) => bitWords(bit, change.date)).join(', ')}.`}
      </p>
      {canUndo(change, bits) && !undone && <ChangeForm {...rest} change={inverse} undo={bits} text="Undo" />}
    </section>
  )
}

/** Only what began or ended a day (or an attribute) has an exact way back: a week without its day is marked by no event. */
function canUndo({ op }: Change, bits: readonly Bit[]): boolean {
  return bits.includes(isOfAttribute(op) ? 'attribute' : 'day')
}
