/** `npm run import`: marks the rows of CSV and NDJSON files. */
import { Bitmapist } from '../lib/bitmapist'
import { readConfig } from '../lib/server/config'
import { isOutage } from '../lib/server/failure'
import { type ImportRequest, parseArguments, USAGE, UsageError } from './import/arguments'
import { findInput, type Input, InputError } from './import/input'
import { emptyTally, load, type Tally } from './import/load'
import { Progress, summary } from './import/progress'
import { connectForLoad } from './system/connect'

const AGAIN = 'Run the same command again to finish: marks that are there already change nothing.'

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

function lengthOf(inputs: readonly Input[]): number | null {
  let sum = 0
  for (const { byteLength } of inputs) {
    if (byteLength === null) return null
    sum += byteLength
  }
  return sum
}

/** One line, and what to do: exit code 2 where the call was wrong, 1 where something broke off. */
function explain(error: unknown, { rows }: Tally): never {
  if (error instanceof UsageError) return fail(error.message, 2)
  if (error instanceof InputError) return fail(error.message, rows === 0 ? 2 : 1)
  const what = error instanceof Error ? error.message : String(error)
  if (!isOutage(error)) return fail(what, 1)
  const reply = error instanceof Error && error.name === 'ReplyError' ? ` (${what})` : ''
  return fail(`Redis stopped taking marks${reply}. ${AGAIN}`, 1)
}

async function importAll(request: ImportRequest, tally: Tally): Promise<void> {
  const inputs = request.files.map((file) => findInput(file, request.format))
  const config = readConfig(process.env)
  const redis = await connectForLoad(config.redis)
  const { keyPrefix: prefix, maxUserId, trackHourly, trackUnique } = config
  const bitmapist = new Bitmapist({ redis, prefix, maxUserId, trackHourly, trackUnique })
  const progress = new Progress(tally, lengthOf(inputs))
  const tell = () => {
    progress.end()
    process.stdout.write(`${summary(tally, progress.seconds())}\n`)
  }
  process.once('SIGINT', () => {
    tell()
    fail(`Stopped. ${AGAIN}`, 130)
  })
  try {
    for (const input of inputs)
      await load(input, { bitmapist, maxUserId, columns: request.columns, tally, report: progress.report })
    tell()
  } catch (error) {
    if (tally.rows > 0) tell()
    throw error
  } finally {
    redis.disconnect()
  }
}

async function main(tally: Tally): Promise<number> {
  const request = parseArguments(process.argv.slice(2))
  if (request === null) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  await importAll(request, tally)
  return request.strict && tally.rejected > 0 ? 1 : 0
}

const tally = emptyTally()
try {
  process.exitCode = await main(tally)
} catch (error) {
  explain(error, tally)
}
