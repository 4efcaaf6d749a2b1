import { describe, expect, it } from 'vitest'
import { label, parsePeriod } from './label'
import { type Extent, earliest, Registry, type Snapshot } from './registry'
import type { Server } from './store/server'

function snapshotOf(...labels: readonly string[]): Snapshot {
  const extent: Extent = {}
  for (const { unit, index } of labels.map((text) => parsePeriod(text)))
    extent[unit] = { first: index, last: index }
  return { asOf: new Date(0), events: new Map([['a', extent]]), attributes: new Set() }
}

const serverOf = (redis: object) => ({ primaries: () => [redis] }) as unknown as Server

describe('Registry', () => {
  it('adds to what it found what this process has written, without another scan', async () => {
    let scans = 0
    let now = 0
    const scan = async () => {
      scans++
      now += 1000
      return ['0', ['t_a_2025-2-9', 't_b_u']]
    }
    const registry = new Registry(serverOf({ scan }), 't_', () => new Date(now))
    const before = await registry.read()
    registry.note([
      { kind: 'event', event: 'a', period: parsePeriod('2025-01-31') },
      { kind: 'event', event: 'new', period: parsePeriod('2025-01') },
      { kind: 'attribute', name: 'c' },
    ])
    const after = await registry.read()
    const day = parsePeriod('2025-02-09').index
    const month = parsePeriod('2025-01').index
    expect(after.events).toEqual(
      new Map([
        ['a', { day: { first: day - 9, last: day } }],
        ['new', { month: { first: month, last: month } }],
      ]),
    )
    expect(after.attributes).toEqual(new Set(['b', 'c']))
    expect(after.asOf).toEqual(before.asOf)
    expect([...before.events.keys(), ...before.attributes]).toEqual(['a', 'b'])
    expect(scans).toBe(1)
  })
})

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
