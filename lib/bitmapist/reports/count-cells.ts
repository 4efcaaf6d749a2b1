import { type Block, nextTurn } from '../evaluate'
import type { Plan } from '../plan'
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
export async function countCells(
  request: RetentionRequest,
  { context, plan, sets }: Counting,
): Promise<CellCounts> {
  const columns = bracketsOf(request).length
  const sizes = new Float64Array(sets.rows.length)
  const cells = sets.rows.map(() => new Float64Array(columns))
  const active = sets.returns.map(() => false)
  const add = adder(request, sets)
  let users = 0
  const outputs = [...sets.rows, ...sets.returns, ...sets.columns].map(({ node }) => node)
  for await (const block of context.engine.blocks(plan, [...outputs, sets.users], context)) {
    users += block.count(sets.users)
    sets.returns.forEach(({ node, complement }, p) => {
      if (!complement && block.has(node)) active[p] = true
    })
    for (const [r, counts] of cells.entries()) {
      const size = block.count(sets.rows[r]?.node ?? sets.users)
      sizes[r] = (sizes[r] ?? 0) + size
      if (size > 0) add(block, { r, size, counts })
      if (block.isDue()) await nextTurn()
    }
  }
  noteReturned(request, { sizes, cells, active })
  return { sizes, cells, active, users }
}

interface RowInBlock {
  readonly r: number
  /** Users of the row in the block. */
  readonly size: number
  /** By column; to be added to. */
  readonly counts: Float64Array
}

/** How a row's cells grow by one block. */
function adder(request: RetentionRequest, sets: Sets): (block: Block, row: RowInBlock) => void {
  const { mode = 'on', columns } = request
  const nodeOf = (r: number) => sets.rows[r]?.node ?? sets.users
  if (request.brackets) return addBrackets(request, sets)
  switch (mode) {
    case 'on':
    case 'on-or-after':
      return addPairs(request, sets)
    case 'on-or-before':
      return (block, { r, size, counts }) => {
        const [own, ...later] = sets.returns.slice(r, r + columns)
        if (own) block.narrow(nodeOf(r), [own], 'keep', (_, users) => grow(counts, 0, users))
        block.narrow(nodeOf(r), later, 'drop', (k, users) => grow(counts, k + 1, size - users))
      }
    case 'every':
      return (block, { r, counts }) =>
        block.narrow(nodeOf(r), sets.returns.slice(r, r + columns), 'keep', (k, users) =>
          grow(counts, k, users),
        )
    default:
      return mode satisfies never
  }
}

function grow(counts: Float64Array, column: number, users: number): void {
  counts[column] = (counts[column] ?? 0) + users
}

/** A cell a period: what the row shares with the period's column. */
function addPairs({ columns }: RetentionRequest, sets: Sets) {
  const nodes = sets.columns.map(({ node }) => node)
  return (block: Block, { r, size, counts }: RowInBlock) => {
    const wanted = nodes.slice(r, r + columns)
    const shared = new Float64Array(wanted.length)
    block.countPairs(sets.rows[r]?.node ?? sets.users, wanted, shared)
    shared.forEach((users, k) => {
      grow(counts, k, sets.columns[r + k]?.complement ? size - users : users)
    })
  }
}

/** A cell a bracket: those of the row whom dropping its periods' returns takes away. */
function addBrackets(request: RetentionRequest, sets: Sets) {
  const brackets = bracketsOf(request)
  return (block: Block, { r, size, counts }: RowInBlock) => {
    brackets.forEach(([from, to], column) => {
      let left = size
      block.narrow(
        sets.rows[r]?.node ?? sets.users,
        sets.returns.slice(r + from, r + to + 1),
        'drop',
        (_, users) => {
          left = users
        },
      )
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
