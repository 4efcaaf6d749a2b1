import type { RetentionTable } from '../../lib/bitmapist/face'
import type { CellStyle } from './cell'
import { formatPoints, formatRate } from './format'
import { DRIFT_STEPS, HEAT_STEPS } from './heat'
import classes from './legend.module.css'

const STEPS = Array.from({ length: HEAT_STEPS }, (_, k) => k + 1)

export interface LegendProps {
  readonly table: RetentionTable
  readonly style: CellStyle
}

/** What the colours and marks of the grid say, with both ends of the scale. */
export function Legend({ table, style: { paint, values } }: LegendProps) {
  const silent = table.rows.some((row) => row.cells.some(({ flag }) => flag === 'silent'))
  return (
    <div className={classes.legend}>
      {paint?.kind === 'scale' && (
        <span className={classes.scale}>
          {formatRate(paint.scale.low)}
          <span className={classes.steps} aria-hidden="true">
            {STEPS.map((step) => (
              <i key={step} style={{ background: `var(--heat-${step})` }} />
            ))}
          </span>
          {formatRate(paint.scale.high)}
        </span>
      )}
      {paint?.kind === 'mean' && <Drift span={paint.span} />}
      {paint !== null && values === 'count' && <span>colours show the rate</span>}
      <span>
        <i className={classes.dashed} aria-hidden="true" /> dashed = so far
      </span>
      {silent && (
        <span>
          <i className={classes.hatched} aria-hidden="true" /> hatched = silent, nobody at all
        </span>
      )}
    </div>
  )
}

function Drift({ span }: { readonly span: number }) {
  const steps = Array.from({ length: 2 * DRIFT_STEPS + 1 }, (_, k) => k - DRIFT_STEPS)
  const name = (step: number) =>
    step === 0 ? '--drift-0' : step < 0 ? `--drift-down-${-step}` : `--drift-up-${step}`
  return (
    <span className={classes.scale}>
      −{formatPoints(span)}
      <span className={classes.steps} aria-hidden="true">
        {steps.map((step) => (
          <i key={step} style={{ background: `var(${name(step)})` }} />
        ))}
      </span>
      +{formatPoints(span)} against the column’s mean
    </span>
  )
}
