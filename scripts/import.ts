/** `npm run import`: marks the rows of CSV and NDJSON files. */
import { readConfig } from '../lib/server/config'
import { isOutage } from '../lib/server/failure'
import { parseArguments, USAGE, UsageError } from './import/arguments'
import { LossError } from './import/checkpoint'
import { InputError } from './import/input'
import { run } from './import/run'

const AGAIN = 'Run the same command again to finish: marks that are there already change nothing.'

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

/** One line, and what to do: exit code 2 where the call was wrong, 1 where something broke off. */
function explain(error: unknown, isStarted: boolean): never {
  if (error instanceof UsageError) return fail(error.message, 2)
  if (error instanceof InputError) return fail(error.message, isStarted ? 1 : 2)
  if (error instanceof LossError) return fail(`${error.message} ${AGAIN}`, 1)
  const what = error instanceof Error ? error.message : String(error)
  if (!isOutage(error)) return fail(what, 1)
  const reply = error instanceof Error && error.name === 'ReplyError' ? ` (${what})` : ''
  return fail(`Redis stopped taking marks${reply}. ${AGAIN}`, 1)
}

let isStarted = false

async function main(): Promise<number> {
  const request = parseArguments(process.argv.slice(2))
  if (request === null) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const rejected = await run(request, {
    config: readConfig(process.env),
    now: new Date(),
    tell: (line) => process.stderr.write(`${line}\n`),
    print: (text) => process.stdout.write(`${text}\n`),
    onStarted: (tellNow) => {
      isStarted = true
      process.once('SIGINT', () => {
        tellNow()
        fail(`Stopped. ${AGAIN}`, 130)
      })
    },
  })
  return request.strict && rejected > 0 ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  explain(error, isStarted)
}
