'use client'

import { Tabs } from '@mantine/core'
import { useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { type EventList, periodAt, type RetentionTable, type Zone } from '../../lib/bitmapist/face'
import { printRetentionQuery } from '../../lib/query/retention'
import type { RetentionQuery } from '../../lib/query/types'
import { lookParsers, type RetentionLook } from '../../lib/query/view'
import { Curves } from '../chart/curves'
import { Sentence } from '../form/sentence'
import { AsOf } from '../layout/as-of'
import { Shell } from '../layout/shell'
import { type Answer, isOutage } from './answer'
import { cellStyle } from './cell'
import { EmptyProject } from './empty-project'
import { EmptyResult } from './empty-result'
import { ExportMenu, ShareButton } from './export-menu'
import { FiguresBar } from './figures-bar'
import { Footnotes } from './footnotes'
import { Grid } from './grid'
import { Legend } from './legend'
import { emptySide } from './nearest'
import classes from './retention-view.module.css'
import { ReportSkeleton } from './skeleton'
import { BadQuestion, Failure, Refusal } from './states'
import { Toolbar } from './toolbar'
import { useQuestion } from './use-question'
import { type Report, useRetention } from './use-retention'
import { zoneNamed } from './zone'

export interface RetentionViewProps {
  /** What the server answered to the URL's question. */
  readonly initial: Answer
  readonly events: EventList
  /** The server's instant, ISO 8601. */
  readonly now: string
  /** The project's time zone. */
  readonly timeZone: string
}

/** The whole page of a retention report: a sentence, and what it answers. */
export function RetentionView({ initial, events, now, timeZone }: RetentionViewProps) {
  const zone = zoneNamed(timeZone)
  const { query, problem, ask } = useQuestion(now, zone)
  const question = query === null ? null : printRetentionQuery(query, zone).toString()
  const report = useRetention(question, initial)
  const asOf = report.table?.asOf ?? now
  return (
    <Shell status={report.table && <AsOf table={report.table} />}>
      {query && (
        <div className={classes.header}>
          <Sentence query={query} events={events} asOf={asOf} zone={zone} onAsk={ask} />
          <div className={classes.actions}>
            <ShareButton />
            <ExportMenu question={question ?? ''} />
          </div>
        </div>
      )}
      {problem && <BadQuestion problem={problem} />}
      {query && <Body query={query} report={report} events={events} asOf={asOf} zone={zone} onAsk={ask} />}
    </Shell>
  )
}

interface BodyProps {
  readonly query: RetentionQuery
  readonly report: Report
  readonly events: EventList
  readonly asOf: string
  readonly zone: Zone
  readonly onAsk: (query: RetentionQuery) => void
}

/** The answer in whichever state it is. */
function Body({ query, report, events, asOf, zone, onAsk }: BodyProps) {
  const { table, problem, stale, retry } = report
  if (problem && !isOutage(problem)) return <Refusal title="This report cannot be made" problem={problem} />
  if (problem) return <Failure problem={problem} retrying={stale} onRetry={retry} />
  if (table === null)
    return <ReportSkeleton rows={query.rows} columns={query.brackets?.length ?? query.columns} />
  if (events.events.length === 0 && table.users === 0) return <EmptyProject />
  const side = emptySide(table)
  const empty = side !== null && !stale && (
    <EmptyResult
      side={side}
      query={query}
      events={events}
      now={periodAt(query.first.unit, new Date(asOf), zone)}
      zone={zone}
      onAsk={onAsk}
    />
  )
  return (
    <div className={classes.body} aria-busy={stale} data-stale={stale || undefined}>
      {empty}
      {side !== 'start' && <Answered table={table} />}
    </div>
  )
}

function Answered({ table }: { readonly table: RetentionTable }) {
  const [look, setLook] = useQueryStates(lookParsers)
  const change = (next: Partial<RetentionLook>) => void setLook(next)
  const style = useMemo(() => cellStyle(table, look), [table, look])
  return (
    <>
      <FiguresBar table={table} headline={look.headline} />
      <Tabs
        value={look.view}
        onChange={(view) => change({ view: view === 'curves' ? 'curves' : 'table' })}
        keepMounted={false}
      >
        <div className={classes.tools}>
          <Tabs.List className={classes.tabs}>
            <Tabs.Tab value="table">Table</Tabs.Tab>
            <Tabs.Tab value="curves">Curves</Tabs.Tab>
          </Tabs.List>
          <Toolbar look={look} onLook={change} />
        </div>
        <Tabs.Panel value="table">
          <Grid table={table} look={look} onHeadline={(headline) => change({ headline })} />
          <div className={classes.legend}>
            <Legend table={table} style={style} />
          </div>
          <div className={classes.wide}>
            <Curves table={table} values={look.values} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="curves">
          <Curves table={table} values={look.values} />
        </Tabs.Panel>
      </Tabs>
      <Footnotes table={table} />
    </>
  )
}
