import { parseArgs } from 'node:util'
import { BitcohortError, checkName } from '../../lib/bitmapist'

export const FORMATS = ['csv', 'ndjson'] as const
export type Format = (typeof FORMATS)[number]

export const USAGE = `Usage: npm run import -- FILE… --user COLUMN --time COLUMN (--event NAME | --event-column COLUMN)
                            [--attribute-column COLUMN [--attribute-prefix TEXT]] [--format csv|ndjson] [--strict]
  FILE                CSV or NDJSON, also .gz; - reads standard input
  --user, --time      the columns of the user's id and of the time (ISO 8601, epoch seconds or milliseconds)
  --event             the event that every row marks; --event-column: the column with its name
  --attribute-column  also gives the user the attribute PREFIX + value of this column, where it is not empty
  --id-mode integer   ids are integers; others are not available yet
  --strict            exit code 1 if any row was rejected
Redis at REDIS_URL, under KEY_PREFIX. Safe to run again: a mark that is there already changes nothing.`

/** Which columns of a row hold what; `event` is the name itself where every row has the same. */
export interface Columns {
  readonly user: string
  readonly event: { readonly time: string; readonly name: string | { readonly column: string } } | null
  readonly attribute: { readonly column: string; readonly prefix: string } | null
}

export interface ImportRequest {
  readonly files: readonly string[]
  readonly format: Format | null
  readonly columns: Columns
  readonly strict: boolean
}

/** A wrong call of the command: one line that names the flag and the remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const OPTIONS = {
  user: { type: 'string' },
  time: { type: 'string' },
  event: { type: 'string' },
  'event-column': { type: 'string' },
  'attribute-column': { type: 'string' },
  'attribute-prefix': { type: 'string' },
  format: { type: 'string' },
  'id-mode': { type: 'string' },
  strict: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** @returns null where help is asked for @throws UsageError */
export function parseArguments(args: readonly string[]): ImportRequest | null {
  const { values, positionals } = readFlags(args)
  if (values.help) return null
  if (positionals.length === 0)
    throw new UsageError('FILE expected one file or more to import, or - for standard input; got none')
  if (positionals.filter((file) => file === '-').length > 1)
    throw new UsageError('FILE expected - once at most: standard input can be read once')
  checkIdMode(values['id-mode'])
  return {
    files: positionals,
    format: formatOf(values.format),
    columns: columnsOf(values),
    strict: values.strict,
  }
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new UsageError(`${error.message.split('. ')[0]}; "npm run import -- --help" lists the flags`)
  }
}

type Flags = ReturnType<typeof readFlags>['values']

function columnsOf(flags: Flags): Columns {
  const user = required('user', flags.user, 'user_id')
  const attribute = attributeOf(flags)
  const { event, 'event-column': column } = flags
  if (event !== undefined && column !== undefined)
    throw new UsageError('--event and --event-column exclude each other: give the one that holds')
  if (event === undefined && column === undefined && attribute === null)
    throw new UsageError(
      '--event expected the event that the rows mark, such as --event active; or --event-column',
    )
  if (event === undefined && column === undefined) return { user, event: null, attribute }
  const time = required('time', flags.time, 'timestamp')
  const name = event ?? { column: required('event-column', column, 'event') }
  if (typeof name === 'string') checkEvent(name)
  return { user, event: { time, name }, attribute }
}

function checkEvent(name: string): void {
  try {
    checkName(name, '--event')
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    throw new UsageError(error.message)
  }
}

function attributeOf(flags: Flags): Columns['attribute'] {
  const { 'attribute-column': column, 'attribute-prefix': prefix } = flags
  if (column !== undefined)
    return { column: required('attribute-column', column, 'plan'), prefix: prefix ?? '' }
  if (prefix !== undefined)
    throw new UsageError(
      '--attribute-prefix expected --attribute-column with it, such as --attribute-column plan',
    )
  return null
}

function required(flag: string, value: string | undefined, example: string): string {
  if (value !== undefined && value !== '') return value
  throw new UsageError(`--${flag} expected the name of a column, such as --${flag} ${example}`)
}

function formatOf(text: string | undefined): Format | null {
  if (text === undefined) return null
  const format = FORMATS.find((name) => name === text)
  if (format === undefined) throw new UsageError(`--format expected csv or ndjson, got "${text}"`)
  return format
}

function checkIdMode(text: string | undefined): void {
  if (text === undefined || text === 'integer') return
  if (text === 'mapped')
    throw new UsageError(
      '--id-mode mapped is not available yet: number the users first, and use --id-mode integer',
    )
  throw new UsageError(`--id-mode expected integer or mapped, got "${text}"`)
}
