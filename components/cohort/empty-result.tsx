'use client'

import { Button, Group } from '@mantine/core'
import type { EventList, Period, Zone } from '../../lib/bitmapist/face'
import { lastOf, withLast } from '../../lib/query/change'
import type { RetentionQuery } from '../../lib/query/types'
import { formatPeriod, unitWord } from './dates'
import { shorten } from './describe'
import { dataRange, type EmptySide, nearestEnd } from './nearest'
import { Panel } from './states'

export interface EmptyResultProps {
  readonly side: Exclude<EmptySide, null>
  readonly query: RetentionQuery
  readonly events: EventList
  readonly now: Period
  readonly zone: Zone
  readonly onAsk: (query: RetentionQuery) => void
}

/** Which side of the report is empty, and the nearest range that is not. */
export function EmptyResult({ side, query, events, now, zone, onAsk }: EmptyResultProps) {
  const unit = query.first.unit
  const expression = side === 'start' ? query.start : query.return
  const range = dataRange(expression, events, { unit, now })
  const end = nearestEnd(query, range, zone)
  const these = `${formatPeriod(query.first)} to ${formatPeriod(lastOf(query, zone))}`
  return (
    <Panel title={`Nobody did ${shorten(expression)} in these ${unitWord(unit, query.rows)}`}>
      <p>
        {side === 'start' ? 'The cohorts are empty' : 'The cohorts have users, but none of them came back'}:{' '}
        {these}.{range === null && ` There is no mark of ${shorten(expression)} at all.`}
      </p>
      <Ways {...{ side, query, zone, onAsk, end, range }} />
    </Panel>
  )
}

interface WaysProps extends Pick<EmptyResultProps, 'side' | 'query' | 'zone' | 'onAsk'> {
  readonly end: Period | null
  readonly range: { readonly first: Period; readonly last: Period } | null
}

function Ways({ side, query, zone, onAsk, end, range }: WaysProps) {
  const { who } = query
  return (
    <Group gap={8}>
      {end !== null && range !== null && (
        <Button size="xs" onClick={() => onAsk(withLast(query, end, zone))}>
          Show the nearest data, up to {formatPeriod(end)}
        </Button>
      )}
      {side === 'start' && who !== null && (
        <Button size="xs" variant="default" onClick={() => onAsk({ ...query, who: null })}>
          Without “{shorten(who, 24)}”
        </Button>
      )}
      {side === 'start' && query.cohort === 'first' && end === null && (
        <Button size="xs" variant="default" onClick={() => onAsk({ ...query, cohort: 'recurring' })}>
          Count every time, not only the first
        </Button>
      )}
    </Group>
  )
}
