import 'server-only'
import type { BitcohortError } from '../bitmapist/face'
import { processState } from './connection'
import { handler, refuseMethod } from './respond'

/** A route handler of the API: what `run` throws becomes an answer, and faults of our own are logged. */
export function call(run: (request: Request) => Promise<Response>) {
  return handler(run, logFault)
}

function logFault(error: BitcohortError): void {
  processState().log.error({ err: error.cause ?? error }, 'a call failed')
}

/** For the methods that a reading call does not have. */
export const refuseUnlessRead = refuseMethod('GET, HEAD')
/** For the methods that a writing call does not have. */
export const refuseUnlessWrite = refuseMethod('POST')

/** The query of a request. */
export function queryOf(request: Request): URLSearchParams {
  return new URL(request.url).searchParams
}
