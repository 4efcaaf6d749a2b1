import { label } from '../../../../../../lib/bitmapist/face'
import { parseUserDaysQuery } from '../../../../../../lib/query/lists'
import { askingNow, call, queryOf, type UserContext } from '../../../../../../lib/server/call'
import { daysOf } from '../../../../../../lib/server/lists'
import { json } from '../../../../../../lib/server/respond'
import { userOf } from '../../../../../../lib/server/users'

/** The days on which a user did an event. */
export const GET = call(async (request, { params }: UserContext) => {
  const user = userOf((await params).id)
  const days = await daysOf(user, parseUserDaysQuery(queryOf(request), askingNow()))
  return json({ days: days.map(label) })
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../../../../lib/server/call'
