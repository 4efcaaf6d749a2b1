import type { RetentionTable } from '../../lib/bitmapist/face'

/** How fresh the page's numbers are: `exact as of 10:42:07 UTC`. */
export function AsOf({ table }: { readonly table: Pick<RetentionTable, 'asOf' | 'exact' | 'timeZone'> }) {
  const clock = table.asOf.slice(11, 19)
  return (
    <time dateTime={table.asOf} title={table.asOf}>
      {table.exact ? 'exact' : 'up to 60 s old,'} as of {clock} {table.timeZone}
    </time>
  )
}
