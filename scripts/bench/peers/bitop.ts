import type { Redis } from 'ioredis'

/** counts[row][offset], users: the columns from the row's own on. */
export type Triangle = readonly (readonly number[])[]

interface Keys {
  readonly redis: Redis
  readonly prefix: string
  readonly rows: readonly string[]
  readonly columns: readonly string[]
}

/** The triangle of counts by BITOP AND into a temporary key and BITCOUNT, all of it in one pipeline. */
export async function bitopGrid({ redis, prefix, rows, columns }: Keys): Promise<Triangle> {
  const temporary = `${prefix}bitop_bench`
  const pipeline = redis.pipeline()
  rows.forEach((row, r) => {
    for (const column of columns.slice(r)) {
      pipeline.bitop('AND', temporary, row, column)
      pipeline.bitcount(temporary)
    }
  })
  pipeline.del(temporary)
  const replies = (await pipeline.exec()) ?? []
  const counts = replies.slice(0, -1).flatMap(([, reply], i) => (i % 2 === 1 ? [Number(reply)] : []))
  let at = 0
  return rows.map((_, r) => {
    const from = at
    at += columns.length - r
    return counts.slice(from, at)
  })
}

/** The same against the union of each column with all later ones, which are made first. */
export async function bitopOnOrAfter({ redis, prefix, rows, columns }: Keys): Promise<Triangle> {
  const unions = columns.map((_, k) => `${prefix}bitop_later_${k}`)
  const pipeline = redis.pipeline()
  for (let k = columns.length - 1; k >= 0; k--)
    pipeline.bitop('OR', unions[k] ?? '', columns[k] ?? '', unions[k + 1] ?? columns[k] ?? '')
  await pipeline.exec()
  const counts = await bitopGrid({ redis, prefix, rows, columns: unions })
  await redis.del(...unions)
  return counts
}

/** The users of both bitmaps: BITOP AND, GET, and a walk through the bytes. */
export async function bitopMembers(redis: Redis, prefix: string, keys: readonly string[]): Promise<number[]> {
  const temporary = `${prefix}bitop_bench`
  const [, bitmap] = await Promise.all([
    redis.bitop('AND', temporary, ...keys),
    redis.getBuffer(temporary),
    redis.del(temporary),
  ])
  const users: number[] = []
  const bytes = bitmap ?? Buffer.alloc(0)
  for (let i = 0; i < bytes.length; i++)
    for (let byte = bytes[i] ?? 0; byte !== 0; ) {
      const bit = Math.clz32(byte) - 24
      users.push(i * 8 + bit)
      byte ^= 0x80 >> bit
    }
  return users
}
