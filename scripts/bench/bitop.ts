import type { Redis } from 'ioredis'
import { eventKey } from '../../lib/bitmapist/key'
import { type Period, range } from '../../lib/bitmapist/period'

interface Grid {
  readonly redis: Redis
  readonly prefix: string
  readonly start: string
  readonly first: Period
  readonly count: number
}

/**
 * The peer: the same triangle of counts by BITOP AND into a temporary key and BITCOUNT, all of it in one pipeline.
 * @returns counts[row][offset], users
 */
export async function bitopGrid({ redis, prefix, start, first, count }: Grid): Promise<number[][]> {
  const weeks = range(first, count)
  const temporary = `${prefix}bitop_bench`
  const pipeline = redis.pipeline()
  for (const row of weeks)
    for (const column of weeks.slice(row.index - first.index)) {
      pipeline.bitop('AND', temporary, eventKey(prefix, start, row), eventKey(prefix, 'active', column))
      pipeline.bitcount(temporary)
    }
  pipeline.del(temporary)
  const replies = (await pipeline.exec()) ?? []
  const counts = replies.slice(0, -1).flatMap(([, reply], i) => (i % 2 === 1 ? [Number(reply)] : []))
  return weeks.map((_, row) => {
    const before = row * count - (row * (row - 1)) / 2
    return counts.slice(before, before + count - row)
  })
}
