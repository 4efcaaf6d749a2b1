import { cpus } from 'node:os'
import type { Line } from './line'

const WIDTHS = { name: 45, ours: 10, first: 10, peer: 46, theirs: 10, ratio: 15, must: 13, read: 12 }

/** What the numbers were measured on. */
export function machine(redisVersion: string): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, Redis ${redisVersion}`
}

export function printGroup(group: string): void {
  console.log(`\n${group}`)
  console.log(row(['case', 'ours', 'first', 'peer', 'its time', 'ratio', 'must', 'read', 'loop held']))
}

export function printLine(line: Line): void {
  const { name, ours, peer, theirs, unit, readMiB, heldMs } = line
  const read = readMiB === null ? '' : quantity(readMiB, 'MiB')
  const held = heldMs === null ? '' : quantity(heldMs, 'ms')
  const [our, their] = [quantity(ours, unit), quantity(theirs, unit)]
  console.log(row([name, our, firstText(line), peer, their, ratioText(line), mustText(line), read, held]))
}

/** Something that is left out, and why. */
export function printNote(text: string): void {
  console.log(`  – ${text}`)
}

export function printEnd(lines: readonly Line[]): void {
  const wanted = lines.filter(({ must }) => must !== null)
  const missed = wanted.filter(({ met }) => !met)
  console.log(`\n${lines.length} lines, ${wanted.length} with a must, ${missed.length} of them missed`)
  for (const { group, name, peer, ...line } of missed)
    console.log(`  MISSED ${group}: ${name} against ${peer}: ${ratioText(line)}, ${mustText(line)}`)
}

export function quantity(value: number, unit: Line['unit']): string {
  return `${digits(value)} ${unit}`
}

/** What ours takes right after others; empty where each of its turns was one run. */
export function firstText({ firstMs, ours, unit }: Pick<Line, 'firstMs' | 'ours' | 'unit'>): string {
  // A run of the bench before it was looked at has none.
  const first = firstMs?.[0] ?? ours
  return first === ours ? '' : quantity(first, unit)
}

export function ratioText({ ratio, measure }: Pick<Line, 'ratio' | 'measure'>): string {
  return measure === 'speedup' ? `${digits(ratio)}× as fast` : `${digits(ratio)}× of it`
}

export function mustText({ must, met, measure }: Pick<Line, 'must' | 'met' | 'measure'>): string {
  if (must === null) return ''
  return `${measure === 'speedup' ? '≥' : '≤'} ${must}× ${met ? '✓' : '✗'}`
}

function row([
  name = '',
  ours = '',
  first = '',
  peer = '',
  theirs = '',
  ratio = '',
  must = '',
  read = '',
  held = '',
]: readonly string[]): string {
  const cells = [
    name.padEnd(WIDTHS.name),
    ours.padStart(WIDTHS.ours),
    first.padStart(WIDTHS.first),
    `  ${peer}`.padEnd(WIDTHS.peer),
    theirs.padStart(WIDTHS.theirs),
    ratio.padStart(WIDTHS.ratio),
    must.padStart(WIDTHS.must),
    read.padStart(WIDTHS.read),
    held.padStart(WIDTHS.read),
  ]
  return `  ${cells.join('')}`.trimEnd()
}

/** Three digits that count. */
export function digits(value: number): string {
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toFixed(decimals)
}
