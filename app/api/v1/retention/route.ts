import { OUTPUT_PARAMETERS, parseOutput } from '../../../../lib/query/output'
import { parseRetentionQuery, RETENTION_PARAMETERS } from '../../../../lib/query/retention'
import { askingNow, call, queryOf } from '../../../../lib/server/call'
import { fileName, retentionCsv } from '../../../../lib/server/csv'
import { loadRetention } from '../../../../lib/server/reports'
import { csvFile, json } from '../../../../lib/server/respond'

/** A retention report. */
export const GET = call(async (request) => {
  const params = queryOf(request)
  const asking = askingNow(OUTPUT_PARAMETERS)
  const query = parseRetentionQuery(params, asking)
  const output = parseOutput(params, RETENTION_PARAMETERS)
  const table = await loadRetention(query, request.signal)
  if (output.format === 'json') return json(table)
  const last = table.rows.at(-1)?.label ?? ''
  return csvFile(
    retentionCsv(table, { ...output, zone: asking.zone }),
    fileName(['retention', table.start, table.return, last]),
    table.exactAsOf,
  )
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../../lib/server/call'
