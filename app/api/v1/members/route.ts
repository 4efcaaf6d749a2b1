import { label } from '../../../../lib/bitmapist/face'
import { parseMembersQuery } from '../../../../lib/query/lists'
import { askingNow, call, queryOf } from '../../../../lib/server/call'
import { fileName } from '../../../../lib/server/csv'
import { answerUsers, membersOf } from '../../../../lib/server/lists'

/** The users who match an expression in a period. */
export const GET = call(async (request) => {
  const asked = parseMembersQuery(queryOf(request), askingNow())
  const name = fileName(['users', asked.expression, label(asked.at)])
  return answerUsers(await membersOf(asked, request.signal), asked.output, name)
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../../lib/server/call'
