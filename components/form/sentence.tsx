'use client'

import { useMemo } from 'react'
import {
  type Cohort,
  type EventList,
  parseExpression,
  periodAt,
  printExpression,
  type Unit,
} from '../../lib/bitmapist/face'
import { lastOf, mostBeside, withLast, withRows, withUnit } from '../../lib/query/change'
import type { RetentionQuery } from '../../lib/query/types'
import { unitWord } from '../cohort/dates'
import { type Choice, ChoicePicker } from './choice-picker'
import { EndPicker } from './end-picker'
import { EventPicker } from './event-picker'
import { ExpressionPicker } from './expression-picker'
import classes from './form.module.css'
import { NumberPicker } from './number-picker'
import { type Suggestion, suggestionsOf } from './suggest'

const COHORTS: readonly Choice<Cohort>[] = [
  { value: 'first', text: 'for the first time', meaning: 'Each user is in one cohort: best for new users.' },
  {
    value: 'recurring',
    text: 'every time',
    meaning: 'A user joins every cohort they did it in: are last week’s users still here?',
  },
]

const UNITS: readonly Choice<Unit>[] = [
  { value: 'day', text: 'day' },
  { value: 'week', text: 'week', meaning: 'ISO weeks, Monday to Sunday' },
  { value: 'month', text: 'month' },
  { value: 'year', text: 'year' },
]
const HOUR: Choice<Unit> = { value: 'hour', text: 'hour', meaning: 'Only where hours are tracked' }

const USUAL: Readonly<Record<Unit, readonly number[]>> = {
  hour: [12, 24, 48],
  day: [7, 14, 30, 60, 90],
  week: [8, 12, 26, 52],
  month: [6, 12, 24, 36],
  year: [3, 5, 10],
}

export interface SentenceProps {
  readonly query: RetentionQuery
  readonly events: EventList
  /** The instant that "this week" is taken from. */
  readonly asOf: string
  readonly onAsk: (query: RetentionQuery) => void
}

/** What the parts of the sentence share. */
interface PartProps extends Pick<SentenceProps, 'query' | 'onAsk'> {
  readonly suggestions: readonly Suggestion[]
  readonly asOf: Date
}

/** The report's question as a sentence whose words can be changed. */
export function Sentence({ query, events, asOf, onAsk }: SentenceProps) {
  const suggestions = useMemo(() => suggestionsOf(events), [events])
  const part: PartProps = { query, suggestions, asOf: new Date(asOf), onAsk }
  return (
    <h1 className={classes.sentence}>
      Of users who did <Cohorts {...part} />, how many did <Returns {...part} /> <Window {...part} />
    </h1>
  )
}

/** Who is in the rows. */
function Cohorts({ query, suggestions, asOf, onAsk }: PartProps) {
  const unit = query.first.unit
  return (
    <>
      <EventPicker
        field="start"
        name="Start event"
        value={query.start}
        suggestions={suggestions}
        onChoose={(start) => onAsk({ ...query, start })}
      />{' '}
      <ChoicePicker
        name="Cohort"
        value={query.cohort}
        choices={COHORTS}
        onChoose={(cohort) => onAsk({ ...query, cohort })}
      />{' '}
      in {unit === 'hour' ? 'an' : 'a'}{' '}
      <ChoicePicker
        name="Period"
        value={unit}
        choices={unit === 'hour' ? [HOUR, ...UNITS] : UNITS}
        onChoose={(next) => onAsk(withUnit(query, next, asOf))}
      />
      {query.who === null ? ' ' : ' who also match '}
      <ExpressionPicker
        field="who"
        name="Who also"
        invitation="+ who also"
        value={query.who}
        suggestions={suggestions}
        hint={`Read in the cohort’s own ${unit}; attr(…) is as of now. Combine with & | ^ - ! and parentheses.`}
        onChoose={(who) => onAsk({ ...query, who })}
      />
    </>
  )
}

/** What the columns count. */
function Returns({ query, suggestions, onAsk }: PartProps) {
  const unit = query.first.unit
  const most = mostBeside(query.rows) - 1
  return (
    <>
      <EventPicker
        field="return"
        name="Return event"
        value={query.return}
        suggestions={suggestions}
        onChoose={(returning) => onAsk({ ...query, return: returning })}
      />{' '}
      <AndAlso query={query} suggestions={suggestions} onAsk={onAsk} /> in each of the{' '}
      <NumberPicker
        name={`${unitWord(unit, 2)} after`.replace(/^./, (letter) => letter.toUpperCase())}
        value={query.columns - 1}
        min={0}
        max={most}
        usual={USUAL[unit]}
        hint={`At most 20,000 cells in a grid: with ${query.rows} cohorts up to ${most}`}
        onChoose={(after) => onAsk({ ...query, columns: after + 1 })}
      />{' '}
      {unitWord(unit, query.columns - 1)} after?
    </>
  )
}

/** Narrows the return by a further condition, which becomes part of its expression. */
function AndAlso({ query, suggestions, onAsk }: Omit<PartProps, 'asOf'>) {
  return (
    <ExpressionPicker
      field="return"
      name="And also"
      invitation="+ and also"
      value={null}
      suggestions={suggestions}
      hint={`Joined to the return by “&”; read in the column’s own ${query.first.unit}.`}
      onChoose={(more) => {
        if (more === null) return
        const joined = parseExpression(`(${query.return}) & (${more})`, 'return')
        onAsk({ ...query, return: printExpression(joined) })
      }}
    />
  )
}

/** Which rows: how many, and up to when. */
function Window({ query, asOf, onAsk }: PartProps) {
  return (
    <span>
      Last{' '}
      <NumberPicker
        name="Cohorts"
        value={query.rows}
        min={1}
        max={mostBeside(query.columns)}
        usual={USUAL[query.first.unit].map((count) => count + 1)}
        hint={`The last one included; with ${query.columns} columns up to ${mostBeside(query.columns)}`}
        onChoose={(rows) => onAsk(withRows(query, rows))}
      />{' '}
      {query.rows === 1 ? 'cohort' : 'cohorts'}, up to{' '}
      <EndPicker
        value={lastOf(query)}
        now={periodAt(query.first.unit, asOf)}
        onChoose={(last) => onAsk(withLast(query, last))}
      />
      .
    </span>
  )
}
