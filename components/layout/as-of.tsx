import type { RetentionTable } from '../../lib/bitmapist/face'
import { clockAt, secondsOld } from '../cohort/zone'

/** How fresh the page's numbers are: `exact as of 10:42:07 UTC`. */
export function AsOf({ table }: { readonly table: Pick<RetentionTable, 'asOf' | 'exactAsOf' | 'timeZone'> }) {
  const old = secondsOld(table)
  const clock = clockAt(table.asOf, table.timeZone)
  return (
    <time dateTime={table.asOf} title={table.asOf}>
      {old === null ? 'exact' : `up to ${old} s old,`} as of {clock} {table.timeZone}
    </time>
  )
}
