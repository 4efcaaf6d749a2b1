import {
  BitcohortError,
  ceiling,
  exists,
  expected,
  floor,
  label,
  offset,
  type Period,
  parsePeriodOrTime,
  periodAt,
  range,
  type Unit,
  UTC,
  type Zone,
} from '../bitmapist/face'

/** Which period of the unit a longer period stands for: `2025-01` by day is the 1st or the 31st. */
export type Side = 'first' | 'last'

export interface WhenOptions {
  readonly field: string
  readonly unit: Unit
  readonly side: Side
  /** Whose clock reads times without an offset; UTC unless given. */
  readonly zone?: Zone | undefined
}

/**
 * The period that a label of any unit, an ISO time or an epoch number names.
 * A label of a finer unit, or a time, gives the period that holds it.
 * @throws BAD_PERIOD; for a label that the zone's clock jumps over too
 */
export function parseWhen(text: string, { field, unit, side, zone = UTC }: WhenOptions): Period {
  const named = read(text, field, zone)
  if (named instanceof Date) return periodAt(unit, named, zone)
  if (!exists(named, zone)) {
    const what = expected(field, `a period that ${zone.name} has`, label(named))
    throw new BitcohortError('BAD_PERIOD', what, { field })
  }
  if (side === 'first') return range(floor(unit, named), 1, zone)[0] ?? named
  const last = ceiling(unit, named)
  return exists(last, zone) ? last : offset(last, -1, zone)
}

function read(text: string, field: string, zone: Zone): Period | Date {
  try {
    return parsePeriodOrTime(text, field, zone)
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    const what = expected(field, 'a period or a time that exists', text)
    throw new BitcohortError('BAD_PERIOD', what, { field, cause: error })
  }
}
