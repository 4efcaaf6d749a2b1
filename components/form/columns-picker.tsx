'use client'

import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { BitcohortError, type Bracket } from '../../lib/bitmapist/face'
import { parseBrackets } from '../../lib/query/brackets'
import { mostBeside } from '../../lib/query/change'
import { MAX_SIDE } from '../../lib/query/retention'
import type { RetentionQuery } from '../../lib/query/types'
import { unitWord } from '../cohort/dates'
import classes from './form.module.css'
import { NumberForm } from './number-picker'
import { TokenPopover } from './token-popover'

export interface ColumnsPickerProps {
  readonly query: RetentionQuery
  /** Numbers at one press. */
  readonly usual: readonly number[]
  readonly onAsk: (query: RetentionQuery) => void
}

/** `0, 1–3, 4–7` */
export function bracketsText(brackets: readonly Bracket[]): string {
  return brackets.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(', ')
}

/** What was typed as columns: their brackets, or why they are none. */
export function readBrackets(
  text: string,
): { readonly brackets: readonly Bracket[] } | { readonly problem: string } {
  try {
    return { brackets: parseBrackets(text.replace(/\s+/g, '').replace(/[–—]/g, '-'), MAX_SIDE) }
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    const [what = ''] = error.message.split('; ')
    return { problem: what.replace('"brackets" ', '').replace(/, got .*$/, '') }
  }
}

/** How many columns there are, or which: one an offset, or several offsets each. */
export function ColumnsPicker({ query, usual, onAsk }: ColumnsPickerProps) {
  const { columns, brackets, first } = query
  const words = unitWord(first.unit, 2)
  const name = `${words.charAt(0).toUpperCase()}${words.slice(1)} after`
  return (
    <TokenPopover name={name} text={brackets === null ? columns - 1 : bracketsText(brackets)} width={270}>
      {(close) => {
        const choose = (next: RetentionQuery) => {
          close()
          onAsk(next)
        }
        const count = (after: number) => {
          if (after === columns - 1 && brackets === null) return close()
          choose({ ...query, columns: after + 1, brackets: null })
        }
        return (
          <>
            <CountForm query={query} usual={usual} name={name} onCount={count} />
            {query.mode === 'on' && <BracketsForm query={query} onAsk={choose} />}
          </>
        )
      }}
    </TokenPopover>
  )
}

interface CountFormProps extends Pick<ColumnsPickerProps, 'query' | 'usual'> {
  readonly name: string
  readonly onCount: (after: number) => void
}

/** A column an offset: how many. */
function CountForm({ query: { rows, columns }, usual, name, onCount }: CountFormProps) {
  const most = mostBeside(rows) - 1
  const hint = `At most 20,000 cells in a grid: with ${rows} cohorts up to ${most}`
  return (
    <>
      <NumberForm name={name} value={columns - 1} min={0} max={most} hint={hint} onChoose={onCount} />
      <div className={classes.usual}>
        {usual
          .filter((number) => number <= most)
          .map((number) => (
            <Button key={number} size="compact-xs" variant="default" onClick={() => onCount(number)}>
              {number}
            </Button>
          ))}
      </div>
    </>
  )
}

/** Custom columns; says while they are typed why they are none. */
function BracketsForm({ query, onAsk }: Pick<ColumnsPickerProps, 'query' | 'onAsk'>) {
  const [text, setText] = useState(query.brackets === null ? '' : bracketsText(query.brackets))
  const read = text.trim() === '' ? null : readBrackets(text)
  return (
    <form
      className={classes.brackets}
      onSubmit={(event) => {
        event.preventDefault()
        if (read === null || 'problem' in read) return
        onAsk({ ...query, brackets: read.brackets, columns: (read.brackets.at(-1)?.[1] ?? 0) + 1 })
      }}
    >
      <TextInput
        size="xs"
        label="Custom columns"
        description={`${unitWord(query.first.unit, 2)}, several together where you write a range`}
        placeholder="0, 1–3, 4–7"
        value={text}
        spellCheck={false}
        autoComplete="off"
        error={read !== null && 'problem' in read ? read.problem : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default" disabled={read === null || 'problem' in read}>
        Use these columns
      </Button>
    </form>
  )
}
