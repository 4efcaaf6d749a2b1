import { parseRetentionUsersQuery } from '../../../../../lib/query/lists'
import { askingNow, call, queryOf } from '../../../../../lib/server/call'
import { fileName } from '../../../../../lib/server/csv'
import { answerUsers, retentionUsers } from '../../../../../lib/server/lists'

/** The users behind a cell, a row or a mean of a retention report. */
export const GET = call(async (request) => {
  const asked = parseRetentionUsersQuery(queryOf(request), askingNow())
  const { start, return: returning } = asked.query
  const name = fileName(['users', start, returning, asked.cell.which])
  return answerUsers(await retentionUsers(asked, request.signal), asked.output, name)
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../../../lib/server/call'
