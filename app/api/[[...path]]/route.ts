import { BitcohortError, expected } from '../../../lib/bitmapist/face'
import { errorResponse } from '../../../lib/server/respond'

/** Every path of the API that no call has. */
function missing(request: Request): Response {
  const { pathname } = new URL(request.url)
  return errorResponse(
    new BitcohortError('NOT_FOUND', expected('path', 'a call of the API', pathname), { field: 'path' }),
  )
}

export {
  missing as DELETE,
  missing as GET,
  missing as OPTIONS,
  missing as PATCH,
  missing as POST,
  missing as PUT,
}
