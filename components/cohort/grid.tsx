'use client'

import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table'
import { type CSSProperties, useMemo, useRef } from 'react'
import type { RetentionRow, RetentionTable } from '../../lib/bitmapist/face'
import type { RetentionLook } from '../../lib/query/view'
import { cellStyle } from './cell'
import { columnName } from './column'
import classes from './grid.module.css'
import { GridDetail } from './grid-detail'
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

/** The cohorts: a row each, a column for each offset, the mean pinned under the header. */
export function Grid({ table: report, look, onHeadline }: GridProps) {
  const columnCount = report.mean.weighted.length
  const columns = useMemo(
    () =>
      helper.columns(
        Array.from({ length: columnCount }, (_, k) =>
          helper.accessor((row) => row.cells[k]?.count ?? null, {
            id: String(k),
            header: columnName(report, k),
          }),
        ),
      ),
    [columnCount, report],
  )
  const data = useMemo(
    () => (look.order === 'newest' ? report.rows.toReversed() : [...report.rows]),
    [report.rows, look.order],
  )
  const table = useTable({ features, columns, data, getRowId: (row) => row.label })
  const style = useMemo(() => cellStyle(report, look), [report, look])
  const frame = useRef<HTMLDivElement>(null)
  const focus = useGridFocus({ frame, rows: data.length, columns: columnCount })
  const largest = Math.max(1, ...report.rows.map((row) => row.size ?? 0))
  const headline = Math.min(look.headline, columnCount - 1)
  const sizes = {
    '--column': `${columnWidth(report, look.values)}px`,
    '--columns': columnCount,
    '--rows': data.length,
  } as CSSProperties

  return (
    <div className={classes.frame} ref={frame} style={sizes} data-testid="grid">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells the arrow keys reach is a grid */}
      <table className={classes.grid} role="grid" aria-label="Retention by cohort" {...focus.handlers}>
        <colgroup>
          <col className={classes.headColumn} />
          {columns.map((column, k) => (
            <col key={column.id ?? k} className={classes.column} />
          ))}
        </colgroup>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              <th scope="col" className={classes.corner}>
                Cohort<span className={classes.cornerSize}>Users</span>
              </th>
              {group.headers.map((header, k) => (
                <th
                  key={header.id}
                  scope="col"
                  className={classes.head}
                  data-headline={k === headline || undefined}
                >
                  <button
                    type="button"
                    data-r={-2}
                    data-k={k}
                    tabIndex={focus.tabIndex(-2, k)}
                    aria-pressed={k === headline}
                    title={`Speak of ${columnName(report, k).toLowerCase()} in the figures above`}
                    onClick={() => onHeadline(k)}
                  >
                    <table.FlexRender header={header} />
                  </button>
                </th>
              ))}
            </tr>
          ))}
          <GridMeanRow report={report} values={look.values} activeColumn={focus.columnIn(-1)} />
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row, r) => (
            <GridRow
              key={row.id}
              r={r}
              row={row.original}
              cells={row.getAllCells().length}
              style={style}
              largest={largest}
              activeColumn={focus.columnIn(r)}
            />
          ))}
        </tbody>
      </table>
      <GridDetail frame={frame} report={report} rows={data} />
    </div>
  )
}
