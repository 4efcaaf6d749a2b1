import { call } from '../../../lib/server/call'
import { checkReady } from '../../../lib/server/reports'
import { json } from '../../../lib/server/respond'

export const dynamic = 'force-dynamic'

/** Readiness: Redis answers. */
export const GET = call(async () => {
  await checkReady()
  return json({ status: 'ok' })
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../lib/server/call'
