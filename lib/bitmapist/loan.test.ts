import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ones, openEngine } from '../../tests/fixtures/engine'
import { Cache } from './cache'
import type { Node, Plan } from './plan'

const KIB = 1024

type Memory = ReturnType<typeof openEngine>

/** Bitmaps of one length by their names, one letter each. */
const bitmapsOf = (names: string, byteLength: number) =>
  Object.fromEntries([...names].map((name) => [name, ones(byteLength)]))

/** A report: `ab` is an expression of two bitmaps, `a` one that is asked for itself. Tells what it read. */
async function ask({ count, taken }: Memory, ...outputs: readonly string[]): Promise<string> {
  await count((plan) => outputs.map((names) => nodeOf(plan, names)))
  return taken().join('')
}

function nodeOf(plan: Plan, names: string): Node {
  const leaves = [...names].map((name) => plan.leaf(name))
  return leaves.length === 1 ? (leaves[0] ?? 0) : plan.and(leaves)
}

describe('a loan', () => {
  it.each([[16], [600]])('keeps results of %i KiB rather than what they are made of', async (size) => {
    const limit = (2 * size + 8) * KIB
    const memory = openEngine(limit, bitmapsOf('abcdef', size * KIB))
    expect(await ask(memory, 'abc', 'def')).toBe('abcdef')
    expect(memory.engine.cacheStats()).toMatchObject({ entries: 2, misses: 8, hits: 0 })
    expect(await ask(memory, 'abc', 'def')).toBe('')
    expect(memory.engine.cacheStats()).toMatchObject({ entries: 2, misses: 8, hits: 2 })
    expect(memory.engine.cacheStats().bytes).toBeLessThanOrEqual(limit)
  })

  it('keeps as many of the bitmaps that results are made of as there is room for', async () => {
    const memory = openEngine(100 * KIB, bitmapsOf('abcdef', 16 * KIB))
    expect(await ask(memory, 'abc', 'def')).toBe('abcdef')
    // Of a to d, which have room beside the two results, d leaves for a third.
    expect(await ask(memory, 'abcd', 'abc')).toBe('')
    expect(await ask(memory, 'abcdef')).toBe('def')
  })

  it('keeps some of results that have no room, and computes only the others', async () => {
    const memory = openEngine(40 * KIB, bitmapsOf('abcdef', 16 * KIB))
    expect(await ask(memory, 'ab', 'cd', 'ef')).toBe('abcdef')
    for (let round = 0; round < 3; round++) expect(await ask(memory, 'ab', 'cd', 'ef')).toBe('ef')
  })

  it('keeps a bitmap that is itself asked for beside results', async () => {
    const memory = openEngine(40 * KIB, bitmapsOf('abc', 16 * KIB))
    expect(await ask(memory, 'a', 'abc')).toBe('abc')
    expect(await ask(memory, 'a', 'abc')).toBe('')
  })

  it('keeps a bitmap of which something is made that cannot be kept', async () => {
    const memory = openEngine(40 * KIB, { ...bitmapsOf('abu', 16 * KIB), untracked: ones(16 * KIB) })
    const report = (plan: Plan) => [nodeOf(plan, 'ab'), plan.and([plan.leaf('a'), plan.leaf('untracked')])]
    await memory.count(report)
    memory.taken()
    await memory.count(report)
    expect(memory.taken()).toEqual(['untracked'])
  })

  it('gives up what is kept for the sake of what is made of it', async () => {
    const memory = openEngine(100 * KIB, bitmapsOf('abcdef', 16 * KIB))
    expect(await ask(memory, 'a', 'b', 'c', 'd', 'e', 'f')).toBe('abcdef')
    expect(await ask(memory, 'abc', 'def')).toBe('')
    expect(await ask(memory, 'abc', 'def')).toBe('')
    expect(memory.engine.cacheStats().bytes).toBeLessThanOrEqual(100 * KIB)
    // Two leaves gave way.
    expect(await ask(memory, 'a', 'b', 'c', 'd', 'e', 'f')).toHaveLength(2)
  })

  it('gives up no more than a quarter of the limit and a bitmap that walks go through', async () => {
    const memory = openEngine(104 * KIB, bitmapsOf('abcdef', 16 * KIB))
    const pairs = ['ab', 'cd', 'ef', 'ac', 'bd', 'ae']
    expect(await ask(memory, ...'abcdef')).toBe('abcdef')
    expect(await ask(memory, ...pairs)).toBe('')
    // f and e gave way: one was less than a quarter, the two are more. a to d are kept.
    const { misses } = memory.engine.cacheStats()
    expect(await ask(memory, 'ab', 'cd', 'a', 'b', 'c', 'd')).toBe('')
    expect(memory.engine.cacheStats()).toMatchObject({ entries: 6, misses })
  })

  it('lets go of inputs first, whoever needs room', async () => {
    const memory = openEngine(70 * KIB, bitmapsOf('abcde', 16 * KIB))
    await ask(memory, 'e')
    await ask(memory, 'ab')
    // Room for four: b leaves for c, a for d.
    expect(await ask(memory, 'c', 'd')).toBe('cd')
    expect(await ask(memory, 'e', 'ab', 'c', 'd')).toBe('')
  })

  it('keeps results rather than inputs that come for the first time', async () => {
    const memory = openEngine(70 * KIB, bitmapsOf('abcdefgh', 16 * KIB))
    // Room for four.
    for (const pair of ['ab', 'cd', 'ef', 'gh']) await ask(memory, pair)
    expect(memory.engine.cacheStats().entries).toBe(4)
    for (const pair of ['ab', 'cd', 'ef', 'gh']) expect(await ask(memory, pair)).toBe('')
  })

  it('keeps inputs that come again rather than results that nobody used meanwhile', async () => {
    const memory = openEngine(70 * KIB, bitmapsOf('abcdefghi', 16 * KIB))
    for (const pair of ['ab', 'cd', 'ef', 'gh']) await ask(memory, pair)
    // ab and cd leave: for g, and for h, which gives its room to the result.
    expect(await ask(memory, 'ghi')).toBe('ghi')
    expect(await ask(memory, 'ef', 'g', 'gh', 'ghi')).toBe('')
  })

  it('goes on to serve one of two reports that take turns where there is room for one', async () => {
    const memory = openEngine(40 * KIB, bitmapsOf('abcdefgh', 16 * KIB))
    const read: string[] = []
    for (let round = 0; round < 4; round++)
      read.push(await ask(memory, 'ab', 'cd'), await ask(memory, 'ef', 'gh'))
    expect(read).toEqual(['abcd', 'efgh', 'abcd', '', 'abcd', '', 'abcd', ''])
    // The other one once nobody asks for that one any more.
    for (const expected of ['abcd', 'abcd', '']) expect(await ask(memory, 'ab', 'cd')).toBe(expected)
  })

  it('gives the memory of results without room back at once', async () => {
    const memory = openEngine(300 * KIB, bitmapsOf('abcd', 600 * KIB))
    await ask(memory, 'ab', 'cd', 'ac', 'bd')
    expect(memory.engine.cacheStats().bytes).toBeLessThanOrEqual(300 * KIB)
    expect(memory.engine.usedBytes).toBeLessThanOrEqual(300 * KIB)
  })

  it.each([
    ['bitmaps', 'a', 'b', 'c', 'd'],
    ['results', 'ab', 'bc', 'cd', 'ad'],
  ])('keeps some of %s whose parts leave no room for what comes beside', async (_, ...outputs) => {
    const memory = openEngine(48 * KIB, bitmapsOf('abcd', 16 * KIB))
    await ask(memory, ...outputs)
    expect(memory.engine.cacheStats()).toMatchObject({ entries: 2, hits: 0 })
    await ask(memory, ...outputs)
    expect(memory.engine.cacheStats()).toMatchObject({ entries: 2, hits: 2 })
    expect(memory.engine.cacheStats().bytes).toBeLessThanOrEqual(48 * KIB)
  })

  it('looks for room no more often than a bitmap leaves, however many are still to come', async () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `k${i}`)
    const memory = openEngine(1000 * 1300, Object.fromEntries(keys.map((key) => [key, ones(KIB)])))
    const evict = vi.spyOn(Cache.prototype, 'evict')
    await memory.leaves(...keys)
    await memory.leaves(...keys)
    expect(memory.engine.cacheStats().hits).toBeGreaterThan(900)
    expect(evict.mock.calls.length).toBeLessThan(keys.length / 4)
    evict.mockRestore()
  })

  it('counts right whatever leaves, and stays within the limit', async () => {
    const report = fc.array(fc.constantFrom('a', 'b', 'c', 'ab', 'bc', 'cd', 'abc', 'bcd'), { minLength: 1 })
    const step = fc.record({
      reports: fc.array(report, { maxLength: 3 }),
      change: fc.constantFrom(...'abcd'),
    })
    const limits = fc.constantFrom(10, 40, 100, 400, 2000)
    const property = fc.asyncProperty(limits, fc.array(step, { maxLength: 8 }), async (limit, steps) => {
      const { count, engine, source, tracker } = openEngine(limit * KIB, bitmapsOf('abcd', 300 * KIB))
      for (const [i, { reports, change }] of steps.entries()) {
        const countAll = (outputs: readonly string[]) =>
          count((plan) => outputs.map((names) => nodeOf(plan, names)))
        const lengthOf = (name: string) => source.bitmaps.get(name)?.byteLength ?? 0
        const expected = reports.map((outputs) =>
          outputs.map((names) => Math.min(...[...names].map(lengthOf))),
        )
        expect(await Promise.all(reports.map(countAll))).toEqual(expected)
        expect(engine.cacheStats().bytes).toBeLessThanOrEqual(limit * KIB)
        expect(engine.usedBytes).toBeLessThanOrEqual(engine.cacheStats().bytes)
        source.bitmaps.set(change, ones((i + 1) * 90 * KIB))
        tracker.changes.changed([change])
      }
      engine.close()
      expect(engine.usedBytes).toBe(0)
    })
    await fc.assert(property, { seed: 20250106, numRuns: 100 })
  })
})
