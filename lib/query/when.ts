import {
  BitcohortError,
  ceiling,
  expected,
  floor,
  type Period,
  parsePeriodOrTime,
  periodAt,
  type Unit,
} from '../bitmapist/face'

/** Which period of the unit a longer period stands for: `2025-01` by day is the 1st or the 31st. */
export type Side = 'first' | 'last'

export interface WhenOptions {
  readonly field: string
  readonly unit: Unit
  readonly side: Side
}

/**
 * The period that a label of any unit, an ISO time or an epoch number names.
 * A label of a finer unit, or a time, gives the period that holds it.
 * @throws BAD_PERIOD
 */
export function parseWhen(text: string, { field, unit, side }: WhenOptions): Period {
  try {
    const named = parsePeriodOrTime(text, field)
    if (named instanceof Date) return periodAt(unit, named)
    return side === 'first' ? floor(unit, named) : ceiling(unit, named)
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    const what = expected(field, 'a period or a time that exists', text)
    throw new BitcohortError('BAD_PERIOD', what, { field, cause: error })
  }
}
