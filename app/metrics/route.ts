import { call } from '../../lib/server/call'
import { METRICS_TYPE, metricsText } from '../../lib/server/metrics'
import { cacheStats, reportStats, walkStats } from '../../lib/server/reports'
import { text } from '../../lib/server/respond'

export const dynamic = 'force-dynamic'

/** What the process does, for Prometheus: whatever Redis does. */
export const GET = call(async () =>
  text(metricsText({ cache: cacheStats(), reports: reportStats(), walks: walkStats() }), METRICS_TYPE),
)

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../lib/server/call'
