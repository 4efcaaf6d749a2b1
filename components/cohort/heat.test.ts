import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sketchTable } from '../../tests/fixtures/table'
import { driftSpan, driftStep, heatScale, heatStep } from './heat'

/** Old weeks, so that every cell is closed: 20 cohorts of 100 whose week 1 is 10 %, 11 % … 29 %. */
const CLOSED = sketchTable({
  first: '2024-W10',
  columns: 2,
  rows: Array.from({ length: 20 }, (_, r) => ({ counts: [100, 10 + r] })),
})

describe('heatScale', () => {
  it('runs from the 5th to the 95th percentile', () => {
    const scale = heatScale(CLOSED)
    expect(scale?.low).toBeCloseTo(0.1095, 12)
    expect(scale?.high).toBeCloseTo(0.2805, 12)
  })

  it('is at least 5 points wide, around the same middle and inside 0 to 1', () => {
    const flat = (count: number) =>
      heatScale(sketchTable({ first: '2024-W10', columns: 2, rows: [{ counts: [100, count] }] }))
    expect(flat(20)?.low).toBeCloseTo(0.175, 12)
    expect(flat(20)?.high).toBeCloseTo(0.225, 12)
    expect(flat(0)).toEqual({ low: 0, high: 0.05 })
    expect(flat(100)?.low).toBeCloseTo(0.95, 12)
    expect(flat(100)?.high).toBeCloseTo(1, 12)
  })

  it('looks at neither offset 0, open, flagged nor small cohorts', () => {
    const rows = [
      { counts: [29, 29] },
      { counts: [100, 0], silent: [1] },
      { counts: [100, 90], flag: 'history' as const },
    ]
    expect(heatScale(sketchTable({ first: '2024-W10', columns: 2, rows }))).toBeNull()
    const open = sketchTable({ first: '2025-W02', columns: 2, rows: [{ counts: [100, 50] }] })
    expect(heatScale(open)).toBeNull()
  })

  it('is one for grids that are compared', () => {
    const other = sketchTable({ first: '2024-W10', columns: 2, rows: [{ counts: [100, 90] }] })
    expect(heatScale(CLOSED, other)?.high).toBeGreaterThan(0.28)
  })
})

describe('heatStep', () => {
  it.each([
    [0.1, 1],
    [0.19, 1],
    [0.21, 2],
    [0.55, 5],
    [0.99, 9],
    [1, 9],
  ])('of %d on a scale from 10 %% to 100 %% is %d', (rate, step) => {
    expect(heatStep(rate, { low: 0.1, high: 1 })).toBe(step)
  })

  it('is 1 to 9 and never falls as the rate rises', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b) => {
          const scale = { low: 0.2, high: 0.4 }
          const [lower, higher] = [heatStep(Math.min(a, b), scale), heatStep(Math.max(a, b), scale)]
          return lower >= 1 && higher <= 9 && lower <= higher
        },
      ),
      { seed: 5 },
    )
  })
})

describe('driftSpan and driftStep', () => {
  it('reach the 95th percentile of the distances, at least 2.5 points', () => {
    expect(driftSpan(CLOSED)).toBeCloseTo(0.095, 6)
    const flat = sketchTable({ first: '2024-W10', columns: 2, rows: [{ counts: [100, 20] }] })
    expect(driftSpan(flat)).toBe(0.025)
  })

  it.each([
    [0.2, 0],
    [0.205, 0],
    [0.3, 4],
    [0.1, -4],
    [0.25, 2],
    [0.9, 4],
  ])('a rate of %d against a mean of 20 %% is step %d', (rate, step) => {
    expect(driftStep(rate, 0.2, 0.1)).toBe(step)
  })
})
