/** `npm run bench`: the engine against other ways to the same numbers, on this machine. See docs/performance.md. */
import { writeFile } from 'node:fs/promises'
import { expression } from './bench/cases/expression'
import { first } from './bench/cases/first'
import { giant } from './bench/cases/giant'
import { days, weeks } from './bench/cases/grids'
import { growth } from './bench/cases/growth'
import { identity } from './bench/cases/identity'
import { kernel } from './bench/cases/kernel'
import { marks } from './bench/cases/marks'
import { members } from './bench/cases/members'
import { modes } from './bench/cases/modes'
import { month } from './bench/cases/month'
import { Lab } from './bench/lab'
import { parseOptions } from './bench/options'
import { machine, printEnd } from './bench/print'
import { versionOf } from './bench/server'
import { stopAll, stopOnSignals, stopWithNpm } from './system/cleanup.mjs'

const SECTIONS = [
  kernel,
  weeks,
  days,
  first,
  modes,
  expression,
  members,
  month,
  marks,
  identity,
  growth,
  giant,
]
const RESULTS = 'bench-results.json'
/** What the event loop may be held for, ms. */
const MAY_HOLD = 20

async function main(): Promise<void> {
  const names = SECTIONS.map(({ name }) => name)
  const options = parseOptions(process.argv.slice(2), names)
  stopOnSignals(() => 130)
  stopWithNpm()
  try {
    const lab = await Lab.open(options)
    const where = machine(await versionOf(lab.other))
    console.log(where)
    for (const section of SECTIONS)
      if (options.only.length === 0 || options.only.includes(section.name)) await lab.run(section)
    tellHeld(lab)
    printEnd(lab.lines)
    const { lines, notes } = lab
    await writeFile(RESULTS, `${JSON.stringify({ machine: where, ...options, lines, notes }, null, 2)}\n`)
  } finally {
    await stopAll()
  }
}

/** The longest hold of each case. */
function tellHeld(lab: Lab): void {
  const held = new Map<string, number>()
  for (const { section, heldMs } of lab.lines)
    if (heldMs !== null) held.set(section, Math.max(held.get(section) ?? 0, heldMs))
  lab.begin('The event loop, held at most')
  for (const [name, ours] of held) lab.limit({ name, unit: 'ms', ours, allowed: MAY_HOLD })
}

await main()
