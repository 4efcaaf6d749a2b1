'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useTransition } from 'react'
import type { EventList } from '../../lib/bitmapist/face'
import { formatCount, NBSP } from '../cohort/format'
import classes from './scan-progress.module.css'

/** How often the page is asked for anew while the scan runs. */
const AGAIN_MS = 1000

/** Asks for the page again and again, each time once the answer before is there. */
function useRefresh(): void {
  const router = useRouter()
  const [isPending, start] = useTransition()
  useEffect(() => {
    if (isPending) return
    const timer = setTimeout(() => start(() => router.refresh()), AGAIN_MS)
    return () => clearTimeout(timer)
  }, [isPending, router])
}

/** How far the first look at a Redis is; the page shows what was found once it is over. */
export function ScanProgress({ scan: { seen, total } }: { readonly scan: NonNullable<EventList['scan']> }) {
  useRefresh()
  // Some servers do not tell how many keys they have, and keys may be added meanwhile: only the end is all of it.
  const percent = total === 0 ? null : Math.min(99, Math.floor((100 * seen) / total))
  return (
    <div className={classes.scan}>
      <p role="status">
        Reading which events this Redis has{percent === null ? ' …' : `: ${percent}${NBSP}%`}
      </p>
      <progress {...(percent === null ? {} : { value: percent, max: 100 })} aria-label="Keys read" />
      <p className={classes.note}>
        {percent === null
          ? `${formatCount(seen)} keys so far`
          : `${formatCount(Math.min(seen, total))} of ${formatCount(total)} keys`}
        . You can leave this page: the reading goes on.
      </p>
    </div>
  )
}
