import { call } from '../../../lib/server/call'
import { cacheStats, checkReady } from '../../../lib/server/reports'
import { json } from '../../../lib/server/respond'

export const dynamic = 'force-dynamic'

/** Readiness: Redis answers; and what the cache does. */
export const GET = call(async () => {
  await checkReady()
  return json({ status: 'ok', cache: cacheStats() })
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../lib/server/call'
