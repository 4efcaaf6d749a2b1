import type { CacheStats, WalkStats } from '../bitmapist'

/** What reports are doing. */
export interface ReportStats {
  /** Computed, or waiting for memory to be. */
  readonly running: number
  /** Since the start. */
  readonly refused: number
}

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
}

/** The text format that Prometheus reads. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** What a process tells of itself. */
interface Stats {
  readonly cache: CacheStats
  readonly reports: ReportStats
  readonly walks: WalkStats
}

/** What the cache and the reports do, as Prometheus reads it. Counters begin anew with the process. */
export function metricsText({ cache, reports, walks }: Stats): string {
  const all = [...metricsOf(cache), ...metricsOfReports(reports), ...metricsOfWalks(walks)]
  return all.map(printed).join('')
}

function metricsOf({ mode, hits, misses, bytes, entries, invalidations }: CacheStats): readonly Metric[] {
  return [
    counter('cache_hits_total', 'Bitmaps that reports found in the cache.', hits),
    counter('cache_misses_total', 'Bitmaps that reports had to read or compute.', misses),
    counter('cache_invalidations_total', 'Keys that Redis told had changed.', invalidations),
    gauge('cache_bytes', 'Memory of the bitmaps in the cache.', bytes),
    gauge('cache_entries', 'Bitmaps in the cache.', entries),
    {
      ...gauge(
        'cache_mode',
        'tracking: exact; ttl: periods that have ended, for a minute; off: none; unknown: Redis was not asked yet.',
        1,
      ),
      labels: { mode },
    },
  ]
}

function metricsOfReports({ running, refused }: ReportStats): readonly Metric[] {
  return [
    gauge('reports_running', 'Reports that are computed, or wait for memory.', running),
    counter(
      'reports_refused_total',
      'Reports that were refused because too many were asked at once.',
      refused,
    ),
  ]
}

function metricsOfWalks({ running, waiting }: WalkStats): readonly Metric[] {
  return [
    gauge('walks_running', 'Walks of reports through bitmaps, mostly one a report.', running),
    gauge('walks_waiting', 'Walks that wait for memory.', waiting),
  ]
}

function counter(name: string, help: string, value: number): Metric {
  return { name, type: 'counter', help, value }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: 'gauge', help, value }
}

/** Neither names, helps nor labels hold anything that the format would have to escape. */
function printed({ name, type, help, value, labels = {} }: Metric): string {
  const full = `bitcohort_${name}`
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
  const braces = pairs.length > 0 ? `{${pairs.join(',')}}` : ''
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full}${braces} ${value}\n`
}
