import { readParameters } from '../../../../lib/query/parameters'
import { call, queryOf } from '../../../../lib/server/call'
import { loadEvents } from '../../../../lib/server/reports'
import { json } from '../../../../lib/server/respond'

export const GET = call(async (request) => {
  readParameters(queryOf(request), [])
  return json(await loadEvents())
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../../lib/server/call'
