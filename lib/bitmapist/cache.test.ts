import { describe, expect, it } from 'vitest'
import { ones, openEngine } from '../../tests/fixtures/engine'
import { type Node, Plan } from './plan'

const KIB = 1024

describe('the cache', () => {
  it('drops what was used longest ago where there is no room', async () => {
    const { leaves, taken, engine, source } = openEngine(40 * KIB, {
      a: ones(8 * KIB),
      b: ones(8 * KIB),
      c: ones(8 * KIB),
    })
    await leaves('a')
    await leaves('b')
    await leaves('c')
    await leaves('a')
    expect(taken()).toEqual(['a', 'b', 'c'])
    // Room for four of 8 KiB: b leaves for e.
    for (const key of ['d', 'e']) source.bitmaps.set(key, ones(8 * KIB))
    await leaves('d')
    await leaves('e')
    taken()
    await leaves('a')
    await leaves('c')
    expect(taken()).toEqual([])
    await leaves('b')
    expect(taken()).toEqual(['b'])
    expect(engine.cacheStats().bytes).toBeLessThanOrEqual(40 * KIB)
  })

  it('keeps some of a walk that is larger than the cache, and finds them again', async () => {
    const keys = Array.from({ length: 10 }, (_, i) => `k${i}`)
    const bitmaps = Object.fromEntries(keys.map((key) => [key, ones(64 * KIB)]))
    const { leaves, taken, engine } = openEngine(300 * KIB, bitmaps)
    const all = keys.map(() => 64 * KIB)
    expect(await leaves(...keys)).toEqual(all)
    expect(taken()).toEqual(keys)
    for (let round = 0; round < 3; round++) {
      expect(await leaves(...keys)).toEqual(all)
      expect(taken()).toEqual(keys.slice(4))
    }
    expect(engine.cacheStats().bytes).toBeLessThanOrEqual(300 * KIB)
    expect(engine.usedBytes).toBe(4 * 64 * KIB)
  })

  it('keeps what was made of bitmaps, and drops it when one of them changes', async () => {
    const bitmaps = { a: ones(20 * KIB), b: ones(10 * KIB), c: ones(5 * KIB) }
    const { count, taken, source, tracker, engine } = openEngine(1e6, bitmaps)
    const ask = () =>
      count((plan) => {
        const [a, b, c] = ['a', 'b', 'c'].map((key) => plan.leaf(key)) as [Node, Node, Node]
        return [plan.minus(plan.or([a, b]), c)]
      })
    expect(await ask()).toEqual([15 * KIB])
    const { misses } = engine.cacheStats()
    expect(await ask()).toEqual([15 * KIB])
    expect(engine.cacheStats()).toMatchObject({ misses, hits: 1 })
    taken()
    source.bitmaps.set('b', ones(30 * KIB))
    tracker.changes.changed(['b'])
    expect(await ask()).toEqual([25 * KIB])
    expect(taken()).toEqual(['b'])
    expect(engine.cacheStats().invalidations).toBe(1)
  })

  it('gives the same expression one name, however it is written', async () => {
    const { count, engine } = openEngine(1e6, { a: ones(100), b: ones(50) })
    await count((plan) => [plan.or([plan.leaf('a'), plan.leaf('b')])])
    await count((plan) => [plan.or([plan.leaf('b'), plan.leaf('x'), plan.leaf('a')]), plan.leaf('b')])
    const { misses } = engine.cacheStats()
    await count((plan) => {
      const [b, a] = [plan.leaf('b'), plan.leaf('a')]
      return [plan.or([b, a])]
    })
    expect(engine.cacheStats().misses).toBe(misses)
  })

  it('keeps nothing of a walk that ended early, and none of its memory', async () => {
    const { engine, leaves, taken } = openEngine(1e7, { a: ones(2000 * KIB) })
    const plan = new Plan('')
    const node = plan.leaf('a')
    for await (const _ of engine.blocks(plan, [node])) break
    const controller = new AbortController()
    const walk = async () => {
      for await (const _ of engine.blocks(plan, [node], controller)) controller.abort(new Error('closed'))
    }
    await expect(walk()).rejects.toThrow('closed')
    for await (const _ of engine.blocks(plan, [node], { from: 1_000_000 })) {
      // To its end, but not from the beginning on.
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(engine.usedBytes).toBe(0)
    expect(engine.cacheStats()).toMatchObject({ entries: 0, bytes: 0 })
    taken()
    await leaves('a')
    expect(taken()).toEqual(['a'])
  })

  it('goes on with what it found when that is dropped meanwhile, and gives it back at the end', async () => {
    const { engine, leaves, tracker } = openEngine(1e7, { a: ones(100 * KIB) })
    await leaves('a')
    const plan = new Plan('')
    const node = plan.leaf('a')
    let users = 0
    for await (const block of engine.blocks(plan, [node])) {
      users += block.count(node)
      tracker.changes.changed(['a'])
      // Takes memory that was given back too early.
      await leaves('a')
    }
    expect(users).toBe(100 * KIB)
    tracker.changes.lost()
    expect(engine.usedBytes).toBe(0)
  })

  it('keeps nothing that changed, or of which changes may be unknown, while it was read', async () => {
    const { engine, leaves, tracker } = openEngine(1e7, { a: ones(1000 * KIB), untracked: ones(10) })
    const plan = new Plan('')
    const node = plan.leaf('a')
    for (const change of [() => tracker.changes.changed(['a']), () => tracker.changes.lost()]) {
      for await (const _ of engine.blocks(plan, [node])) change()
      expect(engine.cacheStats().entries).toBe(0)
    }
    tracker.isSealed = false
    await leaves('a')
    expect(engine.cacheStats().entries).toBe(0)
    tracker.isSealed = true
    await leaves('untracked')
    expect(engine.cacheStats().entries).toBe(0)
    tracker.isTrusted = false
    await leaves('a')
    expect(engine.cacheStats().entries).toBe(0)
    expect(engine.usedBytes).toBe(0)
  })

  it('keeps very many short bitmaps, and finds them', async () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `k${i}`)
    const { leaves, taken } = openEngine(1e8, Object.fromEntries(keys.map((key) => [key, ones(3)])))
    const all = keys.map(() => 3)
    expect(await leaves(...keys)).toEqual(all)
    taken()
    expect(await leaves(...keys)).toEqual(all)
    expect(taken()).toEqual([])
  })
})
