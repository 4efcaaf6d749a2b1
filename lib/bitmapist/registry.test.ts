import { describe, expect, it } from 'vitest'
import { label, parsePeriod } from './period'
import { type Extent, earliest, type Snapshot } from './registry'

function snapshotOf(...labels: readonly string[]): Snapshot {
  const extent: Extent = {}
  for (const { unit, index } of labels.map((text) => parsePeriod(text)))
    extent[unit] = { first: index, last: index }
  return { asOf: new Date(0), events: new Map([['a', extent]]), attributes: new Set() }
}

describe('earliest', () => {
  // 2025-W01 begins on 2024-12-30.
  it.each([
    ['year', ['2025-01-01', '2025-W01', '2025-01'], '2025'],
    ['year', ['2025-W01'], '2024'],
    ['month', ['2025-01-01', '2025-W01'], '2025-01'],
    ['week', ['2025-01-01', '2025-W01', '2025-01'], '2025-W01'],
  ] as const)('by %s of keys %j is %s', (unit, keys, first) => {
    const found = earliest(snapshotOf(...keys), ['a'], unit)
    expect(found && label(found)).toBe(first)
  })
})
