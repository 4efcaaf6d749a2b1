'use client'

import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table'
import { type CSSProperties, useMemo, useRef } from 'react'
import type { RetentionRow, RetentionTable } from '../../lib/bitmapist/face'
import type { RetentionLook } from '../../lib/query/view'
import { cellStyle } from './cell'
import { columnName } from './column'
import classes from './grid.module.css'
import { GridDetail } from './grid-detail'
import { GridHead } from './grid-head'
import { GridMeanRow } from './grid-mean-row'
import { GridRow } from './grid-row'
import { useGridFocus } from './use-grid-focus'

const features = tableFeatures({})
const helper = createColumnHelper<typeof features, RetentionRow>()

export interface GridProps {
  readonly table: RetentionTable
  readonly look: RetentionLook
  readonly onHeadline: (offset: number) => void
}

/** The widths of the columns in pixels: counts of millions and `Weeks 10–13` need more. */
function columnWidth(table: RetentionTable, values: RetentionLook['values']): number {
  const largest = Math.max(0, ...table.rows.map((row) => row.size ?? 0))
  const wide =
    table.brackets?.some(([from, to]) => from !== to) || (values === 'count' && largest >= 1_000_000)
  return wide ? 92 : 64
}

/** The columns of the table: one an offset. */
function useColumns(report: RetentionTable) {
  const count = report.mean.weighted.length
  return useMemo(
    () =>
      helper.columns(
        Array.from({ length: count }, (_, k) =>
          helper.accessor((row) => row.cells[k]?.count ?? null, {
            id: String(k),
            header: columnName(report, k),
          }),
        ),
      ),
    [count, report],
  )
}

/** The rows as they stand, the newest or the oldest on top. */
function useRows({ rows }: RetentionTable, order: RetentionLook['order']) {
  return useMemo(() => (order === 'newest' ? rows.toReversed() : [...rows]), [rows, order])
}

/** What all rows are drawn by. */
function useRowLook(report: RetentionTable, look: RetentionLook) {
  const style = useMemo(() => cellStyle(report, look), [report, look])
  const largest = Math.max(1, ...report.rows.map((row) => row.size ?? 0))
  return { style, largest, cells: report.mean.weighted.length }
}

/** The cohorts: a row each, a column for each offset, the mean pinned under the header. */
export function Grid({ table: report, look, onHeadline }: GridProps) {
  const columns = useColumns(report)
  const data = useRows(report, look.order)
  const table = useTable({ features, columns, data, getRowId: (row) => row.label })
  const rowLook = useRowLook(report, look)
  const frame = useRef<HTMLDivElement>(null)
  const focus = useGridFocus({ frame, rows: data.length, columns: columns.length })
  return (
    <div className={classes.frame} ref={frame} style={sizesOf(report, look)} data-testid="grid">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells the arrow keys reach is a grid */}
      <table className={classes.grid} role="grid" aria-label="Retention by cohort" {...focus.handlers}>
        <Columns count={columns.length} />
        <thead>
          {table.getHeaderGroups().map((group) => (
            <GridHead
              key={group.id}
              names={group.headers.map((header) => <table.FlexRender key={header.id} header={header} />)}
              headline={Math.min(look.headline, columns.length - 1)}
              tabIndex={(k) => focus.tabIndex(-2, k)}
              onHeadline={onHeadline}
            />
          ))}
          <GridMeanRow report={report} values={look.values} activeColumn={focus.columnIn(-1)} />
        </thead>
        <tbody>
          {table.getRowModel().rows.map(({ id, original }, r) => (
            <GridRow key={id} r={r} row={original} {...rowLook} activeColumn={focus.columnIn(r)} />
          ))}
        </tbody>
      </table>
      <GridDetail frame={frame} report={report} rows={data} />
    </div>
  )
}

function sizesOf(report: RetentionTable, { values }: RetentionLook): CSSProperties {
  return {
    '--column': `${columnWidth(report, values)}px`,
    '--columns': report.mean.weighted.length,
    '--rows': report.rows.length,
  } as CSSProperties
}

function Columns({ count }: { readonly count: number }) {
  return (
    <colgroup>
      <col className={classes.headColumn} />
      <col className={classes.column} span={count} />
    </colgroup>
  )
}
