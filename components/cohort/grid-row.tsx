import { memo } from 'react'
import type { RetentionRow } from '../../lib/bitmapist/face'
import { type CellStyle, cellFace, isFew } from './cell'
import { formatPeriod, shortLabel } from './dates'
import { FEW_REASON, rowPeriod } from './describe'
import { formatCount } from './format'
import classes from './grid.module.css'

export interface GridRowProps {
  readonly r: number
  readonly row: RetentionRow
  readonly cells: number
  readonly style: CellStyle
  /** The largest cohort's users, for the bars. */
  readonly largest: number
  /** The column that the keyboard is in, −1 for the row's head; null elsewhere. */
  readonly activeColumn: number | null
}

/** One cohort. Its props change only with the report, the look, or the keyboard coming and going. */
export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { r, row, cells, style, activeColumn } = props
  return (
    <tr data-state={row.state} data-flag={row.flag ?? undefined}>
      <RowHead {...props} />
      {row.size === 0 ? (
        <td
          colSpan={cells}
          className={classes.nobody}
          data-r={r}
          data-k={0}
          tabIndex={activeColumn !== null && activeColumn >= 0 ? 0 : -1}
        >
          no users
        </td>
      ) : (
        Array.from({ length: cells }, (_, k) => {
          const face = cellFace(row, k, style)
          return (
            <td
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its offset
              key={k}
              data-r={r}
              data-k={k}
              data-state={face.state}
              data-heat={face.heat}
              data-drift={face.drift}
              data-silent={face.silent || undefined}
              tabIndex={activeColumn === k ? 0 : -1}
            >
              {face.text}
              {face.silent && face.text !== '' && <span className="visually-hidden"> (silent)</span>}
            </td>
          )
        })
      )}
    </tr>
  )
})

function RowHead({ r, row, largest, activeColumn }: GridRowProps) {
  const of = rowPeriod(row)
  return (
    <th scope="row" data-r={r} data-k={-1} tabIndex={activeColumn === -1 ? 0 : -1}>
      <div className={classes.rowHead}>
        <span className={classes.dates}>{formatPeriod(of, { brief: true })}</span>
        <span className={classes.size}>{row.size === null ? '' : formatCount(row.size)}</span>
        <span className={classes.under}>
          {shortLabel(of)}
          {row.state === 'open' && <span className={classes.chip}>so far</span>}
          {isFew(row) && (
            <span className={classes.chip} title={FEW_REASON}>
              few users
            </span>
          )}
          {row.flag === 'history' && <span className={classes.chip}>history</span>}
        </span>
      </div>
      <span className={classes.bar}>
        <span style={{ width: `${(100 * (row.size ?? 0)) / largest}%` }} />
      </span>
    </th>
  )
}
