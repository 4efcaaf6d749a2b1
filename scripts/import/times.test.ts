import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTime, UTC, zoneOf } from '../../lib/bitmapist'
import { Times } from './times'

const NOW = new Date('2026-06-15T12:00:00Z')
const times = new Times(UTC, NOW)

/** A reading's instant, or its refusal. */
function outcomeOf(read: () => Date): number | string {
  try {
    return read().getTime()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('Times.read', () => {
  it('reads every text as parseTime does', () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'))
    const text = fc
      .tuple(fc.constantFrom('2024', '2025', '0000', '20x5'), two(13), two(32), two(25), two(61), two(61))
      .chain(([y, mo, d, h, mi, s]) =>
        fc
          .tuple(
            fc.constantFrom('T', ' ', 't'),
            fc.constantFrom('', '.1', '.123', ',9999', '.'),
            fc.constantFrom('Z', 'z', '', '+05:30', ' Z'),
          )
          .map(([t, fraction, ahead]) => `${y}-${mo}-${d}${t}${h}:${mi}:${s}${fraction}${ahead}`),
      )
    const check = (zone: string) => {
      const at = new Times(zoneOf(zone), NOW)
      return fc.property(text, (value) => {
        const ours = outcomeOf(() => at.read(value, 'ts'))
        expect(ours).toBe(outcomeOf(() => parseTime(value, 'ts', zoneOf(zone))))
      })
    }
    fc.assert(check('UTC'), { seed: 1, numRuns: 3000 })
    fc.assert(check('America/Sao_Paulo'), { seed: 2, numRuns: 3000 })
  })

  it('takes numbers, and spaces around a text', () => {
    expect(times.read(1736121600, 'ts')).toEqual(new Date('2025-01-06T00:00:00Z'))
    expect(times.read(' 2025-01-06T00:00:00Z\t', 'ts')).toEqual(new Date('2025-01-06T00:00:00Z'))
  })

  it.each([
    [null, '"ts" expected a time, got null'],
    [undefined, '"ts" expected a time, got undefined'],
    [{ at: 1 }, '"ts" expected a time, got "{\\"at\\":1}"'],
    [true, '"ts" expected a time, got true'],
  ])('refuses %j', (value, message) => {
    expect(() => times.read(value, 'ts')).toThrow(message)
  })
})

describe('Times.doubt', () => {
  it.each([
    ['2000-01-01', null],
    ['1999-12-31T23:59:59Z', 'range'],
    ['2027-12-31T23:59:59Z', null],
    ['2028-01-01', 'range'],
    ['1736121600', null],
    [1736121600000, null],
    ['20250106', 'compact'],
    [20250106, 'compact'],
    ['20251306', 'unit'],
    ['202501061030', 'compact'],
    ['20250106103000', 'compact'],
    ['1736121', 'unit'],
    [0, 'unit'],
    ['4102444800', 'unit'],
    ['4102444799', 'range'],
    ['-86400000', 'range'],
  ])('judges %j as %j', (value, doubt) => {
    expect(times.doubt(value, times.read(value, 'ts'))).toBe(doubt)
  })

  it('has the years of the zone', () => {
    const at = new Times(zoneOf('Asia/Kolkata'), new Date('2026-12-31T20:00:00Z'))
    expect(at.lastYear).toBe(2028)
    expect(at.doubt('x', new Date('1999-12-31T18:29:59Z'))).toBe('range')
    expect(at.doubt('x', new Date('1999-12-31T18:30:00Z'))).toBeNull()
  })
})
