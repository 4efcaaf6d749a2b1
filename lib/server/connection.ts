import 'server-only'
import pino, { type Logger } from 'pino'
import { Bitmapist, type Client, type IdMode } from '../bitmapist'
import { type Config, readConfig } from './config'
import { connectRedis } from './redis'

interface ProcessState {
  readonly config: Config
  readonly log: Logger
  readonly redis: Client
  /** Its ids are numbers or texts, as ID_MODE says. */
  readonly bitmapist: Bitmapist<IdMode>
}

/** Distinct keys of one report. */
const MAX_KEYS = 20_000

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
  })
  setInterval(() => {
    // An outage is told where the connection changes; the next time may do better.
    bitmapist.rescan().catch((error: unknown) => log.debug({ err: error }, 'the events were not looked for'))
  }, RESCAN_MS).unref()
  return { config, log, redis, bitmapist }
}
