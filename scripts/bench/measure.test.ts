import { describe, expect, it } from 'vitest'
import { summaryOf, takeTurns } from './measure'

const PATIENCE = { warmUpMs: 0, turnMs: 50, turns: 3, budgetMs: 100, mostMs: 1000 }

/** Contenders whose runs take what is said, one after the other, by a clock that only they move; notes who ran. */
function setup(contenders: Readonly<Record<string, readonly number[]>>) {
  const ran: string[] = []
  let time = 0
  const all = Object.entries(contenders).map(([name, times]) => {
    let i = 0
    const run = () => {
      ran.push(name)
      time += times[Math.min(i++, times.length - 1)] ?? 0
    }
    return { name, run }
  })
  const play = async (patience = PATIENCE) => {
    const turns = await takeTurns(all, patience, () => time)
    return all.map((contender) => turns.get(contender))
  }
  return { play, ran }
}

describe('takeTurns', () => {
  it('gives each turns of one length, of several runs where these are short', async () => {
    const { play, ran } = setup({ short: [30, 20], long: [80] })
    expect(await play()).toEqual([
      [
        [30, 20],
        [20, 20, 20],
        [20, 20, 20],
      ],
      [[80], [80], [80]],
    ])
    expect(ran.join(' ')).toBe('short short long short short short long short short short long')
  })

  it('goes on until the runs have taken their time', async () => {
    const { play } = setup({ a: [50] })
    expect(await play({ ...PATIENCE, budgetMs: 400 })).toEqual([new Array(9).fill([50])])
  })

  it('ends after two turns of what takes very long', async () => {
    const { play } = setup({ short: [50], long: [600] })
    expect(await play()).toEqual([
      [[50], [50], [50]],
      [[600], [600]],
    ])
  })
})

describe('summaryOf', () => {
  it('tells the median of all runs, and that of the first of each turn', () => {
    const turns = [
      [9, 2, 3],
      [8, 2, 1],
      [7, 3],
    ]
    expect(summaryOf(turns)).toEqual({ ms: 3, firstMs: 8, bestMs: 1 })
  })

  it('tells one number where each turn is one run', () => {
    expect(summaryOf([[80], [100], [90]])).toEqual({ ms: 90, firstMs: 90, bestMs: 80 })
  })

  it('scales what it tells', () => {
    expect(summaryOf([[4, 2, 2]], 0.5)).toEqual({ ms: 1, firstMs: 2, bestMs: 1 })
  })
})
