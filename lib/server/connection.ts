import 'server-only'
import pino, { type Logger } from 'pino'
import { Bitmapist, type Client, type IdMode } from '../bitmapist'
import { ReportAdmission } from './admission'
import { type Config, readConfig } from './config'
import { connectRedis } from './redis'

interface ProcessState {
  readonly config: Config
  readonly log: Logger
  readonly redis: Client
  /** Its ids are numbers or texts, as ID_MODE says. */
  readonly bitmapist: Bitmapist<IdMode>
  readonly reports: ReportAdmission
}

/** Distinct keys of one report. */
const MAX_KEYS = 20_000

/** More than this is not kept: the kernel's memory is 4 GiB at most, and reports at work need some of it. */
const MAX_CACHE_MB = 2048

/** Reports under way at once, of which most wait: each that waits holds its plan, some MB for the largest. */
const MAX_REPORTS = 72

/** How often keys that other programs wrote or deleted are looked for. */
const RESCAN_MS = 180_000

const KEY = Symbol.for('bitcohort')
const holder: typeof globalThis & { [KEY]?: ProcessState } = globalThis

/** The one state of this process: Next gives pages, route handlers and instrumentation each a module of their own. */
export function processState(): ProcessState {
  holder[KEY] ??= start(readConfig(process.env))
  return holder[KEY]
}

function start(config: Config): ProcessState {
  const log = pino({ level: config.logLevel, base: null })
  const redis = connectRedis(config.redis, log)
  const bitmapist = new Bitmapist({
    redis,
    prefix: config.keyPrefix,
    maxUserId: config.maxUserId,
    timeZone: config.timeZone,
    idMode: config.idMode,
    trackHourly: config.trackHourly,
    trackUnique: config.trackUnique,
    maxKeys: MAX_KEYS,
    cacheBytes: Math.min(config.cacheMb, MAX_CACHE_MB) * 2 ** 20,
  })
  setInterval(() => {
    // An outage is told where the connection changes; the next time may do better.
    bitmapist.rescan().catch((error: unknown) => log.debug({ err: error }, 'the events were not looked for'))
  }, RESCAN_MS).unref()
  return { config, log, redis, bitmapist, reports: new ReportAdmission(MAX_REPORTS) }
}
