'use client'

import { useComputedColorScheme } from '@mantine/core'
import dynamic from 'next/dynamic'
import type { RetentionTable } from '../../lib/bitmapist/face'
import { columnPool } from '../../lib/bitmapist/face'
import { columnName } from '../cohort/column'
import { formatShare } from '../cohort/format'
import classes from './curves.module.css'

// Chart.js draws on a canvas: nothing of it can be rendered on the server, and the grid need not wait for it.
const CurvesCanvas = dynamic(() => import('./curves-canvas'), { ssr: false })

export interface CurvesProps {
  readonly table: RetentionTable
  readonly values: 'rate' | 'count'
}

/** The mean's ends in words: what the picture says to those who do not see it. */
function inWords(table: RetentionTable): string {
  const last = table.mean.rows.findLastIndex((rows) => rows > 0)
  const at = (k: number) => `${columnName(table, k).toLowerCase()} ${formatShare(columnPool(table, k))}`
  const ends = last < 1 ? 'no mean yet' : `mean ${at(Math.min(1, last))}, ${at(last)}`
  return `Retention curves, a line a cohort and their mean: ${ends}. The grid has every number.`
}

/** The cohorts as lines, and their mean. */
export function Curves({ table, values }: CurvesProps) {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  return (
    <figure className={classes.curves}>
      <figcaption className={classes.caption}>
        A line a cohort, later ones stronger; the bold one is the mean; dashed = so far
      </figcaption>
      <div className={classes.canvas}>
        <CurvesCanvas key={scheme} table={table} values={values} words={inWords(table)} />
      </div>
    </figure>
  )
}
