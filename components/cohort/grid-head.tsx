import type { ReactNode } from 'react'
import classes from './grid.module.css'

export interface GridHeadProps {
  /** What stands over each column. */
  readonly names: readonly ReactNode[]
  /** The offset that the figures speak of. */
  readonly headline: number
  readonly tabIndex: (offset: number) => number
  readonly onHeadline: (offset: number) => void
}

/** The heads of the columns; pressing one makes it what the figures speak of. */
export function GridHead({ names, headline, tabIndex, onHeadline }: GridHeadProps) {
  return (
    <tr>
      <th scope="col" className={classes.corner}>
        Cohort<span className={classes.cornerSize}>Users</span>
      </th>
      {names.map((name, k) => (
        <th
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its offset
          key={k}
          scope="col"
          className={classes.head}
          data-headline={k === headline || undefined}
        >
          <button
            type="button"
            data-r={-2}
            data-k={k}
            tabIndex={tabIndex(k)}
            aria-pressed={k === headline}
            title="Speak of this column in the figures above"
            onClick={() => onHeadline(k)}
          >
            {name}
          </button>
        </th>
      ))}
    </tr>
  )
}
