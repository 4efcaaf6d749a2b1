'use client'

import { Combobox, useCombobox } from '@mantine/core'
import { useState } from 'react'
import { shorten } from '../cohort/describe'
import { ExpressionFault } from './expression-fault'
import classes from './form.module.css'
import { checkExpression, type Suggestion, searchSuggestions } from './suggest'
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

/** An event found by searching, or an expression typed into the same box. */
export function EventPicker({ field, name, value, suggestions, onChoose }: EventPickerProps) {
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
  const found = searchSuggestions(suggestions, text)
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
        <Combobox.Search
          role="combobox"
          aria-expanded
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            combobox.updateSelectedOptionIndex()
          }}
          aria-label={`Search ${name}`}
          placeholder="Search, or write an expression"
          spellCheck={false}
          autoComplete="off"
        />
        <Combobox.Options className={classes.options} aria-label={name}>
          <Names found={found} value={value} />
          <Typed field={field} text={text} known={found.some((each) => each.text === text.trim())} />
        </Combobox.Options>
        <Combobox.Footer className={classes.hint}>
          {found.length > SHOWN
            ? `${found.length - SHOWN} more: keep typing to narrow them`
            : 'Combine with & | ^ - ! and parentheses'}
        </Combobox.Footer>
      </Combobox.Dropdown>
    </Combobox>
  )
}

function Names({ found, value }: { readonly found: readonly Suggestion[]; readonly value: string }) {
  return found.slice(0, SHOWN).map((each) => (
    <Combobox.Option key={each.text} value={each.text} active={each.text === value} title={each.name}>
      <span className={classes.nameRow}>
        <span className={classes.optionName}>{each.name}</span>
        <span className={classes.months}>{each.kind === 'attribute' ? 'attribute' : each.months}</span>
      </span>
    </Combobox.Option>
  ))
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
