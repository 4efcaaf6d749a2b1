import { describe, expect, it } from 'vitest'
import { sketchTable } from '../../tests/fixtures/table'
import { curvesOf } from './curves-data'

const TABLE = sketchTable({
  first: '2025-W01',
  columns: 3,
  rows: [{ counts: [200, 50, 40] }, { counts: [100, 0], silent: [1] }, { counts: [0] }],
})

describe('curvesOf', () => {
  it('has a line a cohort with users, its open cells marked, the rest gaps', () => {
    const { cohorts } = curvesOf(TABLE, 'rate')
    expect(cohorts.map(({ name }) => name)).toEqual(['30 Dec 2024 – 5 Jan 2025', '6–12 Jan 2025'])
    expect(cohorts[0]?.points).toEqual([
      { y: 100, open: false },
      { y: 25, open: false },
      { y: 20, open: true },
    ])
    expect(cohorts[1]?.points[1]?.y).toBeNull()
    expect(cohorts[1]?.points[2]?.y).toBeNull()
  })

  it('has the weighted mean, or the mean cohort’s users', () => {
    expect(curvesOf(TABLE, 'rate').mean.points.map(({ y }) => y)).toEqual([100, 25, null])
    expect(curvesOf(TABLE, 'count').mean.points.map(({ y }) => y)).toEqual([150, 50, null])
  })
})
