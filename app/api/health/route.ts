import { call } from '../../../lib/server/call'
import { json } from '../../../lib/server/respond'

export const dynamic = 'force-dynamic'

/** Liveness: this process answers, whatever Redis does. */
export const GET = call(async () => json({ status: 'ok' }))

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../lib/server/call'
