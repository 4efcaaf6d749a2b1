import { parseUserDate } from '../../../../../lib/query/lists'
import { askingNow, call, queryOf, type UserContext } from '../../../../../lib/server/call'
import { json } from '../../../../../lib/server/respond'
import { loadUser, userOf } from '../../../../../lib/server/users'

/** What is known of one user. */
export const GET = call(async (request, { params }: UserContext) => {
  const user = userOf((await params).id)
  const report = await loadUser(user, parseUserDate(queryOf(request), askingNow()))
  // A text, for other kinds of ids are texts too.
  return json({ ...report, user: String(report.user) })
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../../../lib/server/call'
