import Link from 'next/link'
import type { RetentionRow, RetentionTable } from '../../lib/bitmapist/face'
import { cellUrl, questionOfTable } from '../../lib/query/cell-url'
import { rowPeriod } from './describe'
import { formatCount, formatNumber } from './format'
import classes from './grid-detail.module.css'
import { zoneNamed } from './zone'

export interface CellLinksProps {
  readonly table: RetentionTable
  /** null: the mean row. */
  readonly row: RetentionRow | null
  /** null: the row itself. */
  readonly column: number | null
}

/** The ways to the users of a cell, of a row's size, or of a mean. */
export function CellLinks({ table, row, column }: CellLinksProps) {
  const ways = waysOf({ table, row, column })
  const query = questionOfTable(table)
  if (ways.length === 0 || query === null) return null
  const zone = zoneNamed(table.timeZone)
  const of = row === null ? null : rowPeriod(row)
  return (
    <span className={classes.links}>
      {ways.map(({ which, text }) => (
        <Link key={which} href={cellUrl(query, { row: of, column, which }, { zone })} prefetch={false}>
          {text}
        </Link>
      ))}
    </span>
  )
}

interface Way {
  readonly which: 'returned' | 'missing'
  readonly text: string
}

function waysOf({ table, row, column }: CellLinksProps): readonly Way[] {
  if (row === null) {
    if (column === null || (table.mean.weighted[column] ?? null) === null) return []
    return [
      { which: 'returned', text: 'Show the users who came back' },
      { which: 'missing', text: 'those who did not' },
    ]
  }
  if (!row.size) return []
  if (column === null) return [{ which: 'returned', text: `Show the ${formatNumber(row.size, 'user')}` }]
  const count = row.cells[column]?.count ?? null
  if (count === null) return []
  const missing = row.size - count
  return [
    ...(count > 0 ? [{ which: 'returned', text: `Show the ${formatNumber(count, 'user')}` } as const] : []),
    ...(missing > 0
      ? [
          {
            which: 'missing',
            text: `${count > 0 ? 'the' : 'Show the'} ${formatCount(missing)} who did not`,
          } as const,
        ]
      : []),
  ]
}
