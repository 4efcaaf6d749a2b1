'use client'

import { useMemo } from 'react'
import {
  type Cohort,
  type EventList,
  parseExpression,
  periodAt,
  printExpression,
  type Unit,
  type Zone,
} from '../../lib/bitmapist/face'
import { lastOf, mostBeside, withLast, withRows, withUnit } from '../../lib/query/change'
import type { RetentionQuery } from '../../lib/query/types'
import { unitWord } from '../cohort/dates'
import { type Choice, ChoicePicker } from './choice-picker'
import { ColumnsPicker } from './columns-picker'
import { EndPicker } from './end-picker'
import { EventPicker } from './event-picker'
import { ExpressionPicker } from './expression-picker'
import classes from './form.module.css'
import { BasePicker, ModePicker } from './mode-picker'
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
  { value: 'hour', text: 'hour', meaning: 'Only where hours are tracked' },
]

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
  /** Whose clock says what "this week" is. */
  readonly zone: Zone
  readonly onAsk: (query: RetentionQuery) => void
}

/** What the parts of the sentence share. */
interface PartProps extends Pick<SentenceProps, 'query' | 'zone' | 'onAsk'> {
  readonly suggestions: readonly Suggestion[]
  readonly asOf: Date
}

/** The report's question as a sentence whose words can be changed. */
export function Sentence({ query, events, asOf, zone, onAsk }: SentenceProps) {
  const suggestions = useMemo(() => suggestionsOf(events), [events])
  const part: PartProps = { query, suggestions, zone, asOf: new Date(asOf), onAsk }
  return (
    <h1 className={classes.sentence}>
      Of users who did <Cohorts {...part} />, how many did <Returns {...part} /> <Window {...part} />
    </h1>
  )
}

/** Who is in the rows. */
function Cohorts({ query, suggestions, zone, asOf, onAsk }: PartProps) {
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
        choices={UNITS}
        onChoose={(next) => onAsk(withUnit(query, next, { now: asOf, zone }))}
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
  return (
    <>
      <EventPicker
        field="return"
        name="Return event"
        value={query.return}
        suggestions={suggestions}
        onChoose={(returning) => onAsk({ ...query, return: returning })}
      />{' '}
      <AndAlso query={query} suggestions={suggestions} onAsk={onAsk} />{' '}
      <ModePicker query={query} onAsk={onAsk} /> <Columns query={query} onAsk={onAsk} />
    </>
  )
}

/** `each of the 12 weeks after?`, or `weeks 0, 1–3, 4–7 after?`; a streak says what it is a share of. */
function Columns({ query, onAsk }: Pick<SentenceProps, 'query' | 'onAsk'>) {
  const { brackets, columns, mode, first } = query
  const picker = <ColumnsPicker query={query} usual={USUAL[first.unit]} onAsk={onAsk} />
  return (
    <>
      {brackets === null ? (
        <>
          each of the {picker} {unitWord(first.unit, columns - 1)} after
        </>
      ) : (
        <>
          {unitWord(first.unit, 2)} {picker} after
        </>
      )}
      {mode === 'every' && (
        <>
          , as a share <BasePicker query={query} onAsk={onAsk} />
        </>
      )}
      ?
    </>
  )
}

/** Narrows the return by a further condition, which becomes part of its expression. */
function AndAlso({ query, suggestions, onAsk }: Omit<PartProps, 'asOf' | 'zone'>) {
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
function Window({ query, zone, asOf, onAsk }: PartProps) {
  const across = query.brackets?.length ?? query.columns
  return (
    <span>
      Last{' '}
      <NumberPicker
        name="Cohorts"
        value={query.rows}
        min={1}
        max={mostBeside(across)}
        usual={USUAL[query.first.unit].map((count) => count + 1)}
        hint={`The last one included; with ${across} columns up to ${mostBeside(across)}`}
        onChoose={(rows) => onAsk(withRows(query, rows, zone))}
      />{' '}
      {query.rows === 1 ? 'cohort' : 'cohorts'}, up to{' '}
      <EndPicker
        value={lastOf(query, zone)}
        now={periodAt(query.first.unit, asOf, zone)}
        zone={zone}
        onChoose={(last) => onAsk(withLast(query, last, zone))}
      />
      .
    </span>
  )
}
