import 'server-only'
import { parseMarks } from '../ingest/marks'
import { processState } from './connection'
import { known } from './failure'

/**
 * Writes the marks of a JSON text, all or none, and returns how many there were once Redis has them.
 * @throws BitcohortError
 */
export function writeMarks(text: string): Promise<number> {
  return known(async () => {
    const { bitmapist, config } = processState()
    const marks = parseMarks(text, { ...config, zone: bitmapist.zone })
    await bitmapist.mark(marks)
    return marks.length
  })
}
