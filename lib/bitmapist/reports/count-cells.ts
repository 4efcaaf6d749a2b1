import { type Block, nextTurn } from '../evaluate'
import type { Node, Plan } from '../plan'
import type { ReportContext } from './context'
import { bracketsOf, type RetentionRequest } from './request'
import type { Sets } from './sets'

/** What a retention table is made of. */
export interface CellCounts {
  /** Users, by row. */
  readonly sizes: Float64Array
  /** Users, by row and column; 0 where the column has not begun. */
  readonly cells: readonly Float64Array[]
  /** Whether anybody matched `return`, by period. */
  readonly active: boolean[]
  /** Users of all rows together. */
  readonly users: number
}

interface Counting {
  readonly context: ReportContext
  readonly plan: Plan
  readonly sets: Sets
}

/** Counts a retention report's sizes and cells, block by block. */
export async function countCells(request: RetentionRequest, counting: Counting): Promise<CellCounts> {
  const { context, plan, sets } = counting
  const counter = counterOf(request, counting)
  const active = sets.returns.map(() => false)
  const outputs = [...sets.rows, ...sets.returns, ...sets.columns].map(({ node }) => node)
  let users = 0
  try {
    for await (const block of context.engine.blocks(plan, [...outputs, sets.users], context)) {
      users += block.count(sets.users)
      sets.returns.forEach(({ node, complement }, p) => {
        if (!complement && block.has(node)) active[p] = true
      })
      await counter.add(block)
    }
    const counts = counter.counts()
    noteReturned(request, { ...counts, active })
    return { ...counts, active, users }
  } finally {
    counter.close()
  }
}

/** Adds up sizes and cells over blocks. */
interface Counter {
  add(block: Block): Promise<void>
  counts(): Pick<CellCounts, 'sizes' | 'cells'>
  close(): void
}

function counterOf(request: RetentionRequest, counting: Counting): Counter {
  const { mode = 'on', brackets } = request
  const { sets } = counting
  if (brackets) return rowCounter(request, sets, addBrackets(request, sets))
  switch (mode) {
    case 'on':
    case 'on-or-after':
      return gridCounter(request, counting)
    case 'on-or-before':
      return rowCounter(request, sets, addBefore(request, sets))
    case 'every':
      return rowCounter(request, sets, addStreaks(request, sets))
    default:
      return mode satisfies never
  }
}

/** A cell a period: what the row shares with the period's column. */
function gridCounter({ columns }: RetentionRequest, { context, sets }: Counting): Counter {
  const ranges = sets.rows.map((_, r) => [r, Math.min(r + columns, sets.columns.length)] as const)
  const nodes = sets.columns.map(({ node }) => node)
  const grid = context.engine.grid({ rows: sets.rows.map(({ node }) => node), columns: nodes, ranges })
  const cellsOf = (r: number) => {
    const counts = new Float64Array(columns)
    counts.set(grid.counts(r))
    for (let k = 0; k < columns; k++)
      if (sets.columns[r + k]?.complement) counts[k] = grid.size(r) - (counts[k] ?? 0)
    return counts
  }
  return {
    add: (block) => grid.add(block),
    counts: () => ({
      sizes: Float64Array.from(sets.rows, (_, r) => grid.size(r)),
      cells: sets.rows.map((_, r) => cellsOf(r)),
    }),
    close: () => grid.close(),
  }
}

interface RowInBlock {
  readonly r: number
  readonly node: Node
  /** Users of the row in the block. */
  readonly size: number
  /** By column; to be added to. */
  readonly counts: Float64Array
}

/** Row by row. @param add how a row's cells grow by one block */
function rowCounter(
  request: RetentionRequest,
  sets: Sets,
  add: (block: Block, row: RowInBlock) => void,
): Counter {
  const columns = bracketsOf(request).length
  const sizes = new Float64Array(sets.rows.length)
  const cells = sets.rows.map(() => new Float64Array(columns))
  return {
    async add(block) {
      for (const [r, counts] of cells.entries()) {
        const node = sets.rows[r]?.node ?? sets.users
        const size = block.count(node)
        sizes[r] = (sizes[r] ?? 0) + size
        if (size > 0) add(block, { r, node, size, counts })
        if (block.isDue()) await nextTurn()
      }
    },
    counts: () => ({ sizes, cells }),
    close: () => {},
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
function addBrackets(request: RetentionRequest, sets: Sets) {
  const brackets = bracketsOf(request)
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

/** Where a cell counts those who returned in exactly its period, whoever it counts shows that somebody did. */
function noteReturned(
  { mode = 'on', brackets }: RetentionRequest,
  { cells, active }: Omit<CellCounts, 'users'>,
) {
  if (brackets || (mode !== 'on' && mode !== 'every')) return
  cells.forEach((counts, r) => {
    counts.forEach((users, k) => {
      if (users > 0) active[r + k] = true
    })
  })
}
