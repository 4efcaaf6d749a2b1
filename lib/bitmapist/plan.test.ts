import { describe, expect, it } from 'vitest'
import { type Expression, event, minus } from './expression'
import { parsePeriod } from './label'
import { parseExpression } from './parse'
import { EMPTY, Plan } from './plan'

const week = parsePeriod('2025-W02')

function keysOf(plan: Plan): readonly string[] {
  return plan.steps.flatMap((step) => (step.op === 'leaf' ? [step.key] : []))
}

function compiled(text: string) {
  const plan = new Plan('t_')
  return { plan, set: plan.compile(parseExpression(text), week) }
}

describe('Plan', () => {
  it('reads a key once however often it is named', () => {
    const { plan } = compiled('a & (a | b) - (b ^ a)')
    expect(keysOf(plan)).toEqual(['t_a_W2025-2', 't_b_W2025-2'])
  })

  it('refuses the first key past its limit', () => {
    const plan = new Plan('t_', 2)
    plan.compile(parseExpression('a | b | a'), week)
    expect(() => plan.leaf('c')).toThrow('"report" expected at most 2 keys, got "more"')
  })

  it('gives the same node for the same set', () => {
    const plan = new Plan('t_')
    const [a, b] = [plan.leaf('a'), plan.leaf('b')]
    expect(plan.or([a, b])).toBe(plan.or([b, a, b]))
    expect(plan.and([a])).toBe(a)
    expect(plan.minus(a, b)).toBe(plan.minus(a, b))
  })

  it('knows the empty set', () => {
    const plan = new Plan('t_')
    const a = plan.leaf('a')
    expect(plan.or([])).toBe(EMPTY)
    expect(plan.and([a, EMPTY])).toBe(EMPTY)
    expect(plan.minus(a, EMPTY)).toBe(a)
    expect(plan.minus(a, a)).toBe(EMPTY)
    expect(plan.xor([a, EMPTY])).toBe(a)
  })

  it('makes a year of its twelve months', () => {
    const plan = new Plan('t_')
    plan.compile(parseExpression('a'), parsePeriod('2025'))
    expect(keysOf(plan)).toEqual(Array.from({ length: 12 }, (_, m) => `t_a_2025-${m + 1}`))
  })

  it('evaluates a leaf with @ in its own period, whatever the report asks', () => {
    expect(keysOf(compiled('a@2024-02-09 | attr(paid) | b').plan)).toEqual([
      't_a_2024-2-9',
      't_paid_u',
      't_b_W2025-2',
    ])
  })

  it.each([
    ['a & !b', false],
    ['a - b', false],
    ['!b & a', false],
    ['!(b | !a)', false],
    ['!!a', false],
    ['!a ^ !b', false],
    ['!a', true],
    ['!a & !b', true],
    ['a | !b', true],
    ['!a ^ b', true],
    ['!a - b', true],
    ['!(a - b)', true],
  ])('leaves a complement only where the answer needs everyone: %s → %s', (text, complement) => {
    expect(compiled(text).set.complement).toBe(complement)
  })

  it('compiles trees of any depth', () => {
    const plan = new Plan('t_')
    const levels = Array.from({ length: 5_000 }, (_, i) => `e${i % 9}`)
    const tree = levels.reduce<Expression>((of, name) => minus(event(name), of), event('a'))
    expect(plan.compile(tree, week).complement).toBe(false)
    expect(keysOf(plan)).toHaveLength(10)
  })

  it('refuses an event without @ where there is no period, and segments', () => {
    const plan = new Plan('t_')
    expect(() => plan.compile(parseExpression('a'), null)).toThrow('a period after every event, got "a"')
    expect(() => plan.compile(parseExpression('seg(x)'), week)).toThrow('a saved segment')
  })
})
