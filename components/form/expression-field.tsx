'use client'

import { Combobox, TextInput, useCombobox } from '@mantine/core'
import { useId, useRef, useState } from 'react'
import { ExpressionFault } from './expression-fault'
import classes from './form.module.css'
import { type Checked, completeAt, type Suggestion, searchSuggestions, wordAt } from './suggest'

const SHOWN = 8

export interface ExpressionFieldProps {
  readonly label: string
  readonly text: string
  /** Null while the text is empty. */
  readonly checked: Checked | null
  readonly suggestions: readonly Suggestion[]
  readonly onText: (text: string) => void
}

/** A line of text that completes names at the caret and says where and why it is no expression. */
export function ExpressionField({ label, text, checked, suggestions, onText }: ExpressionFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  const faultId = useId()
  const [caret, setCaret] = useState(text.length)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const { word } = wordAt(text, caret)
  const found = word === '' && text !== '' ? [] : searchSuggestions(suggestions, word).slice(0, SHOWN)
  const settled = found.length === 1 && found[0]?.name === word
  const complete = (completion: string) => {
    const next = completeAt(text, caret, completion)
    onText(next.text)
    setCaret(next.caret)
    combobox.closeDropdown()
    requestAnimationFrame(() => input.current?.setSelectionRange(next.caret, next.caret))
  }
  const fault = checked !== null && !checked.ok ? checked : null
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={complete}
      withinPortal={false}
      transitionProps={{ duration: 0 }}
    >
      <Combobox.Target>
        <TextInput
          ref={input}
          label={label}
          value={text}
          data-autofocus
          spellCheck={false}
          autoComplete="off"
          placeholder="ios & attr(paid_user)"
          error={fault !== null}
          aria-describedby={fault ? faultId : undefined}
          onChange={(event) => {
            onText(event.currentTarget.value)
            setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length)
            combobox.openDropdown()
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onClick={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          classNames={{ input: classes.code }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={found.length === 0 || settled}>
        <Combobox.Options aria-label="Names">
          {found.map((each) => (
            <Combobox.Option key={each.text} value={each.text} title={each.name}>
              <span className={classes.nameRow}>
                <span className={classes.optionName}>{each.name}</span>
                <span className={classes.months}>
                  {each.kind === 'attribute' ? 'attribute' : each.months}
                </span>
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
      {fault && <ExpressionFault id={faultId} text={text} fault={fault} />}
    </Combobox>
  )
}
