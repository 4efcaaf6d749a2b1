import 'server-only'
import type { BitcohortError } from '../bitmapist/face'
import type { Asking } from '../query/types'
import { processState } from './connection'
import { handler, refuseMethod } from './respond'

/** A route handler of the API: what `run` throws becomes an answer, and faults of our own are logged. */
export function call<Rest extends readonly unknown[]>(
  run: (request: Request, ...rest: Rest) => Promise<Response>,
) {
  return handler(run, logFault)
}

function logFault(error: BitcohortError): void {
  processState().log.error({ err: error.cause ?? error }, 'a call failed')
}

/** For the methods that a reading call does not have. */
export const refuseUnlessRead = refuseMethod('GET, HEAD')
/** For the methods that a writing call does not have. */
export const refuseUnlessWrite = refuseMethod('POST')

/** Of a call whose path names a user. */
export interface UserContext {
  readonly params: Promise<{ readonly id: string }>
}

/** What the questions of a call are read with. @param others names of parameters that the call reads itself */
export function askingNow(others: readonly string[] = []): Asking & Required<Pick<Asking, 'zone'>> {
  return { now: new Date(), zone: processState().bitmapist.zone, others }
}

/** The query of a request. */
export function queryOf(request: Request): URLSearchParams {
  return new URL(request.url).searchParams
}
