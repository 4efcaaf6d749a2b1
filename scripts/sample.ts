/**
 * Loads a simulated product into Redis, or writes its log as CSV.
 * A Redis that holds data is left as it is; a load that was cut off is finished.
 */
import { parseArgs } from 'node:util'
import { readConfig } from '../lib/server/config'
import { CsvFile } from './sample/csv'
import { decide, type Progress, type Target, writeSample } from './sample/load'
import type { SampleOptions } from './sample/simulate'
import { connectForLoad } from './system/connect'

const USAGE = `Usage: tsx scripts/sample.ts [--users 60000] [--weeks 40] [--seed 1] [--now 2026-01-31T12:00:00Z] [--csv FILE [--no-load]]
Loads a simulated product (sign-ups, plays, platforms, who pays) into the Redis at REDIS_URL under KEY_PREFIX.
  --csv FILE  also writes its log; with --no-load it only writes the log. To read it back: npm run import -- FILE
              --user user_id --time timestamp --event-column event --attribute-column attribute`

const say = (line: string) => process.stdout.write(`${line}\n`)
const number = (value: number) => value.toLocaleString('en-US')

class UsageError extends Error {}

function integer(name: string, text: string, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= 1 && value <= max))
    throw new UsageError(`--${name} expected an integer 1..${max}, got ${JSON.stringify(text)}`)
  return value
}

function instant(text: string | undefined): Date {
  const time = text === undefined ? new Date() : new Date(text)
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < 1980 || time.getUTCFullYear() > 9000)
    throw new UsageError(`--now expected an ISO 8601 time such as 2026-01-31T12:00:00Z, got "${text}"`)
  return time
}

function readArguments(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      users: { type: 'string', default: '60000' },
      weeks: { type: 'string', default: '40' },
      seed: { type: 'string', default: '1' },
      now: { type: 'string' },
      csv: { type: 'string' },
      'no-load': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values['no-load'] && values.csv === undefined && !values.help)
    throw new UsageError('--no-load expected --csv FILE with it: nothing would be done')
  const options: SampleOptions = {
    now: instant(values.now),
    seed: integer('seed', values.seed, 2 ** 32 - 1),
    users: integer('users', values.users, 10_000_000),
    weeks: integer('weeks', values.weeks, 520),
  }
  return { options, csv: values.csv, load: !values['no-load'], help: values.help }
}

/** One line that is drawn over on a terminal; elsewhere a line a second. */
function progressLine() {
  let last = Date.now()
  return ({ day, days, marks }: Progress) => {
    const due = Date.now() - last >= (process.stdout.isTTY ? 100 : 1000)
    if (!due && !(day === days && process.stdout.isTTY)) return
    last = Date.now()
    const text = `${Math.floor((100 * day) / days)} %: day ${day} of ${days}, ${number(marks)} marks`
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${text}${day === days ? '\n' : ''}` : `${text}\n`)
  }
}

function describe({ users, weeks, seed, now }: SampleOptions): string {
  const until = `${now.toISOString().slice(0, 16)}Z`
  return `${number(users)} simulated users who sign up over ${weeks} weeks until ${until} (seed ${seed})`
}

async function write(options: SampleOptions, target: Target | null, csv: string | undefined): Promise<void> {
  const begun = Date.now()
  const file = csv === undefined ? null : new CsvFile(csv)
  const marks = await writeSample({ options, target, csv: file, report: progressLine() })
  const where = [target ? 'Redis' : [], csv ?? []].flat().join(' and ')
  say(`Wrote ${number(marks)} marks to ${where} in ${((Date.now() - begun) / 1000).toFixed(1)} s.`)
}

async function loadInto(target: Target, wanted: SampleOptions, csv: string | undefined): Promise<void> {
  const decision = await decide(target, wanted)
  const prefix = JSON.stringify(target.prefix)
  if (decision.what === 'data') {
    say(`Redis already holds keys under ${prefix}: nothing was changed.`)
    if (csv === undefined) return
    say(`Writing the log of ${describe(wanted)}.`)
    return write(wanted, null, csv)
  }
  const { options } = decision
  if (decision.what === 'sample') {
    say(`The sample is loaded under ${prefix}: ${describe(options)}. Nothing was changed.`)
    return csv === undefined ? undefined : write(options, null, csv)
  }
  const verb = decision.what === 'load' ? 'Loading' : 'Finishing a load that was cut off:'
  say(`${verb} ${describe(options)} under ${prefix}.`)
  return write(options, target, csv)
}

async function main(): Promise<void> {
  const { options, csv, load, help } = readArguments(process.argv.slice(2))
  if (help) {
    say(USAGE)
    return
  }
  if (!load) {
    say(`Writing the log of ${describe(options)}.`)
    return write(options, null, csv)
  }
  const { redis: address, keyPrefix, maxUserId, timeZone, idMode } = readConfig(process.env)
  const redis = await connectForLoad(address)
  try {
    await loadInto({ redis, prefix: keyPrefix, maxUserId, timeZone, idMode }, options, csv)
  } finally {
    redis.disconnect()
  }
}

try {
  await main()
} catch (error) {
  const usage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage ? `\n${USAGE}\n` : ''}`)
  process.exitCode = usage ? 2 : 1
}
