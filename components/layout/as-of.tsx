import type { RetentionTable } from '../../lib/bitmapist/face'
import { clockAt } from '../cohort/zone'

/** How fresh the page's numbers are: `exact as of 10:42:07 UTC`. */
export function AsOf({ table }: { readonly table: Pick<RetentionTable, 'asOf' | 'exact' | 'timeZone'> }) {
  const clock = clockAt(table.asOf, table.timeZone)
  return (
    <time dateTime={table.asOf} title={table.asOf}>
      {table.exact ? 'exact' : 'up to 60 s old,'} as of {clock} {table.timeZone}
    </time>
  )
}
