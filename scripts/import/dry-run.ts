import { basename } from 'node:path'
import { type IdMode, label, periodAt } from '../../lib/bitmapist'
import { Cost, type CostOptions } from './cost'
import type { ReadRow, Sink } from './load'
import { bytesText, numberText, table } from './text'

const ROWS_SHOWN = 10
const NAMES_SHOWN = 20
const ID_LENGTH_SHOWN = 40

export interface DryRunOptions extends CostOptions {
  readonly idMode: IdMode
}

/** Where the rows of a dry run go: nowhere. It remembers what they would have come to. */
export class DryRun implements Sink {
  readonly isFull = false
  private readonly first: ReadRow[] = []
  private readonly events = new Map<string, number>()
  private readonly attributes = new Map<string, number>()
  /** Of integer ids these themselves, of mapped ones their bytes. */
  private lowest = Number.POSITIVE_INFINITY
  private highest = -1
  private readonly cost: Cost

  constructor(private readonly options: DryRunOptions) {
    this.cost = new Cost(options)
  }

  add(row: ReadRow): void {
    if (this.first.length < ROWS_SHOWN) this.first.push(row)
    for (const mark of row.marks) {
      const [counts, name] = 'event' in mark ? [this.events, mark.event] : [this.attributes, mark.attribute]
      counts.set(name, (counts.get(name) ?? 0) + 1)
      const size = typeof mark.user === 'number' ? mark.user : Buffer.byteLength(mark.user)
      if (size < this.lowest) this.lowest = size
      if (size > this.highest) this.highest = size
      this.cost.add(mark)
    }
  }

  async flush(): Promise<void> {}

  async finish(): Promise<void> {}

  report(): string {
    if (this.highest < 0) return 'No row would mark anything.\n\n'
    return [
      'First rows, as they would be marked:',
      ...table(this.firstRows()),
      ...counted('Events', this.events),
      ...counted('Attributes', this.attributes),
      `User ids    ${this.idsText()}`,
      ...this.costLines(),
      '\n',
    ].join('\n')
  }

  private idsText(): string {
    const range = `${numberText(this.lowest)} … ${numberText(this.highest)}`
    return this.options.idMode === 'mapped' ? `texts of ${range} bytes` : range
  }

  private firstRows(): readonly (readonly string[])[] {
    const { zone, trackHourly } = this.options
    const units = trackHourly
      ? (['hour', 'day', 'week', 'month'] as const)
      : (['day', 'week', 'month'] as const)
    const rows = this.first.map(({ file, line, marks }) => {
      const [user] = marks.map((mark) => shortened(String(mark.user)))
      let event: readonly string[] = ['', ...units.map(() => '')]
      let attribute = ''
      for (const mark of marks)
        if ('attribute' in mark) attribute = mark.attribute
        else {
          const { time = new Date(0) } = mark
          event = [mark.event, ...units.map((unit) => label(periodAt(unit, time, zone)))]
        }
      return [`${basename(file)}:${line}`, user ?? '', ...event, attribute]
    })
    return [['row', 'user', 'event', ...units, 'attribute'], ...rows]
  }

  private costLines(): readonly string[] {
    const { keys, bytes } = this.cost
    if (this.options.idMode === 'mapped')
      return [`Redis       ${numberText(keys)} keys, each a bit for every user up to the newest in it`]
    const dearest = this.cost.dearest()
    const total = `Redis       ${numberText(keys)} keys, about ${bytesText(bytes)}: each is as long as its highest id needs`
    if (dearest === null || dearest.bytes === 0) return [total]
    const { user, bytes: more, keys: longest } = dearest
    const where = `the highest of ${numberText(longest)} ${longest === 1 ? 'key' : 'keys'}`
    return [total, `Dearest id  ${numberText(user)}, ${where}: without it ${bytesText(more)} less`]
  }
}

function shortened(id: string): string {
  return id.length > ID_LENGTH_SHOWN ? `${id.slice(0, ID_LENGTH_SHOWN - 1)}…` : id
}

function counted(title: string, counts: ReadonlyMap<string, number>): readonly string[] {
  if (counts.size === 0) return []
  const most = [...counts].sort((a, b) => b[1] - a[1])
  const rows = most.slice(0, NAMES_SHOWN).map(([name, count]) => [name, numberText(count)])
  const more = counts.size - rows.length
  return [
    `${title} (${numberText(counts.size)}):`,
    ...table(rows),
    ...(more > 0 ? [`  and ${numberText(more)} more`] : []),
  ]
}
