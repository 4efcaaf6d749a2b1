import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { freemem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parsePeriod } from '../../../lib/bitmapist'
import { keysOf, makePeriod, type Shape, store } from '../data'
import type { Lab, Section } from '../lab'
import { PREFIX } from '../ours'
import type { GiantAnswer, GiantQuestion } from './giant-child'

const USERS = 100_000_000
const FIRST = '2024-W01'
const WEEKS = 52
/** What the process may grow by, MiB. */
const ALLOWED = 100
const CHILD = fileURLToPath(new URL('giant-child.ts', import.meta.url))
/** Redis' bitmaps, and as much again for the rest. */
const NEEDED_BYTES = 2 * 2 * WEEKS * (USERS / 8)
/** Cells of the first row that BITOP is asked for: all 1,378 would hold Redis for a minute. */
const SAMPLE = 13

/** A hundred million users, sign-up × active, nothing kept: how long, and how much memory. */
export const giant: Section = { name: 'giant', run }

async function run(lab: Lab): Promise<void> {
  if (lab.quick) return lab.note('a hundred million users: left out of a quick run')
  if (freemem() < NEEDED_BYTES) return lab.note('a hundred million users: left out for want of memory')
  const shape: Shape = {
    users: USERS,
    first: parsePeriod(FIRST),
    count: WEEKS,
    order: 'sign-up',
    seed: 20240110,
  }
  for (let p = 0; p < WEEKS; p++)
    for (const [event, bitmap] of Object.entries(makePeriod(shape, p)))
      await store(lab.other, [keysOf(PREFIX, event, shape)[p] ?? ''], [bitmap])
  const answer = await ask({ socket: lab.socket, prefix: PREFIX, first: FIRST, count: WEEKS })
  tell(lab, answer, await sampleMs(lab, shape, answer))
}

/** In a process of its own, whose memory is the report's alone. */
async function ask(question: GiantQuestion): Promise<GiantAnswer> {
  const args = ['--expose-gc', '--import', 'tsx', CHILD, JSON.stringify(question)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

/** What all cells would take BITOP and BITCOUNT, by some of them, whose counts must be ours. */
async function sampleMs({ other }: Lab, shape: Shape, { firstRow }: GiantAnswer): Promise<number> {
  const temporary = `${PREFIX}bitop_bench`
  const [row = ''] = keysOf(PREFIX, 'signup', shape)
  const begin = performance.now()
  for (const [k, column] of keysOf(PREFIX, 'active', shape).slice(0, SAMPLE).entries()) {
    await other.bitop('AND', temporary, row, column)
    assert.equal(await other.bitcount(temporary), firstRow[k])
  }
  return ((performance.now() - begin) / SAMPLE) * ((WEEKS * (WEEKS + 1)) / 2)
}

function tell(lab: Lab, { ms, heldMs, readBytes, grownBytes }: GiantAnswer, peerMs: number): void {
  lab.begin(`${WEEKS} × ${WEEKS} weeks, 100 million users, sign-up × active, one run`)
  lab.tell({
    name: 'cold',
    peer: `BITOP + BITCOUNT, ${SAMPLE} cells of 1,378, scaled`,
    unit: 'ms',
    ours: ms,
    theirs: peerMs,
    firstMs: null,
    best: null,
    measure: 'speedup',
    must: null,
    readMiB: readBytes / 2 ** 20,
    heldMs,
  })
  lab.limit({ name: 'memory over idle', unit: 'MiB', ours: grownBytes / 2 ** 20, allowed: ALLOWED })
}
