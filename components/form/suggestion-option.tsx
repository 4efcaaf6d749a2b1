import { Combobox } from '@mantine/core'
import classes from './form.module.css'
import type { Suggestion } from './suggest'

export interface SuggestionOptionProps {
  readonly suggestion: Suggestion
  readonly active?: boolean
}

/** A name to choose, with when it was marked. */
export function SuggestionOption({ suggestion, active = false }: SuggestionOptionProps) {
  const { name, text, kind, months } = suggestion
  return (
    <Combobox.Option value={text} active={active} title={name}>
      <span className={classes.nameRow}>
        <span className={classes.optionName}>{name}</span>
        <span className={classes.months}>{kind === 'attribute' ? 'attribute' : months}</span>
      </span>
    </Combobox.Option>
  )
}
