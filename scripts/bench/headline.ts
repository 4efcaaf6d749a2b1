import type { Line } from './line'
import { digits } from './print'

const PEERS = {
  'BITOP + BITCOUNT': /^BITOP/,
  DuckDB: /^DuckDB/,
  PostgreSQL: /^PostgreSQL/,
  'plain JavaScript': /^JavaScript/,
} as const

/**
 * The README's table: the grids of `weeks` with ids in the order of sign-up, ours cold and warm, and each peer's time
 * with how many times the warm one it is; of several DuckDB statements the fastest. Null where no such lines are there.
 */
export function headlineOf(lines: readonly Line[]): string | null {
  const some = lines.filter(({ section, group }) => section === 'weeks' && group.includes('order of sign-up'))
  if (some.length === 0) return null
  const head = ['52 × 52 weeks', 'cold', 'warm', ...Object.keys(PEERS)]
  const rows = [...new Set(some.map(({ group }) => group))].map((group) =>
    rowOf(
      group,
      some.filter((line) => line.group === group),
    ),
  )
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Groups are named as in `52 × 52 weeks, 1,000,000 users, ids in the order of sign-up, sign-up × active`. */
function rowOf(group: string, lines: readonly Line[]): readonly string[] {
  const [, users = '', , what = ''] = group.split(', ')
  const oursIn = (state: string) => lines.find(({ name }) => name === state)?.ours ?? Number.NaN
  const warm = oursIn('warm')
  const peers = Object.values(PEERS).map((pattern) => {
    // The fastest is told first.
    const theirs = lines.find(({ name, peer }) => name === 'warm' && pattern.test(peer))?.theirs
    return theirs === undefined ? '' : `${digits(theirs)} ms (${digits(theirs / warm)}×)`
  })
  return [`${users}, ${what}`, `${digits(oursIn('cold'))} ms`, `${digits(warm)} ms`, ...peers]
}
