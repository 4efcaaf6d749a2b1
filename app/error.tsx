'use client'

import { Failure } from '../components/cohort/states'
import { Shell } from '../components/layout/shell'

interface ErrorPageProps {
  readonly error: Error & { readonly digest?: string }
  readonly unstable_retry?: () => void
  readonly reset: () => void
}

/** A fault of our own while a page was made. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const id = error.digest === undefined ? '' : ` under ${error.digest}`
  return (
    <Shell>
      <h1 className="visually-hidden">Error</h1>
      <Failure
        problem={{
          code: 'INTERNAL',
          message: `this page could not be made; the server log has the details${id}`,
        }}
        retrying={false}
        onRetry={reset}
      />
    </Shell>
  )
}
