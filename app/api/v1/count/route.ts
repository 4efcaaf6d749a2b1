import { parseCountQuery } from '../../../../lib/query/series'
import { askingNow, call, queryOf } from '../../../../lib/server/call'
import { loadCount } from '../../../../lib/server/reports'
import { json } from '../../../../lib/server/respond'

export const GET = call(async (request) => {
  const query = parseCountQuery(queryOf(request), askingNow())
  return json({ count: await loadCount(query, request.signal) })
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../../lib/server/call'
