'use client'

import { SegmentedControl } from '@mantine/core'
import type { RetentionLook } from '../../lib/query/view'
import classes from './toolbar.module.css'

export interface ToolbarProps {
  readonly look: RetentionLook
  readonly onLook: (change: Partial<RetentionLook>) => void
}

/** Words that a narrow window can do without. */
function Long({ children }: { readonly children: string }) {
  return <span className={classes.long}>{children}</span>
}

const CHOICES = {
  values: [
    { value: 'rate', label: '%' },
    { value: 'count', label: 'Users' },
  ],
  order: [
    {
      value: 'newest',
      label: (
        <>
          Newest<Long> first</Long>
        </>
      ),
    },
    {
      value: 'oldest',
      label: (
        <>
          Oldest<Long> first</Long>
        </>
      ),
    },
  ],
  heat: [
    { value: 'scale', label: 'Heat' },
    {
      value: 'mean',
      label: (
        <span className={classes.capital}>
          <Long>Against the </Long>mean
        </span>
      ),
    },
  ],
} as const

/** How the grid is shown; each choice is in the URL. */
export function Toolbar({ look, onLook }: ToolbarProps) {
  return (
    <div className={classes.toolbar}>
      <SegmentedControl
        size="xs"
        aria-label="Numbers"
        value={look.values}
        onChange={(values) => onLook({ values })}
        data={[...CHOICES.values]}
        transitionDuration={100}
      />
      <SegmentedControl
        size="xs"
        aria-label="Order of cohorts"
        value={look.order}
        onChange={(order) => onLook({ order })}
        data={[...CHOICES.order]}
        transitionDuration={100}
      />
      <SegmentedControl
        size="xs"
        aria-label="Colours"
        value={look.heat}
        onChange={(heat) => onLook({ heat })}
        data={[...CHOICES.heat]}
        transitionDuration={100}
      />
    </div>
  )
}
