import { label } from '../../../../lib/bitmapist/face'
import { parseFormat } from '../../../../lib/query/output'
import { parseSeriesQuery, SERIES_PARAMETERS } from '../../../../lib/query/series'
import { askingNow, call, queryOf } from '../../../../lib/server/call'
import { fileName, seriesCsv } from '../../../../lib/server/csv'
import { loadSeries } from '../../../../lib/server/reports'
import { csvFile, json } from '../../../../lib/server/respond'

export const GET = call(async (request) => {
  const params = queryOf(request)
  const query = parseSeriesQuery(params, askingNow(['format']))
  const format = parseFormat(params, SERIES_PARAMETERS)
  const series = await loadSeries(query, request.signal)
  if (format === 'json') return json(series)
  return csvFile(
    seriesCsv(series),
    fileName(['series', series.expression, label(query.from), label(query.to)]),
    series.exactAsOf,
  )
})

export {
  refuseUnlessRead as DELETE,
  refuseUnlessRead as OPTIONS,
  refuseUnlessRead as PATCH,
  refuseUnlessRead as POST,
  refuseUnlessRead as PUT,
} from '../../../../lib/server/call'
