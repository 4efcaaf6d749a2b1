'use client'

import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { shorten } from '../cohort/describe'
import { CloseIcon } from '../layout/icons'
import { ExpressionField } from './expression-field'
import classes from './form.module.css'
import { checkExpression, type Suggestion } from './suggest'
import { TokenPopover } from './token-popover'

export interface ExpressionPickerProps {
  readonly field: string
  /** What is chosen here, and what the button says while nothing is. */
  readonly name: string
  readonly invitation: string
  readonly value: string | null
  readonly suggestions: readonly Suggestion[]
  readonly hint: string
  /** Null takes it away. */
  readonly onChoose: (expression: string | null) => void
}

/** An optional condition: a button that invites it, then its text, which can be changed or taken away. */
export function ExpressionPicker(props: ExpressionPickerProps) {
  const { name, invitation, value, onChoose } = props
  return (
    <span className={classes.together}>
      <TokenPopover
        name={name}
        text={value === null ? invitation : shorten(value)}
        width={360}
        quiet={value === null}
        whole={value ?? undefined}
      >
        {(close) => <Editor {...props} onClose={close} />}
      </TokenPopover>
      {value !== null && (
        <button
          type="button"
          className={classes.remove}
          aria-label={`Remove ${name}`}
          title={`Remove ${name}`}
          onClick={() => onChoose(null)}
        >
          <CloseIcon />
        </button>
      )}
    </span>
  )
}

function Editor({
  field,
  name,
  value,
  suggestions,
  hint,
  onChoose,
  onClose,
}: ExpressionPickerProps & { readonly onClose: () => void }) {
  const [text, setText] = useState(value ?? '')
  const checked = text.trim() === '' ? null : checkExpression(text, field)
  const apply = () => {
    if (checked !== null && !checked.ok) return
    onClose()
    const next = checked === null ? null : checked.text
    if (next !== value) onChoose(next)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      <ExpressionField
        label={name}
        text={text}
        checked={checked}
        suggestions={suggestions}
        onText={setText}
      />
      <p className={classes.hint}>{hint}</p>
      <Group justify="flex-end" gap={8}>
        <Button size="xs" variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button size="xs" type="submit" disabled={checked !== null && !checked.ok}>
          Apply
        </Button>
      </Group>
    </form>
  )
}
