import { readParameters } from '../../../../../lib/query/parameters'
import { call, queryOf } from '../../../../../lib/server/call'
import { rescanEvents } from '../../../../../lib/server/reports'
import { json } from '../../../../../lib/server/respond'

/** Looks for what other programs wrote or deleted, and answers with the list. */
export const POST = call(async (request) => {
  readParameters(queryOf(request), [])
  return json(await rescanEvents())
})

export {
  refuseUnlessWrite as DELETE,
  refuseUnlessWrite as GET,
  refuseUnlessWrite as OPTIONS,
  refuseUnlessWrite as PATCH,
  refuseUnlessWrite as PUT,
} from '../../../../../lib/server/call'
