import { BitcohortError, type ErrorCode, expected } from '../bitmapist/face'
import { failureOf } from './failure'

/** Codes that are not answered with 400. */
const STATUSES: { readonly [code in ErrorCode]?: number } = {
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_METHOD: 405,
  BAD_SETTINGS: 409,
  NO_ID: 409,
  WRONG_TYPE: 409,
  BODY_TOO_LARGE: 413,
  BAD_MEDIA_TYPE: 415,
  BAD_MARKS: 422,
  TOO_MANY_REPORTS: 429,
  INTERNAL: 500,
  REDIS_UNAVAILABLE: 503,
}

/** The HTTP status of an error. */
export function statusOf({ code }: BitcohortError): number {
  return STATUSES[code] ?? 400
}

const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }

/** An answer of data: never kept by anyone, for the next mark may change it. */
export function json(body: unknown, init: ResponseInit = {}): Response {
  return Response.json(body, { ...init, headers: { ...HEADERS, ...init.headers } })
}

/** An answer of text, kept by nobody. */
export function text(body: string, type: string): Response {
  return new Response(body, { headers: { ...HEADERS, 'Content-Type': type } })
}

/**
 * A CSV file to download, which has no place to say how old it may be: its name and a header do.
 * @param name of the file, without its ending
 * @param exactAsOf only where it may be old: the instant until which every mark is in it
 */
export function csvFile(text: string | ReadableStream, name: string, exactAsOf?: string): Response {
  const headers = {
    ...HEADERS,
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${name}${agePart(exactAsOf)}.csv"`,
    ...(exactAsOf !== undefined && { 'Exact-As-Of': exactAsOf }),
  }
  return new Response(text, { headers })
}

/** `-exact-as-of-2025-01-06t120000z` */
function agePart(exactAsOf: string | undefined): string {
  return exactAsOf === undefined ? '' : `-exact-as-of-${exactAsOf.replaceAll(':', '').toLowerCase()}`
}

/**
 * A CSV file that is made while it is sent, no faster than it is taken. The first chunk is awaited: what fails before
 * it is still answered as an error; what fails later breaks the download off.
 */
export async function csvStream(chunks: AsyncGenerator<string>, name: string): Promise<Response> {
  const encoder = new TextEncoder()
  let first: IteratorResult<string> | null = await chunks.next()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = first ?? (await chunks.next())
        first = null
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await chunks.return(undefined)
      },
    },
    { highWaterMark: 1 },
  )
  return csvFile(body, name)
}

/** The answer that tells of an error, the same for every call. */
export function errorResponse(error: BitcohortError, headers: Record<string, string> = {}): Response {
  const { code, message, field, position, details } = error
  const own = code === 'TOO_MANY_REPORTS' ? { 'Retry-After': '1', ...headers } : headers
  return json(
    { error: { code, message, field, position, details } },
    { status: statusOf(error), headers: own },
  )
}

/** Logs what has no place in an answer; an outage is logged where the connection changes, not once a request. */
export type Report = (error: BitcohortError) => void

/** A route handler out of a function that may throw: every error becomes an answer. */
export function handler<Rest extends readonly unknown[]>(
  run: (request: Request, ...rest: Rest) => Promise<Response>,
  report: Report,
) {
  return async (request: Request, ...rest: Rest): Promise<Response> => {
    try {
      return await run(request, ...rest)
    } catch (error) {
      const failure = failureOf(error)
      // Nobody reads the answer to a call that was given up: its end is no fault.
      if (failure.code === 'INTERNAL' && !request.signal.aborted) report(failure)
      return errorResponse(failure)
    }
  }
}

/** Refuses a method. @param allowed what the call has, such as `GET, HEAD` */
export function refuseMethod(allowed: string) {
  return (request: Request): Response => {
    const error = new BitcohortError('BAD_METHOD', expected('method', allowed, request.method), {
      field: 'method',
    })
    return errorResponse(error, { Allow: allowed })
  }
}
