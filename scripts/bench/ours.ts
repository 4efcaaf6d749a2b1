import assert from 'node:assert/strict'
import { Bitmapist, type Expression, parseExpression, type RetentionRequest } from '../../lib/bitmapist'
import { endOf, offset, type Period } from '../../lib/bitmapist/period'
import type { Lab } from './lab'
import type { Contender } from './measure'
import type { Triangle } from './peers/bitop'

/** Of all the bench's keys. */
export const PREFIX = 'bench_'
/** Everything that any case reads fits. */
export const CACHE_BYTES = 2 * 1024 ** 3

interface Span {
  readonly first: Period
  readonly count: number
}

/** Ours, twice: one keeps nothing, the other everything. */
export interface Ours {
  readonly cold: Bitmapist
  readonly warm: Bitmapist
  close(): void
}

/** In the last hour of the last period: every cell has begun. The clock goes on, as clocks do. */
export function openOurs(lab: Lab, { first, count }: Span): Ours {
  const begin = endOf(offset(first, count - 1)).getTime() - 3_600_000 - performance.now()
  const clock = () => new Date(begin + performance.now())
  const open = (cacheBytes: number) => {
    const redis = lab.connect()
    return { redis, bm: new Bitmapist({ redis, prefix: PREFIX, clock, cacheBytes }) }
  }
  const [cold, warm] = [open(0), open(CACHE_BYTES)]
  const close = () => {
    for (const { redis, bm } of [cold, warm]) {
      bm.close()
      redis.disconnect()
    }
  }
  return { cold: cold.bm, warm: warm.bm, close }
}

interface Square extends Span, Pick<RetentionRequest, 'mode' | 'cohort'> {
  readonly start: string | Expression
  readonly back?: string | Expression
}

/** A table of as many columns as rows; `back` is `active` unless given. */
export function squareRequest({
  start,
  back = 'active',
  first,
  count,
  mode,
  cohort,
}: Square): RetentionRequest {
  const [from, to] = [start, back].map((of) => (typeof of === 'string' ? parseExpression(of) : of))
  if (from === undefined || to === undefined) throw new TypeError('two expressions are needed')
  const shape = { ...(mode && { mode }), ...(cohort && { cohort }) }
  return { start: from, return: to, first, rows: count, columns: count, ...shape }
}

/** A run of ours, whose counts have been looked at. */
export async function gridRun(
  bm: Bitmapist,
  request: RetentionRequest,
  expected: Triangle,
): Promise<Contender> {
  const run = () => bm.retention(request)
  const { rows } = await run()
  const counts = rows.map(({ cells }) => cells.flatMap(({ count }) => (count === null ? [] : [count])))
  assert.deepEqual(counts, expected, 'every way must count alike')
  return { name: 'ours', run, watched: true }
}
