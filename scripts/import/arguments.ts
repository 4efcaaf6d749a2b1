import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BitcohortError, checkName, ID_MODES, type IdMode } from '../../lib/bitmapist'
import type { Asked } from './columns'

export const FORMATS = ['csv', 'ndjson'] as const
export type Format = (typeof FORMATS)[number]

export const USAGE = `Usage: npm run import -- FILE… [--user COLUMN] [--time COLUMN] [--event NAME | --event-column COLUMN]
                            [--attribute-column COLUMN [--attribute-prefix TEXT]] [--format csv|ndjson]
                            [--id-mode integer|mapped] [--dry-run] [--rejected FILE] [--restart] [--strict]
  FILE                CSV or NDJSON by its name, also .gz; - reads standard input
  --user, --time      the columns of the user's id and of the time (ISO 8601, epoch seconds or milliseconds)
  --event             the event that every row marks; --event-column: the column with its name
                      Columns that are not given are found by the usual names of headers, and told.
  --attribute-column  also gives the user the attribute PREFIX + value of this column, where it is not empty
  --dry-run           marks nothing: shows the first rows as they would be marked, the events, the ids and their cost
  --rejected FILE     writes the rejected rows to a CSV: file, line, column, reason
  --restart           begins again where an import that was cut off would go on
  --strict            exit code 1 if any row was rejected
  --id-mode MODE      integer: a user's id is the number of a bit; mapped: any text, as it stands in the column.
                      ID_MODE unless given
Redis at REDIS_URL, under KEY_PREFIX; times without an offset are those of TIME_ZONE.
Safe to run again: a mark that is there already changes nothing. More in docs/import.md.`

export interface ImportRequest {
  readonly files: readonly string[]
  readonly format: Format | null
  readonly asked: Asked
  /** Null where ID_MODE says it. */
  readonly idMode: IdMode | null
  readonly strict: boolean
  readonly dryRun: boolean
  /** Goes on from nothing, whatever an earlier call left. */
  readonly restart: boolean
  /** Where the rejected rows are written. */
  readonly rejected: string | null
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
  'dry-run': { type: 'boolean', default: false },
  restart: { type: 'boolean', default: false },
  rejected: { type: 'string' },
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
  return {
    files: positionals,
    format: formatOf(values.format),
    asked: askedOf(values),
    idMode: idModeOf(values['id-mode']),
    strict: values.strict,
    dryRun: values['dry-run'],
    restart: values.restart,
    rejected: rejectedOf(values.rejected, positionals),
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

function askedOf(flags: Flags): Asked {
  const { event = null, 'event-column': column } = flags
  if (event !== null && column !== undefined)
    throw new UsageError('--event and --event-column exclude each other: give the one that holds')
  if (event !== null) checkEvent(event)
  return {
    user: given('user', flags.user, 'user_id'),
    time: given('time', flags.time, 'timestamp'),
    event,
    eventColumn: given('event-column', column, 'event'),
    attribute: attributeOf(flags),
  }
}

function rejectedOf(path: string | undefined, files: readonly string[]): string | null {
  if (path === undefined) return null
  if (path === '' || path === '-')
    throw new UsageError('--rejected expected a file to write, such as --rejected rejected.csv')
  if (files.some((file) => file !== '-' && resolve(file) === resolve(path)))
    throw new UsageError(`--rejected expected a file of its own, got ${path}, which is to be imported`)
  return path
}

function checkEvent(name: string): void {
  try {
    checkName(name, '--event')
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    throw new UsageError(error.message)
  }
}

function attributeOf(flags: Flags): Asked['attribute'] {
  const { 'attribute-prefix': prefix } = flags
  const column = given('attribute-column', flags['attribute-column'], 'plan')
  if (column !== null) return { column, prefix: prefix ?? '' }
  if (prefix !== undefined)
    throw new UsageError(
      '--attribute-prefix expected --attribute-column with it, such as --attribute-column plan',
    )
  return null
}

function given(flag: string, value: string | undefined, example: string): string | null {
  if (value === undefined) return null
  if (value !== '') return value
  throw new UsageError(`--${flag} expected the name of a column, such as --${flag} ${example}`)
}

function formatOf(text: string | undefined): Format | null {
  if (text === undefined) return null
  const format = FORMATS.find((name) => name === text)
  if (format === undefined) throw new UsageError(`--format expected csv or ndjson, got "${text}"`)
  return format
}

function idModeOf(text: string | undefined): IdMode | null {
  if (text === undefined) return null
  const mode = ID_MODES.find((name) => name === text)
  if (mode === undefined) throw new UsageError(`--id-mode expected integer or mapped, got "${text}"`)
  return mode
}
