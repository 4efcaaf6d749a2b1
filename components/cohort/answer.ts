import type { BitcohortError, ErrorCode, RetentionTable } from '../../lib/bitmapist/face'

/** Why a report is not there, as the API says it; without a code where no answer came at all. */
export interface Problem {
  readonly code: ErrorCode | 'UNREACHABLE'
  readonly message: string
  readonly field?: string
}

/** A report or the reason why there is none, and the question that it answers. */
export type Answer = { readonly question: string } & (
  | { readonly table: RetentionTable }
  | { readonly problem: Problem }
)

/** An error of the domain as the page and the API carry it. */
export function problemOf({ code, message, field }: BitcohortError): Problem {
  return { code, message, ...(field === undefined ? {} : { field }) }
}

const OUTAGES: readonly Problem['code'][] = [
  'REDIS_UNAVAILABLE',
  'TOO_MANY_REPORTS',
  'UNREACHABLE',
  'INTERNAL',
]

/** Whether a failure is nothing that another question would mend. */
export function isOutage({ code }: Problem): boolean {
  return OUTAGES.includes(code)
}
