'use client'

import { TextInput } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import {
  BitcohortError,
  floor,
  label,
  lastDay,
  offset,
  type Period,
  parsePeriod,
  range,
  startLabel,
  type Zone,
} from '../../lib/bitmapist/face'
import { formatPeriod, formatRelative } from '../cohort/dates'
import classes from './form.module.css'
import { TokenPopover } from './token-popover'

const RECENT = 12

export interface EndPickerProps {
  readonly value: Period
  /** The running period of the same unit. */
  readonly now: Period
  /** Whose clock decides which hours and days there are. */
  readonly zone: Zone
  readonly onChoose: (last: Period) => void
}

/** The last period of a report: a recent one, or that of any date. */
export function EndPicker({ value, now, zone, onChoose }: EndPickerProps) {
  return (
    <TokenPopover name="Up to" text={formatRelative(value, now)}>
      {(close) => {
        const choose = (next: Period) => {
          close()
          if (next.index !== value.index) onChoose(next)
        }
        return <EndChoices value={value} now={now} zone={zone} onChoose={choose} />
      }}
    </TokenPopover>
  )
}

function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  event.preventDefault()
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const at = buttons.findIndex((button) => button.matches(':focus'))
  buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus()
}

function EndChoices({ value, now, zone, onChoose }: EndPickerProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const takeDate = (text: string) => {
    if (text === '') return
    try {
      setProblem(null)
      const named = floor(value.unit, parsePeriod(text, 'date'))
      onChoose(range(named, 1, zone)[0] ?? named)
    } catch (error) {
      if (!(error instanceof BitcohortError)) throw error
      setProblem('choose a date in the years 1 to 9999')
    }
  }
  return (
    <>
      <RecentPeriods value={value} now={now} zone={zone} onChoose={onChoose} />
      <DateInput
        initial={startLabel(lastDay(value)).slice(0, 10)}
        problem={problem}
        unit={value.unit}
        onDate={takeDate}
      />
    </>
  )
}

/** The running period and those before it. */
function RecentPeriods({ value, now, zone, onChoose }: EndPickerProps) {
  const recent = Array.from({ length: RECENT }, (_, back) => offset(now, -back, zone))
  const listed = recent.some(({ index }) => index === value.index)
  return (
    <ul className={classes.periods} onKeyDown={moveFocus}>
      {recent.map((each, back) => (
        <li key={label(each)}>
          <button
            type="button"
            className={classes.period}
            aria-pressed={each.index === value.index}
            data-autofocus={each.index === (listed ? value : now).index || undefined}
            onClick={() => onChoose(each)}
          >
            {formatRelative(each, now)}
            {back < 2 && <span className={classes.months}>{formatPeriod(each)}</span>}
          </button>
        </li>
      ))}
    </ul>
  )
}

interface DateInputProps {
  readonly initial: string
  readonly problem: string | null
  readonly unit: Period['unit']
  readonly onDate: (date: string) => void
}

/** Takes a date on Enter or by the button: a native date field changes with every key. */
function DateInput({ initial, problem, unit, onDate }: DateInputProps) {
  const [date, setDate] = useState(initial)
  return (
    <form
      className={classes.dateForm}
      onSubmit={(event) => {
        event.preventDefault()
        onDate(date)
      }}
    >
      <TextInput
        type="date"
        size="xs"
        label={`The ${unit} of a date`}
        value={date}
        error={problem}
        onChange={(event) => setDate(event.currentTarget.value)}
      />
      <button type="submit" className={classes.go}>
        Go
      </button>
    </form>
  )
}
