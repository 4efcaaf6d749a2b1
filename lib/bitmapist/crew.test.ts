import asc from 'assemblyscript/asc'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Block } from './block'
import { Crew } from './crew'
import { Grid, type GridShape } from './grid'
import { addressOf, type Chunk, EMPTY_CHUNK, lengthOf } from './kernel/chunk'
import { Heap } from './kernel/heap'
import { createSimdKernel } from './kernel/simd'

const crews: Crew[] = []

afterEach(() => {
  for (const crew of crews.splice(0)) crew.close()
})

/** A crew, and the memory in which it counts. */
function open(size: number, module?: WebAssembly.Module) {
  const heap = new Heap(createSimdKernel())
  const { shared } = heap.kernel
  if (shared === null) throw new Error('the kernel is not shared')
  const crew = new Crew(module ? { ...shared, module } : shared, size)
  crews.push(crew)
  return { heap, crew }
}

/** Asks until the threads have begun. */
async function ready(crew: Crew): Promise<void> {
  await vi.waitFor(() => expect(crew.free).toBeGreaterThan(0), { timeout: 20_000, interval: 5 })
}

/** A walk's blocks, of which only what a grid looks at is there. Nodes are numbers of sets. */
function blocksOf(units: readonly (readonly Chunk[])[]): readonly Block[] {
  return units.map(
    // A block has a machine behind it, which a grid never asks.
    (chunks) => {
      const chunk = (node: number) => chunks[node] ?? EMPTY_CHUNK
      return { keptUnits: units.length, chunk, has: (node: number) => chunk(node) !== EMPTY_CHUNK } as Block
    },
  )
}

interface World {
  readonly seed: number
  readonly units: number
  readonly sets: number
}

/** Bitmaps of some units, short and long, dense and sparse ones (of which a thread lists the words), some without anybody. */
function fill(heap: Heap, { seed, units, sets }: World): readonly (readonly Chunk[])[] {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state >>> 0
  }
  return Array.from({ length: units }, () =>
    Array.from({ length: sets }, () => {
      if (next() % 5 === 0) return EMPTY_CHUNK
      const chunk = heap.allocate(next() % 2 === 0 ? 0 : 4)
      heap.kernel.clear(addressOf(chunk), lengthOf(chunk))
      const count = next() % 2 === 0 ? 50 : lengthOf(chunk)
      for (let i = 0; i < count; i++)
        heap.kernel.bytes[addressOf(chunk) + (next() % lengthOf(chunk))] = next() >>> 24
      return chunk
    }),
  )
}

/** Each set against itself and those after it. */
function triangle(sets: number): GridShape {
  const nodes = Array.from({ length: sets }, (_, node) => node)
  return { rows: nodes, columns: nodes, ranges: nodes.map((node) => [node, sets] as const) }
}

async function countOf(grid: Grid, blocks: readonly Block[], width: number) {
  try {
    for (const block of blocks) await grid.add(block)
    await grid.settle()
    return grid.sums(width)
  } finally {
    await grid.close()
  }
}

/** So many that a grid of 64 units is worth sharing. */
const SETS = 40

describe('Crew', () => {
  it.each([1, 2, 3])('counts with %i threads beside this one what one thread counts', async (size) => {
    const { heap, crew } = open(size)
    await ready(crew)
    const begin = vi.spyOn(crew, 'begin')
    const world = fc.record({ seed: fc.integer(), units: fc.integer({ min: 16, max: 48 }) })
    let grids = 0
    const property = fc.asyncProperty(world, async ({ seed, units }) => {
      const blocks = blocksOf(fill(heap, { seed, units, sets: SETS }))
      const alone = await countOf(new Grid(heap, triangle(SETS), null), blocks, SETS)
      for (let i = 0; i < 3; i++) {
        expect(await countOf(new Grid(heap, triangle(SETS), crew), blocks, SETS)).toEqual(alone)
        grids++
      }
    })
    await fc.assert(property, { seed: 20_250_209, numRuns: 12 })
    expect(begin).toHaveBeenCalledTimes(grids)
  })

  it('counts one grid at a time: another one meanwhile is counted by its own thread', async () => {
    const { heap, crew } = open(1)
    await ready(crew)
    const begin = vi.spyOn(crew, 'begin')
    const blocks = blocksOf(fill(heap, { seed: 5, units: 32, sets: SETS }))
    const alone = await countOf(new Grid(heap, triangle(SETS), null), blocks, SETS)
    const [one, other] = [new Grid(heap, triangle(SETS), crew), new Grid(heap, triangle(SETS), crew)]
    for (const block of blocks) {
      await one.add(block)
      await other.add(block)
    }
    await other.settle()
    await one.settle()
    expect([one.sums(SETS), other.sums(SETS)]).toEqual([alone, alone])
    expect(begin).toHaveBeenCalledTimes(1)
    await one.close()
    await other.close()
  })

  it('takes another grid after one that was given up', async () => {
    const { heap, crew } = open(1)
    await ready(crew)
    const blocks = blocksOf(fill(heap, { seed: 6, units: 32, sets: SETS }))
    const alone = await countOf(new Grid(heap, triangle(SETS), null), blocks, SETS)
    const given = new Grid(heap, triangle(SETS), crew)
    for (const block of blocks) await given.add(block)
    await expect(given.settle(AbortSignal.abort(new Error('left')))).rejects.toThrow('left')
    await given.close()
    expect(crew.free).toBe(1)
    expect(await countOf(new Grid(heap, triangle(SETS), crew), blocks, SETS)).toEqual(alone)
  })

  it('leaves small grids, and those whose memory does not stay, to this thread', async () => {
    const { heap, crew } = open(1)
    await ready(crew)
    const begin = vi.spyOn(crew, 'begin')
    const chunks = fill(heap, { seed: 7, units: 32, sets: SETS })
    const passing = blocksOf(chunks).map((block) => ({ ...block, keptUnits: 0 }) as Block)
    await countOf(new Grid(heap, triangle(SETS), crew), passing, SETS)
    await countOf(new Grid(heap, triangle(SETS), crew), blocksOf(chunks.slice(0, 2)), SETS)
    expect(begin).not.toHaveBeenCalled()
  })

  it('counts everything again here where a helper dies at work', async () => {
    const { heap, crew } = open(1, new WebAssembly.Module(await compile(DIES_AT_WORK)))
    await ready(crew)
    const blocks = blocksOf(fill(heap, { seed: 8, units: 32, sets: SETS }))
    const alone = await countOf(new Grid(heap, triangle(SETS), null), blocks, SETS)
    expect(await countOf(new Grid(heap, triangle(SETS), crew), blocks, SETS)).toEqual(alone)
    expect(crew.free).toBe(0)
    expect(await countOf(new Grid(heap, triangle(SETS), crew), blocks, SETS)).toEqual(alone)
  })

  it('counts everything again here where it is closed before a helper dies', async () => {
    const { heap, crew } = open(1, new WebAssembly.Module(await compile(DIES_AT_WORK)))
    await ready(crew)
    const blocks = blocksOf(fill(heap, { seed: 10, units: 32, sets: SETS }))
    const alone = await countOf(new Grid(heap, triangle(SETS), null), blocks, SETS)
    const grid = new Grid(heap, triangle(SETS), crew)
    for (const block of blocks) await grid.add(block)
    crew.close()
    await grid.settle()
    expect(grid.sums(SETS)).toEqual(alone)
    await grid.close()
  })

  it('never has helpers where they cannot begin, or no processor is left for them', async () => {
    const { crew } = open(1, new WebAssembly.Module(await compile('export function other(): void {}')))
    for (let i = 0; i < 40; i++) {
      expect(crew.free).toBe(0)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(open(0).crew.free).toBe(0)
  })

  it('does without where the process may have no threads', async () => {
    // What cannot be given to a thread makes its creation throw, as a refusal does.
    const { heap, crew } = open(1, (() => {}) as unknown as WebAssembly.Module)
    const blocks = blocksOf(fill(heap, { seed: 9, units: 32, sets: SETS }))
    const alone = await countOf(new Grid(heap, triangle(SETS), null), blocks, SETS)
    expect(await countOf(new Grid(heap, triangle(SETS), crew), blocks, SETS)).toEqual(alone)
    expect(crew.free).toBe(0)
  })
})

/** Begins as a helper does, takes a part, and dies of it. */
const DIES_AT_WORK = `
export function serve(thread: usize): void {
  atomic.add<u32>(49152, 1, 4)
  while (atomic.load<u32>(49152, 20) == 0) atomic.wait<i32>(49152, atomic.load<i32>(49152), -1)
  atomic.add<u32>(49152, 1, 16)
  atomic.add<u32>(49152, 1, 24)
  unreachable()
}
`

async function compile(source: string): Promise<Uint8Array<ArrayBuffer>> {
  let wasm = new Uint8Array()
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '4', '--maximumMemory', '65536']
  const { error } = await asc.main(
    ['helper.ts', '--outFile', 'helper.wasm', '--runtime', 'stub', '--enable', 'threads', ...memory],
    {
      readFile: (name: string) => (name === 'helper.ts' ? source : null),
      writeFile: (_: string, contents: string | Uint8Array) => {
        if (typeof contents !== 'string') wasm = new Uint8Array(contents)
      },
    },
  )
  if (error) throw error
  return wasm
}
