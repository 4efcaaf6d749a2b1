import { type Base, baseOf, type RetentionRow, type RetentionTable } from '../../lib/bitmapist/face'
import { formatCount, formatShare } from './format'
import { driftSpan, driftStep, FEW_USERS, type HeatScale, heatScale, heatStep } from './heat'

/** How the cells of one grid are drawn. */
export interface CellStyle {
  readonly values: 'rate' | 'count'
  /** What a rate is a part of. */
  readonly base: Base
  /** Null: nothing is coloured. */
  readonly paint:
    | { readonly kind: 'scale'; readonly scale: HeatScale }
    | { readonly kind: 'mean'; readonly span: number; readonly means: readonly (number | null)[] }
    | null
}

/** What a cell looks like: its text, and its look as attributes that the style sheet knows. */
export interface CellFace {
  readonly text: string
  readonly state: 'closed' | 'open' | 'future'
  readonly heat: number | undefined
  readonly drift: number | undefined
  readonly silent: boolean
}

export function cellStyle(
  table: RetentionTable,
  { values, heat }: { readonly values: 'rate' | 'count'; readonly heat: 'scale' | 'mean' },
): CellStyle {
  const { base } = table
  if (heat === 'scale') {
    const scale = heatScale(table)
    return { values, base, paint: scale === null ? null : { kind: 'scale', scale } }
  }
  const span = driftSpan(table)
  return { values, base, paint: span === null ? null : { kind: 'mean', span, means: table.mean.weighted } }
}

/** The face of a cell. Only closed, unflagged cells past offset 0 are coloured. */
export function cellFace(row: RetentionRow, k: number, { values, base, paint }: CellStyle): CellFace {
  const cell = row.cells[k]
  const plain = { heat: undefined, drift: undefined, silent: cell?.flag === 'silent' }
  if (!cell || cell.state === 'future' || cell.count === null || row.size === null || row.size === 0)
    return { ...plain, text: '', state: 'future' }
  const size = baseOf(row, k, base) ?? 0
  const text = values === 'count' ? formatCount(cell.count) : formatShare({ count: cell.count, size })
  const face = { ...plain, text, state: cell.state }
  if (
    paint === null ||
    size === 0 ||
    cell.offset === 0 ||
    cell.state === 'open' ||
    plain.silent ||
    row.flag !== null
  )
    return face
  const rate = cell.count / size
  if (paint.kind === 'scale') return { ...face, heat: heatStep(rate, paint.scale) }
  const mean = paint.means[k] ?? null
  // A handful of users is far from any mean by chance alone.
  return mean === null || size < FEW_USERS ? face : { ...face, drift: driftStep(rate, mean, paint.span) }
}

/** Whether a cohort is so small that its rates jump by chance. */
export function isFew(row: RetentionRow): boolean {
  return row.size !== null && row.size > 0 && row.size < FEW_USERS
}
