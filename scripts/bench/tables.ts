/** Puts the numbers of `bench-results.json` into docs/performance.md and the README: `npx tsx scripts/bench/tables.ts`. */
import { readFile, writeFile } from 'node:fs/promises'
import { headlineOf } from './headline'
import type { Line } from './line'
import { firstText, mustText, quantity, ratioText } from './print'

interface Results {
  readonly machine: string
  readonly lines: readonly Line[]
}

const { machine, lines }: Results = JSON.parse(await readFile('bench-results.json', 'utf8'))
const groups = [...new Set(lines.map(({ group }) => group))]
const tables = groups.map((group) =>
  tableOf(
    group,
    lines.filter((line) => line.group === group),
  ),
)
await put('docs/performance.md', 'numbers', [`Measured on: ${machine}.`, ...tables].join('\n\n'))
const headline = headlineOf(lines)
if (headline !== null) await put('README.md', 'headline', `${headline}\n\nMeasured on: ${machine}.`)

/** Replaces what is between two comments of a page. */
async function put(file: string, what: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${what}: written by scripts/bench/tables.ts -->`, `<!-- end of ${what} -->`]
  const page = await readFile(file, 'utf8')
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} has no place for it between "${begin}" and "${end}"`)
  await writeFile(file, `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`)
}

function tableOf(group: string, some: readonly Line[]): string {
  const head = ['case', 'ours', 'first', 'peer', 'its time', 'ratio', 'wanted', 'read', 'loop held']
  const rows = some.map((line) => [
    line.name,
    quantity(line.ours, line.unit),
    firstText(line),
    line.peer,
    quantity(line.theirs, line.unit),
    ratioText(line),
    mustText(line),
    line.readMiB === null ? '' : quantity(line.readMiB, 'MiB'),
    line.heldMs === null ? '' : quantity(line.heldMs, 'ms'),
  ])
  const text = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [`**${group}**`, '', ...text].join('\n')
}
