/** Cohorts over bitmaps in Redis: the public surface of the library. */
export { Bitmapist, type BitmapistOptions, type EventOptions } from './bitmapist'
export * from './face'
export { Bitmap } from './handle'
export { DEFAULT_PREFIX } from './key'
export { DEFAULT_MAX_USER_ID, type Mark, type MarkOptions } from './mark'
export type { RetentionRequest } from './reports/request'
export type { SeriesRequest } from './reports/series'
