import { type Block, nextTurn } from '../evaluate'
import type { Node } from '../plan'
import { type ReportContext, walkOf } from './context'
import type { Outline } from './outline'
import type { RetentionRequest } from './request'
import type { Sets } from './sets'
import type { Bracket } from './table'

/** What a retention table is made of. */
export interface CellCounts {
  /** Users, by row. */
  readonly sizes: Float64Array
  /** Users, row by row, a number a column; 0 where the column has not begun. */
  readonly cells: Float64Array
  /** Whether anybody matched `return`, by period. */
  readonly active: boolean[]
  /** Users of all rows together. */
  readonly users: number
}

interface Counting {
  readonly context: ReportContext
  readonly outline: Outline
}

/** Counts a retention report's sizes and cells, block by block. */
export async function countCells(request: RetentionRequest, counting: Counting): Promise<CellCounts> {
  const { context, outline } = counting
  const { plan, known, outputs, sets } = outline
  const counter = counterOf(request, counting)
  const active = sets.returns.map(() => false)
  let users = 0
  const settle = async (signal?: AbortSignal) => counter.settle?.(signal)
  const walk = { ...walkOf(context, known), settle }
  try {
    for await (const block of context.engine.blocks(plan, outputs, walk)) {
      users += block.count(sets.users)
      noteActive(block, sets, active)
      await counter.add(block)
    }
    const { sizes, cells } = counter.counts()
    if (sets.returns.some(({ complement }) => complement))
      noteReturned(request, { cells, active, width: outline.brackets.length })
    return { sizes, cells, active, users }
  } finally {
    await counter.close?.()
  }
}

function noteActive(block: Block, { returns }: Sets, active: boolean[]): void {
  for (let p = 0; p < returns.length; p++) {
    const set = returns[p]
    if (set && !set.complement && !active[p] && block.has(set.node)) active[p] = true
  }
}

/** Adds up sizes and cells over blocks. */
interface Counter {
  add(block: Block): Promise<void>
  /** Awaited after the last block, while its memory is there. */
  settle?(signal?: AbortSignal): Promise<void>
  counts(): Pick<CellCounts, 'sizes' | 'cells'>
  close?(): Promise<void>
}

function counterOf(request: RetentionRequest, counting: Counting): Counter {
  const { mode = 'on' } = request
  const { sets, brackets } = counting.outline
  const rowCounter = (add: AddRow) => new RowCounter(sets, brackets.length, add)
  if (request.brackets) return rowCounter(addBrackets(brackets, sets))
  switch (mode) {
    case 'on':
    case 'on-or-after':
      return gridCounter(request, counting)
    case 'on-or-before':
      return rowCounter(addBefore(request, sets))
    case 'every':
      return rowCounter(addStreaks(request, sets))
    default:
      return mode satisfies never
  }
}

/** A cell a period: what the row shares with the period's column. */
function gridCounter({ columns: width }: RetentionRequest, { context, outline }: Counting): Counter {
  const { columns } = outline.sets
  const grid = context.engine.grid(outline.grid)
  return {
    add: (block) => grid.add(block),
    settle: (signal) => grid.settle(signal),
    counts: () => {
      const { sizes, cells } = grid.sums(width)
      for (let p = 0; p < columns.length; p++)
        if (columns[p]?.complement)
          for (let r = Math.max(0, p - width + 1); r <= p && r < sizes.length; r++)
            cells[r * width + p - r] = (sizes[r] ?? 0) - (cells[r * width + p - r] ?? 0)
      return { sizes, cells }
    },
    close: () => grid.close(),
  }
}

interface RowInBlock {
  readonly r: number
  readonly node: Node
  /** Users of the row in the block. */
  readonly size: number
  /** A number a column; to be added to. */
  readonly counts: Float64Array
}

type AddRow = (block: Block, row: RowInBlock) => void

/** Row by row. */
class RowCounter implements Counter {
  private readonly sizes: Float64Array
  private readonly cells: Float64Array

  /** @param add how a row's cells grow by one block */
  constructor(
    private readonly sets: Sets,
    private readonly width: number,
    private readonly addRow: AddRow,
  ) {
    this.sizes = new Float64Array(sets.rows.length)
    this.cells = new Float64Array(sets.rows.length * width)
  }

  async add(block: Block): Promise<void> {
    const { sets, width, sizes, cells } = this
    for (const [r, { node }] of sets.rows.entries()) {
      const size = block.count(node)
      sizes[r] = (sizes[r] ?? 0) + size
      const counts = cells.subarray(r * width, (r + 1) * width)
      if (size > 0) this.addRow(block, { r, node, size, counts })
      if (block.isDue()) await nextTurn()
    }
  }

  counts() {
    return { sizes: this.sizes, cells: this.cells }
  }
}

function addBefore({ columns }: RetentionRequest, sets: Sets) {
  return (block: Block, { r, node, size, counts }: RowInBlock) => {
    const [own, ...later] = sets.returns.slice(r, r + columns)
    if (own) block.narrow(node, [own], 'keep', (_, users) => grow(counts, 0, users))
    block.narrow(node, later, 'drop', (k, users) => grow(counts, k + 1, size - users))
  }
}

function addStreaks({ columns }: RetentionRequest, sets: Sets) {
  return (block: Block, { r, node, counts }: RowInBlock) =>
    block.narrow(node, sets.returns.slice(r, r + columns), 'keep', (k, users) => grow(counts, k, users))
}

function grow(counts: Float64Array, column: number, users: number): void {
  counts[column] = (counts[column] ?? 0) + users
}

/** A cell a bracket: those of the row whom dropping its periods' returns takes away. */
function addBrackets(brackets: readonly Bracket[], sets: Sets) {
  return (block: Block, { r, node, size, counts }: RowInBlock) => {
    brackets.forEach(([from, to], column) => {
      let left = size
      block.narrow(node, sets.returns.slice(r + from, r + to + 1), 'drop', (_, users) => {
        left = users
      })
      grow(counts, column, size - left)
    })
  }
}

interface Returned {
  readonly cells: Float64Array
  readonly active: boolean[]
  /** Cells of a row. */
  readonly width: number
}

/** Where a cell counts those who returned in exactly its period, whoever it counts shows that somebody did. */
function noteReturned({ mode = 'on', brackets }: RetentionRequest, { cells, active, width }: Returned): void {
  if (brackets || (mode !== 'on' && mode !== 'every')) return
  cells.forEach((users, i) => {
    if (users > 0) active[Math.floor(i / width) + (i % width)] = true
  })
}
