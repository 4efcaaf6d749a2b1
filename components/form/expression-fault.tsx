import classes from './form.module.css'
import type { Checked } from './suggest'

export interface ExpressionFaultProps {
  readonly text: string
  readonly fault: Extract<Checked, { ok: false }>
  readonly id?: string
}

/** Why a text is no expression, and where: the text again with the place underlined. */
export function ExpressionFault({ text, fault, id }: ExpressionFaultProps) {
  const { position, reason } = fault
  return (
    <div className={classes.fault} id={id} role="status">
      {position !== null && (
        <code className={classes.faultText}>
          {text.slice(0, position)}
          <mark>{text.slice(position, position + 1) || ' '}</mark>
          {text.slice(position + 1)}
        </code>
      )}
      <span>
        {position === null ? '' : `Position ${position + 1}: `}
        {reason}
      </span>
    </div>
  )
}
