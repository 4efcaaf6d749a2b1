/** Answers one large report in a process of its own, and says what it took, as JSON. */
import { readFileSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Bitmapist, parseExpression, parsePeriod } from '../../../lib/bitmapist'
import { endOf, offset } from '../../../lib/bitmapist/face'
import { sentBytes } from '../server'

export interface GiantQuestion {
  readonly socket: string
  readonly prefix: string
  readonly first: string
  readonly count: number
}

export interface GiantAnswer {
  readonly ms: number
  readonly heldMs: number
  readonly readBytes: number
  /** The most memory during the report, less what there was before it. */
  readonly grownBytes: number
  /** Users by offset. */
  readonly firstRow: readonly (number | null)[]
}

const SAMPLE_MS = 2

async function answer({ socket, prefix, first, count }: GiantQuestion): Promise<GiantAnswer> {
  const redis = new Redis({ path: socket })
  const from = parsePeriod(first)
  const now = new Date(endOf(offset(from, count - 1)).getTime() - 3_600_000)
  const bm = new Bitmapist({ redis, prefix, clock: () => now, cacheBytes: 0 })
  await bm.check()
  const readBefore = await sentBytes(redis)
  globalThis.gc?.()
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  await sleep(50)
  const peak = watchMemory()
  const begin = performance.now()
  const table = await bm.retention({
    start: parseExpression('signup'),
    return: parseExpression('active'),
    first: from,
    rows: count,
    columns: count,
  })
  const ms = performance.now() - begin
  const grownBytes = peak()
  await sleep(SAMPLE_MS)
  const readBytes = (await sentBytes(redis)) - readBefore
  const firstRow = (table.rows[0]?.cells ?? []).map((cell) => cell.count)
  return { ms, heldMs: histogram.max / 1e6, readBytes, grownBytes, firstRow }
}

/**
 * @returns the most that the process' resident memory grew by since now. Linux knows its peak, which can be set back;
 * elsewhere it is looked at every 2 ms.
 */
function watchMemory(): () => number {
  const idle = process.memoryUsage.rss()
  try {
    writeFileSync('/proc/self/clear_refs', '5')
    const peakKib = () => Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
    return () => peakKib() * 1024 - idle
  } catch {
    let most = idle
    const look = () => {
      most = Math.max(most, process.memoryUsage.rss())
    }
    const timer = setInterval(look, SAMPLE_MS)
    return () => {
      look()
      clearInterval(timer)
      return most - idle
    }
  }
}

const [, , question = ''] = process.argv
process.stdout.write(JSON.stringify(await answer(JSON.parse(question))), () => process.exit(0))
