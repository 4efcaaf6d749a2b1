import type { ReactNode } from 'react'
import { type Figures, figuresOf, parsePeriod, type RetentionTable } from '../../lib/bitmapist/face'
import { columnName } from './column'
import { formatNear } from './dates'
import { runningPeriod } from './describe'
import classes from './figures-bar.module.css'
import { formatCount, formatNumber, formatPoints, formatShare } from './format'

export interface FiguresBarProps {
  readonly table: RetentionTable
  readonly headline: number
}

/** What changed, in one line each. */
export function FiguresBar({ table, headline }: FiguresBarProps) {
  const figures = figuresOf(table, headline)
  return (
    <dl className={classes.figures} data-testid="figures">
      <Headline table={table} figures={figures} />
      <Latest table={table} figures={figures} />
      <Farthest table={table} figures={figures} />
      <Users table={table} figures={figures} />
    </dl>
  )
}

interface FigureProps {
  readonly table: RetentionTable
  readonly figures: Figures
}

/** `Week-1 retention` */
function headlineName({ table, figures }: FigureProps): string {
  return `${columnName(table, figures.offset).replace(/ (\d+)$/, '-$1')} retention`
}

function Headline({ table, figures }: FigureProps) {
  const { recent, comparison, span } = figures
  const name = headlineName({ table, figures })
  if (recent === null) return <Figure name={name} value="–" note="no closed cohort yet that counts" />
  const value = formatShare(recent)
  if (comparison === null) {
    const few = `${recent.cohorts === 1 ? 'the closed cohort' : `the last ${recent.cohorts} closed cohorts`}; a comparison needs ${2 * span}`
    return <Figure name={name} value={value} note={few} />
  }
  return (
    <Figure
      name={name}
      value={value}
      note={`last ${span} closed cohorts against the ${span} before (${formatShare(comparison.before)}), ${comparison.beyondChance ? 'beyond chance' : 'within chance'}`}
      title={testExplained(table, figures)}
    >
      <Change difference={comparison.difference} beyond={comparison.beyondChance} />
    </Figure>
  )
}

/** What was compared and how, for the tooltip. */
function testExplained(table: RetentionTable, { recent, comparison }: Figures): string {
  if (recent === null || comparison === null) return ''
  const side = ({ count, size }: { readonly count: number; readonly size: number }) =>
    `${formatCount(count)} of ${formatCount(size)}`
  const overlap = table.cohort === 'recurring' ? ' Users in several cohorts count in each.' : ''
  return `${side(recent)} against ${side(comparison.before)}; two-proportion z-test at 95 %: z = ${comparison.z.toFixed(2)}, beyond chance from 1.96 on.${overlap}`
}

function Change({ difference, beyond }: { readonly difference: number; readonly beyond: boolean }) {
  const points = formatPoints(difference)
  const flat = points.startsWith('0.0')
  const sign = flat ? '±' : difference > 0 ? '▲' : '▼'
  const tone = !beyond || flat ? 'flat' : difference > 0 ? 'up' : 'down'
  return (
    <span className={classes.change} data-tone={tone}>
      <span aria-hidden="true">{sign}</span>
      <span className="visually-hidden">{flat ? '' : difference > 0 ? 'up' : 'down'}</span> {points}
    </span>
  )
}

function Latest({ table, figures }: FigureProps) {
  const { latest } = figures
  if (latest === null) return null
  const dates = formatNear(parsePeriod(latest.row.label), runningPeriod(table))
  return (
    <Figure
      name={`Latest closed cohort, ${dates}`}
      value={formatShare(latest.share)}
      note={`${formatCount(latest.share.count)} of ${formatNumber(latest.share.size, 'user')} in ${columnName(table, figures.offset).toLowerCase()}`}
    />
  )
}

function Farthest({ table, figures }: FigureProps) {
  const { farthest, offset } = figures
  if (farthest === null || farthest.offset === offset) return null
  return (
    <Figure
      name={columnName(table, farthest.offset)}
      value={formatShare(farthest.pool)}
      note={formatNumber(farthest.pool.cohorts, 'cohort')}
    />
  )
}

function Users({ table, figures }: FigureProps) {
  const { count, cohorts, running } = figures.users
  const open = table.cohort === 'recurring' && table.rows.some(({ state }) => state === 'open')
  const now = table.period === 'day' ? 'today' : `this ${table.period}`
  const more =
    running === null
      ? open
        ? `, ${now} so far included`
        : ''
      : `; ${formatCount(running)} more so far ${now}`
  return (
    <Figure
      name="Users"
      value={formatCount(count)}
      note={`${count === 1 ? 'user' : 'users'} in ${formatNumber(cohorts, 'cohort')}${more}`}
      title={table.cohort === 'recurring' ? 'each user once, however many cohorts they are in' : undefined}
    />
  )
}

interface FigureViewProps {
  readonly name: string
  readonly value: string
  readonly note: string
  readonly title?: string | undefined
  readonly children?: ReactNode
}

function Figure({ name, value, note, title, children }: FigureViewProps) {
  return (
    <div className={classes.figure} title={title}>
      <dt>{name}</dt>
      <dd>
        <span className={classes.value}>{value}</span>
        {children && ' '}
        {children}
        <span className={classes.note}>{note}</span>
      </dd>
    </div>
  )
}
