import { BitcohortError } from '../bitmapist/errors'
import { checkPrefix, DEFAULT_PREFIX, PREFIX_RULE } from '../bitmapist/key'
import { ID_MODES, type IdMode } from '../bitmapist/user-id'
import { zoneOf } from '../bitmapist/zone'
import { parseRedisUrl, type RedisAddress } from './redis-url'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What the environment says, checked. docs/configuration.md lists the variables. */
export interface Config {
  readonly redis: RedisAddress
  readonly host: string
  readonly port: number
  readonly keyPrefix: string
  /** IANA name. */
  readonly timeZone: string
  readonly trackHourly: boolean
  readonly trackUnique: boolean
  readonly idMode: IdMode
  readonly maxUserId: number
  readonly auth: 'none'
  readonly cacheMb: number
  readonly logLevel: LogLevel
}

export type Environment = Readonly<Record<string, string | undefined>>

/** A variable that stops the start; the message is one line and begins with its name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads the configuration. An empty variable is as one that is not set.
 * @throws ConfigError for the first bad value; no message holds a password
 */
export function readConfig(env: Environment): Config {
  const read = (name: string) => (env[name] === '' ? undefined : env[name])
  const flag = (name: string) => oneOf(name, read(name), ['0', '1']) === '1'
  const numeric = (name: string, range: Range) => integer(name, read(name), range)
  return {
    redis: parseRedisUrl(read('REDIS_URL') ?? 'redis://127.0.0.1:6379', { cluster: flag('REDIS_CLUSTER') }),
    host: loopback(read('HOST') ?? '127.0.0.1'),
    port: numeric('PORT', { min: 1, max: 65_535, fallback: 3000 }),
    keyPrefix: prefix(read('KEY_PREFIX') ?? DEFAULT_PREFIX),
    timeZone: zoneName(read('TIME_ZONE') ?? 'UTC'),
    trackHourly: flag('TRACK_HOURLY'),
    trackUnique: flag('TRACK_UNIQUE'),
    idMode: oneOf('ID_MODE', read('ID_MODE'), ID_MODES),
    maxUserId: numeric('MAX_USER_ID', { min: 0, max: 2 ** 32 - 1, fallback: 2 ** 27 - 1 }),
    auth: oneOf('AUTH', read('AUTH'), ['none'], NOT_YET),
    cacheMb: numeric('CACHE_MB', { min: 0, max: 1_048_576, fallback: 256 }),
    logLevel: oneOf('LOG_LEVEL', read('LOG_LEVEL') ?? 'info', LOG_LEVELS),
  }
}

const NOT_YET = ' (the others are not available yet)'

/** Whether a host name means this machine alone: `localhost`, 127.0.0.0/8, or `::1` with or without brackets. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}|::1|\[::1\])$/i.test(host)
}

function loopback(host: string): string {
  if (isLoopback(host)) return host.replace(/^\[|\]$/g, '')
  const remedy = 'a loopback address such as 127.0.0.1: there is no sign-in yet, so nobody else may reach it'
  throw refused('HOST', remedy, host)
}

function zoneName(text: string): string {
  try {
    return zoneOf(text).name
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    throw refused('TIME_ZONE', 'a name of the IANA time zone database, such as Europe/Berlin', text)
  }
}

function prefix(text: string): string {
  try {
    return checkPrefix(text)
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    throw refused('KEY_PREFIX', PREFIX_RULE, text)
  }
}

interface Range {
  readonly min: number
  readonly max: number
  readonly fallback: number
}

function integer(name: string, value: string | undefined, { min, max, fallback }: Range): number {
  if (value === undefined) return fallback
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= min && number <= max)) throw refused(name, `an integer ${min}..${max}`, value)
  return number
}

/** One word of a list, the first where the variable is not set. */
function oneOf<Word extends string>(
  name: string,
  value: string | undefined,
  [first, ...rest]: readonly [Word, ...Word[]],
  note = '',
): Word {
  const words = [first, ...rest]
  const word = value === undefined ? first : words.find((each) => each === value)
  if (word === undefined) throw refused(name, words.join(' or ') + note, value)
  return word
}

function refused(name: string, expectation: string, got: unknown): ConfigError {
  const text = JSON.stringify(got)
  return new ConfigError(
    `${name} expected ${expectation}, got ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`,
  )
}
