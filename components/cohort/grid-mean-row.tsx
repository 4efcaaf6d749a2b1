import { memo } from 'react'
import { columnPool, type RetentionTable } from '../../lib/bitmapist/face'
import { cohortCount } from './describe'
import { formatCount, formatNumber, formatShare } from './format'
import classes from './grid.module.css'

export interface GridMeanRowProps {
  readonly report: RetentionTable
  readonly values: 'rate' | 'count'
  /** The column that the keyboard is in, −1 for the row's head; null elsewhere. */
  readonly activeColumn: number | null
}

/** The weighted mean of each column; with counts, the mean cohort's users. */
export const GridMeanRow = memo(function GridMeanRow({ report, values, activeColumn }: GridMeanRowProps) {
  return (
    <tr className={classes.mean}>
      <th scope="row" data-r={-1} data-k={-1} tabIndex={activeColumn === -1 ? 0 : -1}>
        <div className={classes.rowHead}>
          <span className={classes.dates}>Mean</span>
          <span className={classes.under}>{formatNumber(cohortCount(report), 'cohort')}</span>
        </div>
      </th>
      {report.mean.weighted.map((_, k) => {
        const pool = columnPool(report, k)
        const text =
          values === 'rate' ? formatShare(pool) : formatCount(Math.round(pool.count / pool.cohorts))
        return (
          <td
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its offset
            key={k}
            data-r={-1}
            data-k={k}
            tabIndex={activeColumn === k ? 0 : -1}
          >
            {pool.cohorts === 0 ? <span className={classes.none}>–</span> : text}
          </td>
        )
      })}
    </tr>
  )
})
