import { Bitmapist, type Client, type IdMode } from '../../lib/bitmapist'
import type { CsvFile } from './csv'
import { hasData, readMarker, writeMarker } from './marker'
import { type LogEntry, type SampleOptions, simulate } from './simulate'

/** Marks of one call: several weeks at once, because a week's and a month's bit is then sent once for all days. */
const BATCH = 100_000

export interface Progress {
  readonly day: number
  readonly days: number
  readonly marks: number
}

export interface Target {
  readonly redis: Client
  readonly prefix: string
  readonly maxUserId: number
  /** `integer` unless given; mapped ids are the digits of the sample's numbers. */
  readonly idMode?: IdMode
  /** UTC unless given. */
  readonly timeZone?: string
}

/**
 * What to do with a Redis: `load` an empty one; `finish` a load that was cut off, with the settings it began with;
 * nothing where it holds the whole `sample` or `data` of somebody's own.
 */
export type Decision =
  | { readonly what: 'load' | 'finish' | 'sample'; readonly options: SampleOptions }
  | { readonly what: 'data' }

/** @param options of a new sample */
export async function decide({ redis, prefix }: Target, options: SampleOptions): Promise<Decision> {
  const marker = await readMarker(redis, prefix)
  if (marker?.state === 'loading') return { what: 'finish', options: marker.options }
  if (!(await hasData(redis, prefix))) return { what: 'load', options }
  return marker ? { what: 'sample', options: marker.options } : { what: 'data' }
}

export interface WriteOptions {
  readonly options: SampleOptions
  /** Where marks go, null for nowhere. */
  readonly target: Target | null
  readonly csv: CsvFile | null
  readonly report: (progress: Progress) => void
}

/**
 * Simulates once and writes to Redis, to a CSV file or to both. Cut off, it can be run again: marks are idempotent.
 * @returns how many marks there were, attributes not counted
 */
export async function writeSample({ options, target, csv, report }: WriteOptions): Promise<number> {
  const sample = simulate(options)
  const bitmapist = target && new Bitmapist({ ...target, clock: () => options.now })
  if (target) await writeMarker(target.redis, target.prefix, { state: 'loading', options })
  let waiting: LogEntry[] = []
  const flush = async () => {
    await bitmapist?.mark(waiting, { trackHourly: false, trackUnique: false })
    waiting = []
  }
  let marks = 0
  let day = 0
  for (const entries of sample.days) {
    await csv?.day(entries)
    if (bitmapist) waiting = waiting.concat(entries)
    if (waiting.length >= BATCH) await flush()
    marks += entries.length
    report({ day: ++day, days: sample.dayCount, marks })
  }
  await flush()
  await bitmapist?.mark(sample.attributes())
  await csv?.end(sample.attributes())
  if (target) await writeMarker(target.redis, target.prefix, { state: 'loaded', options })
  return marks
}
