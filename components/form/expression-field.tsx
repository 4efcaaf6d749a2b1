'use client'

import { Combobox, TextInput, useCombobox } from '@mantine/core'
import { useId, useRef, useState } from 'react'
import { ExpressionFault } from './expression-fault'
import classes from './form.module.css'
import { type Checked, completeAt, type Suggestion, searchSuggestions, wordAt } from './suggest'
import { SuggestionOption } from './suggestion-option'

const SHOWN = 8

export interface ExpressionFieldProps {
  readonly label: string
  readonly text: string
  /** Null while the text is empty. */
  readonly checked: Checked | null
  readonly suggestions: readonly Suggestion[]
  readonly onText: (text: string) => void
}

/** What completes the word at the caret; nothing once it is complete. */
function completionsAt(suggestions: readonly Suggestion[], text: string, caret: number) {
  const { word } = wordAt(text, caret)
  if (word === '' && text !== '') return []
  const found = searchSuggestions(suggestions, word).slice(0, SHOWN)
  return found.length === 1 && found[0]?.name === word ? [] : found
}

/** The caret of a field, and completing the word at it. */
function useCompletion(text: string, onText: (text: string) => void) {
  const input = useRef<HTMLInputElement>(null)
  const [caret, setCaret] = useState(text.length)
  const write = (next: { readonly text: string; readonly caret: number }) => {
    onText(next.text)
    setCaret(next.caret)
  }
  const complete = (completion: string) => {
    const next = completeAt(text, caret, completion)
    write(next)
    requestAnimationFrame(() => input.current?.setSelectionRange(next.caret, next.caret))
  }
  return { input, caret, setCaret, write, complete }
}

/** A line of text that completes names at the caret and says where and why it is no expression. */
export function ExpressionField({ label, text, checked, suggestions, onText }: ExpressionFieldProps) {
  const faultId = useId()
  const { input, caret, setCaret, write, complete } = useCompletion(text, onText)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const choose = (completion: string) => {
    complete(completion)
    combobox.closeDropdown()
  }
  const fault = checked !== null && !checked.ok ? checked : null
  return (
    <Combobox store={combobox} onOptionSubmit={choose} withinPortal={false} transitionProps={{ duration: 0 }}>
      <Combobox.Target>
        <TextInput
          {...FIELD}
          ref={input}
          label={label}
          value={text}
          error={fault !== null}
          aria-describedby={fault ? faultId : undefined}
          onChange={({ currentTarget: { value, selectionStart } }) => {
            write({ text: value, caret: selectionStart ?? value.length })
            combobox.openDropdown()
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onClick={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Completions found={completionsAt(suggestions, text, caret)} />
      {fault && <ExpressionFault id={faultId} text={text} fault={fault} />}
    </Combobox>
  )
}

const FIELD = {
  'data-autofocus': true,
  spellCheck: false,
  autoComplete: 'off',
  placeholder: 'ios & attr(paid_user)',
  classNames: { input: classes.code ?? '' },
}

function Completions({ found }: { readonly found: readonly Suggestion[] }) {
  return (
    <Combobox.Dropdown hidden={found.length === 0}>
      <Combobox.Options aria-label="Names">
        {found.map((each) => (
          <SuggestionOption key={each.text} suggestion={each} />
        ))}
      </Combobox.Options>
    </Combobox.Dropdown>
  )
}
