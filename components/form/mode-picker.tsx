'use client'

import type { Base, Mode, Unit } from '../../lib/bitmapist/face'
import type { RetentionQuery } from '../../lib/query/types'
import { type Choice, ChoicePicker } from './choice-picker'

export interface ModePickerProps {
  readonly query: RetentionQuery
  readonly onAsk: (query: RetentionQuery) => void
}

function modesOf(unit: Unit): readonly Choice<Mode>[] {
  return [
    { value: 'on', text: 'in', option: `in that ${unit}`, meaning: `Came back in exactly that ${unit}.` },
    {
      value: 'on-or-after',
      text: 'in or after',
      option: `in that ${unit} or later`,
      meaning: 'Not lost yet: came back then or in any later one, to date.',
    },
    {
      value: 'on-or-before',
      text: 'at least once by',
      option: 'at least once by then',
      meaning: `Came back in any ${unit} after the first, up to that one.`,
    },
    {
      value: 'every',
      text: `in every ${unit} until`,
      option: `in every ${unit} until then`,
      meaning: 'A streak without a gap, from the beginning.',
    },
  ]
}

/** The same question counted another way; what does not go with it is left out. */
export function withMode(query: RetentionQuery, mode: Mode): RetentionQuery {
  return {
    ...query,
    mode,
    base: mode === 'every' ? query.base : 'cohort',
    brackets: mode === 'on' ? query.brackets : null,
  }
}

/** How a return counts. */
export function ModePicker({ query, onAsk }: ModePickerProps) {
  return (
    <ChoicePicker
      name="Counted"
      value={query.mode}
      choices={modesOf(query.first.unit)}
      onChoose={(mode) => onAsk(withMode(query, mode))}
    />
  )
}

/** What a streak's rates are a part of. */
export function BasePicker({ query, onAsk }: ModePickerProps) {
  const { unit } = query.first
  const bases: readonly Choice<Base>[] = [
    { value: 'cohort', text: 'of the cohort', meaning: 'How many are left of all who began.' },
    {
      value: 'previous',
      text: `of the ${unit} before`,
      meaning: `How many of those still there went on one more ${unit}.`,
    },
  ]
  return (
    <ChoicePicker
      name="Share"
      value={query.base}
      choices={bases}
      onChoose={(base) => onAsk({ ...query, base })}
    />
  )
}
