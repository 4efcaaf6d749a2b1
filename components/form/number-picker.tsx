'use client'

import { Button, NumberInput } from '@mantine/core'
import { useState } from 'react'
import classes from './form.module.css'
import { TokenPopover } from './token-popover'

export interface NumberPickerProps {
  readonly name: string
  readonly value: number
  readonly min: number
  readonly max: number
  /** Numbers at one press. */
  readonly usual: readonly number[]
  /** What limits the number. */
  readonly hint: string
  readonly onChoose: (value: number) => void
}

/** A number inside a sentence. */
export function NumberPicker(props: NumberPickerProps) {
  const { name, value, min, max, usual, hint, onChoose } = props
  return (
    <TokenPopover name={name} text={value}>
      {(close) => {
        const choose = (next: number) => {
          close()
          if (next !== value) onChoose(next)
        }
        return (
          <>
            <NumberForm name={name} value={value} min={min} max={max} hint={hint} onChoose={choose} />
            <div className={classes.usual}>
              {usual
                .filter((number) => number >= min && number <= max)
                .map((number) => (
                  <Button key={number} size="compact-xs" variant="default" onClick={() => choose(number)}>
                    {number}
                  </Button>
                ))}
            </div>
          </>
        )
      }}
    </TokenPopover>
  )
}

/** A number to be typed and applied. */
export function NumberForm({ name, value, min, max, hint, onChoose }: Omit<NumberPickerProps, 'usual'>) {
  const [text, setText] = useState<string | number>(value)
  const fits = typeof text === 'number' && Number.isInteger(text) && text >= min && text <= max
  return (
    <form
      className={classes.numberForm}
      onSubmit={(event) => {
        event.preventDefault()
        if (fits) onChoose(text)
      }}
    >
      <NumberInput
        label={name}
        description={hint}
        value={text}
        onChange={setText}
        min={min}
        max={max}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        data-autofocus
        error={fits ? undefined : `${min} to ${max}`}
      />
      <Button type="submit" size="xs" disabled={!fits}>
        Apply
      </Button>
    </form>
  )
}
