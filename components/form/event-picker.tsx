'use client'

import { Combobox, useCombobox } from '@mantine/core'
import { useState } from 'react'
import { shorten } from '../cohort/describe'
import { ExpressionFault } from './expression-fault'
import classes from './form.module.css'
import { checkExpression, type Suggestion, searchSuggestions } from './suggest'
import { SuggestionOption } from './suggestion-option'
import { Token } from './token'

/** More than these are not drawn: typing narrows them sooner than scrolling. */
const SHOWN = 100

export interface EventPickerProps {
  /** The parameter's name in errors. */
  readonly field: string
  readonly name: string
  /** Canonical text. */
  readonly value: string
  readonly suggestions: readonly Suggestion[]
  readonly onChoose: (expression: string) => void
}

/** The picker's list, and what is typed to search it. */
function useSearchList() {
  const [text, setText] = useState('')
  const combobox = useCombobox({
    onDropdownOpen: () => {
      setText('')
      combobox.focusSearchInput()
    },
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      combobox.focusTarget()
    },
  })
  const type = (next: string) => {
    setText(next)
    // Enter takes the best match; it is drawn with the next frame.
    requestAnimationFrame(() => combobox.selectFirstOption())
  }
  return { combobox, text, type }
}

/** An event found by searching, or an expression typed into the same box. */
export function EventPicker({ field, name, value, suggestions, onChoose }: EventPickerProps) {
  const { combobox, text, type } = useSearchList()
  return (
    <Combobox
      store={combobox}
      width={340}
      position="bottom-start"
      transitionProps={{ duration: 100 }}
      onOptionSubmit={(next) => {
        combobox.closeDropdown()
        if (next !== value) onChoose(next)
      }}
    >
      {/* The focus goes into the search field, which is the combobox; this only opens it. */}
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <Token
          name={name}
          whole={value}
          aria-haspopup="listbox"
          aria-expanded={combobox.dropdownOpened}
          onClick={() => combobox.toggleDropdown()}
        >
          {shorten(value)}
        </Token>
      </Combobox.Target>
      <Combobox.Dropdown>
        <SearchField name={name} text={text} onText={type} />
        <Choices field={field} name={name} value={value} suggestions={suggestions} text={text} />
      </Combobox.Dropdown>
    </Combobox>
  )
}

interface SearchFieldProps {
  readonly name: string
  readonly text: string
  readonly onText: (text: string) => void
}

function SearchField({ name, text, onText }: SearchFieldProps) {
  return (
    <Combobox.Search
      role="combobox"
      aria-expanded
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      aria-label={`Search ${name}`}
      placeholder="Search, or write an expression"
      spellCheck={false}
      autoComplete="off"
    />
  )
}

interface ChoicesProps extends Omit<EventPickerProps, 'onChoose'> {
  readonly text: string
}

function Choices({ field, name, value, suggestions, text }: ChoicesProps) {
  const found = searchSuggestions(suggestions, text)
  return (
    <>
      <Combobox.Options className={classes.options} aria-label={name}>
        {found.slice(0, SHOWN).map((each) => (
          <SuggestionOption key={each.text} suggestion={each} active={each.text === value} />
        ))}
        <Typed field={field} text={text} known={found.some((each) => each.text === text.trim())} />
      </Combobox.Options>
      <Combobox.Footer className={classes.hint}>
        {found.length > SHOWN
          ? `${found.length - SHOWN} more: keep typing to narrow them`
          : 'Combine with & | ^ - ! and parentheses'}
      </Combobox.Footer>
    </>
  )
}

interface TypedProps {
  readonly field: string
  readonly text: string
  readonly known: boolean
}

/** What was typed as an expression of its own: to be used, or why it cannot be. */
function Typed({ field, text, known }: TypedProps) {
  if (text.trim() === '' || known) return null
  const checked = checkExpression(text, field)
  if (!checked.ok) return <ExpressionFault text={text} fault={checked} />
  return (
    <Combobox.Option value={checked.text} className={classes.typed}>
      Use <code>{checked.text}</code>
    </Combobox.Option>
  )
}
