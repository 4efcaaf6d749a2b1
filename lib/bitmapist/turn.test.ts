import { describe, expect, it } from 'vitest'
import { inTurns } from './turn'

const numbers = Array.from({ length: 50_000 }, (_, i) => i)

describe('inTurns', () => {
  it('visits every item once, in their order', async () => {
    const visited: [number, number][] = []
    await inTurns(numbers, (item, index) => visited.push([item, index]))
    expect(visited).toEqual(numbers.map((i) => [i, i]))
  })

  it('visits a thousand items before anything else runs', () => {
    const visited: number[] = []
    void inTurns(numbers.slice(0, 1000), (item) => visited.push(item))
    expect(visited).toHaveLength(1000)
  })

  it('lets timers fire between items that take long', async () => {
    let [visits, fired] = [0, 0]
    setTimeout(() => {
      fired = visits
    }, 1)
    await inTurns(numbers.slice(0, 20_000), (item) => {
      visits++
      for (const end = performance.now() + 2; item % 1000 === 0 && performance.now() < end; );
    })
    expect(fired).toBeGreaterThan(0)
    expect(fired).toBeLessThan(20_000)
  })

  it('fails where a visit fails, and visits no more', async () => {
    let visits = 0
    const visit = (item: number) => {
      visits++
      if (item === 2000) throw new Error('enough')
    }
    await expect(inTurns(numbers, visit)).rejects.toThrow('enough')
    expect(visits).toBe(2001)
  })

  it('visits nothing of nothing', async () => {
    await expect(inTurns([], () => expect.unreachable())).resolves.toBeUndefined()
  })
})
