import { describe, expect, it } from 'vitest'
import { metricsText } from './metrics'

describe('metricsText', () => {
  it('is what Prometheus reads', () => {
    const cache = { hits: 7, misses: 5, bytes: 1_048_576, entries: 3, invalidations: 2 }
    expect(
      metricsText({
        cache: { mode: 'tracking', ...cache },
        reports: { running: 3, refused: 4 },
        walks: { running: 2, waiting: 1 },
      }),
    ).toBe(`\
# HELP bitcohort_cache_hits_total Bitmaps that reports found in the cache.
# TYPE bitcohort_cache_hits_total counter
bitcohort_cache_hits_total 7
# HELP bitcohort_cache_misses_total Bitmaps that reports had to read or compute.
# TYPE bitcohort_cache_misses_total counter
bitcohort_cache_misses_total 5
# HELP bitcohort_cache_invalidations_total Keys that Redis told had changed.
# TYPE bitcohort_cache_invalidations_total counter
bitcohort_cache_invalidations_total 2
# HELP bitcohort_cache_bytes Memory of the bitmaps in the cache.
# TYPE bitcohort_cache_bytes gauge
bitcohort_cache_bytes 1048576
# HELP bitcohort_cache_entries Bitmaps in the cache.
# TYPE bitcohort_cache_entries gauge
bitcohort_cache_entries 3
# HELP bitcohort_cache_mode tracking: exact; ttl: periods that have ended, for a minute; off: none; unknown: Redis was not asked yet.
# TYPE bitcohort_cache_mode gauge
bitcohort_cache_mode{mode="tracking"} 1
# HELP bitcohort_reports_running Reports that are computed, or wait for memory.
# TYPE bitcohort_reports_running gauge
bitcohort_reports_running 3
# HELP bitcohort_reports_refused_total Reports that were refused because too many were asked at once.
# TYPE bitcohort_reports_refused_total counter
bitcohort_reports_refused_total 4
# HELP bitcohort_walks_running Walks of reports through bitmaps, mostly one a report.
# TYPE bitcohort_walks_running gauge
bitcohort_walks_running 2
# HELP bitcohort_walks_waiting Walks that wait for memory.
# TYPE bitcohort_walks_waiting gauge
bitcohort_walks_waiting 1
`)
  })
})
