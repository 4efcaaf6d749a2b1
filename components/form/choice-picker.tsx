'use client'

import { Combobox, useCombobox } from '@mantine/core'
import classes from './form.module.css'
import { Token } from './token'

export interface Choice<Value extends string> {
  readonly value: Value
  /** As it reads in the sentence. */
  readonly text: string
  /** As it reads in the list, where the sentence says it shorter. */
  readonly option?: string
  /** What it means, beneath. */
  readonly meaning?: string
}

export interface ChoicePickerProps<Value extends string> {
  /** What is chosen here, for those who do not see the sentence around it. */
  readonly name: string
  readonly value: Value
  readonly choices: readonly Choice<Value>[]
  readonly onChoose: (value: Value) => void
}

/** One of a few words, inside a sentence. */
export function ChoicePicker<Value extends string>({
  name,
  value,
  choices,
  onChoose,
}: ChoicePickerProps<Value>) {
  const combobox = useCombobox({
    onDropdownOpen: () => combobox.selectActiveOption(),
    onDropdownClose: () => combobox.resetSelectedOption(),
  })
  const text = choices.find((choice) => choice.value === value)?.text ?? value
  return (
    <Combobox
      store={combobox}
      width={280}
      position="bottom-start"
      transitionProps={{ duration: 100 }}
      onOptionSubmit={(next) => {
        combobox.closeDropdown()
        const chosen = choices.find((choice) => choice.value === next)
        if (chosen && chosen.value !== value) onChoose(chosen.value)
      }}
    >
      <Combobox.Target targetType="button" withExpandedAttribute>
        <Token name={name} aria-label={`${name}: ${text}`} onClick={() => combobox.toggleDropdown()}>
          {text}
        </Token>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options aria-label={name}>
          {choices.map((choice) => (
            <Combobox.Option key={choice.value} value={choice.value} active={choice.value === value}>
              <span className={classes.optionText}>{choice.option ?? choice.text}</span>
              {choice.meaning && <span className={classes.meaning}>{choice.meaning}</span>}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
