import { describe, expect, it } from 'vitest'
import { Names } from './names'
import { Plan } from './plan'

describe('Names', () => {
  it('gives what is combined in the same way the same number, whatever plan asks', () => {
    const names = new Names()
    const one = new Plan('t_')
    const [a, b] = [one.leaf('a'), one.leaf('b')]
    const [and, minus, back] = [one.and([a, b]), one.minus(a, b), one.minus(b, a)]
    const first = names.of(one.steps)
    const other = new Plan('t_')
    const [d, c] = [other.leaf('b'), other.leaf('a')]
    const [same, wide] = [other.and([d, c]), other.or([d, c, other.leaf('x')])]
    const second = names.of(other.steps)
    expect(second[same]).toBe(first[and])
    expect(second[d]).toBe(first[b])
    expect(new Set([first[and], first[minus], first[back], second[wide]]).size).toBe(4)
    expect(first[back]).toBe(names.of(one.steps)[back])
  })

  it('numbers what a plan has grown by since it was named', () => {
    const names = new Names()
    const plan = new Plan('t_')
    const a = plan.leaf('a')
    const before = names.of(plan.steps)
    const both = plan.or([a, plan.leaf('b')])
    const after = names.of(plan.steps)
    expect(after[a]).toBe(before[a])
    expect(after).toHaveLength(plan.steps.length)
    expect(names.dependents(after[a] ?? -1)).toContain(after[both])
  })

  it('has the same number for a plan that is named again', () => {
    const names = new Names()
    const plan = new Plan('t_')
    plan.or([plan.leaf('a'), plan.leaf('b')])
    const before = [...names.of(plan.steps)]
    expect([...names.of(plan.steps)]).toEqual(before)
    expect(names.size).toBe(plan.steps.length)
  })
})
