import { describe, expect, it, vi } from 'vitest'
import { BitcohortError, expected } from './errors'

describe('BitcohortError', () => {
  it('ends its message with the remedy', () => {
    const error = new BitcohortError('BAD_ROWS', expected('rows', 'integer 1..366', 0), { field: 'rows' })
    expect(error.message).toBe('"rows" expected integer 1..366, got 0; use an integer within the limits')
    expect(error.field).toBe('rows')
  })

  it('is known by instanceof across copies of its module', async () => {
    vi.resetModules()
    const other = await import('./errors')
    expect(other.BitcohortError).not.toBe(BitcohortError)
    expect(new other.BitcohortError('BAD_ROWS', 'x')).toBeInstanceOf(BitcohortError)
    expect(new Error('x')).not.toBeInstanceOf(BitcohortError)
    for (const value of [null, undefined, 'x', {}]) expect(value instanceof BitcohortError).toBe(false)
  })
})

describe('expected', () => {
  it('cuts long values and escapes control characters', () => {
    expect(expected('event', 'a name', 'a\0b')).toBe('"event" expected a name, got "a\\u0000b"')
    expect(expected('event', 'a name', 'x'.repeat(100))).toHaveLength(
      '"event" expected a name, got '.length + 80,
    )
  })
})
