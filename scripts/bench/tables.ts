/** Puts the numbers of `bench-results.json` into docs/performance.md: `npx tsx scripts/bench/tables.ts`. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Line } from './line'
import { mustText, quantity, ratioText } from './print'

const PAGE = 'docs/performance.md'
const BEGIN = '<!-- numbers: written by scripts/bench/tables.ts -->'
const END = '<!-- end of numbers -->'

interface Results {
  readonly machine: string
  readonly lines: readonly Line[]
}

const { machine, lines }: Results = JSON.parse(await readFile('bench-results.json', 'utf8'))
const page = await readFile(PAGE, 'utf8')
const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the numbers`)
const groups = [...new Set(lines.map(({ group }) => group))]
const tables = groups.map((group) =>
  tableOf(
    group,
    lines.filter((line) => line.group === group),
  ),
)
const numbers = [BEGIN, `Measured on: ${machine}.`, ...tables].join('\n\n')
await writeFile(PAGE, `${page.slice(0, from)}${numbers}\n\n${page.slice(to)}`)

function tableOf(group: string, some: readonly Line[]): string {
  const head = ['case', 'ours', 'peer', 'its time', 'ratio', 'wanted', 'read']
  const rows = some.map((line) => [
    line.name,
    quantity(line.ours, line.unit),
    line.peer,
    quantity(line.theirs, line.unit),
    ratioText(line),
    mustText(line),
    line.readMiB === null ? '' : quantity(line.readMiB, 'MiB'),
  ])
  const text = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [`**${group}**`, '', ...text].join('\n')
}
