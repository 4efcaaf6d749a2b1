import { readParameters } from '../../../../lib/query/parameters'
import { readJsonText } from '../../../../lib/server/body'
import { call, queryOf } from '../../../../lib/server/call'
import { writeMarks } from '../../../../lib/server/marks'
import { json } from '../../../../lib/server/respond'

export const POST = call(async (request) => {
  readParameters(queryOf(request), [])
  return json({ accepted: await writeMarks(await readJsonText(request)) })
})

export {
  refuseUnlessWrite as DELETE,
  refuseUnlessWrite as GET,
  refuseUnlessWrite as OPTIONS,
  refuseUnlessWrite as PATCH,
  refuseUnlessWrite as PUT,
} from '../../../../lib/server/call'
