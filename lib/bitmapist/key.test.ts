import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globOf } from '../../tests/fixtures/bitmaps'
import { names } from '../../tests/fixtures/expressions'
import { codeOf, ofUnit, RUNS } from '../../tests/fixtures/laws'
import { attributeKey, checkPrefix, DEFAULT_PREFIX, eventKey, parseKey, scanPattern } from './key'
import { label, parsePeriod } from './label'
import type { Period } from './period'

const keyed = fc
  .constantFrom('hour', 'day', 'week', 'month')
  .chain((unit): fc.Arbitrary<Period> => ofUnit(unit))
/** Names that end as keys do, besides the ordinary ones. */
const traps = fc.oneof(
  names,
  fc
    .tuple(names, fc.constantFrom('_u', '_2024-1', '_W2020-1', '_2024-1-1', '_2024-1-1-0', '_', '_W', '_u_u'))
    .map(([name, tail]) => name + tail),
  fc.constantFrom('_', '__', 'u', '_u', 'W2020-1', '2024-1', 'trackist_', 'trackist_u'),
)
const prefixes = fc.constantFrom('trackist_', 'bitmapist_', '', 'a', 'a_', '*[x]?_', 'project:1:')

/** What a key means, in short. */
function meaning(key: string, prefix = DEFAULT_PREFIX): string {
  const found = parseKey(prefix, key)
  if (found === null) return 'not ours'
  return found.kind === 'attribute' ? `attr(${found.name})` : `${found.event} @ ${label(found.period)}`
}

describe('checkPrefix', () => {
  it.each(['trackist_', 'a', ' ', 'ä_', '*[x]?_', 'a}b{', '{tag}_', 'x'.repeat(100)])(
    'takes %j',
    (prefix) => {
      expect(checkPrefix(prefix)).toBe(prefix)
    },
  )

  it.each(['', '}a', 'bitcohort:', 'bitcohort:{a}:', 'a\n', '\ud800', 'x'.repeat(101)])(
    'refuses %j',
    (prefix) => {
      expect(codeOf(() => checkPrefix(prefix))).toBe('BAD_SETTINGS')
    },
  )
})

describe('eventKey', () => {
  // The examples of the Python library's layout, and the ends of what a key may hold.
  it.each([
    ['active', '2024-02-09T05', 'trackist_active_2024-2-9-5'],
    ['active', '2024-02-09', 'trackist_active_2024-2-9'],
    ['active', '2025-W01', 'trackist_active_W2025-1'],
    ['active', '2024-02', 'trackist_active_2024-2'],
    ['active', '2024-02-09T00', 'trackist_active_2024-2-9-0'],
    ['active', '2024-12-31T23', 'trackist_active_2024-12-31-23'],
    ['active', '2020-W53', 'trackist_active_W2020-53'],
    ['a_b_c', '0999-01', 'trackist_a_b_c_999-1'],
    ['W2020-1', '2015-12', 'trackist_W2020-1_2015-12'],
    ['u', '2024-01-01', 'trackist_u_2024-1-1'],
    ['ünïcode', '2024-01', 'trackist_ünïcode_2024-1'],
  ])('of %s in %s is %s', (event, period, key) => {
    expect(eventKey(DEFAULT_PREFIX, event, parsePeriod(period))).toBe(key)
    expect(meaning(key)).toBe(`${event} @ ${period}`)
  })

  it('of the week of 30 December 2024 is that of ISO year 2025', () => {
    expect(meaning('trackist_active_W2025-1')).toBe('active @ 2025-W01')
    expect(parseKey(DEFAULT_PREFIX, 'trackist_active_W2025-1')).toEqual({
      kind: 'event',
      event: 'active',
      period: { unit: 'week', index: 2870 },
    })
  })

  it('is refused for a year, which is the OR of its months', () => {
    expect(codeOf(() => eventKey(DEFAULT_PREFIX, 'active', parsePeriod('2024')))).toBe('BAD_PERIOD')
  })

  it.each([['bitop'], ['bitop_'], ['bitop_AND_x'], [''], ['a\n'], ['x'.repeat(201)]])(
    'is refused for the event %j',
    (name) => {
      expect(codeOf(() => eventKey(DEFAULT_PREFIX, name, parsePeriod('2024-01')))).toBe('BAD_EVENT')
      expect(codeOf(() => attributeKey(DEFAULT_PREFIX, name))).toBe('BAD_EVENT')
    },
  )
})

describe('attributeKey', () => {
  it.each([
    ['paid_user', 'trackist_paid_user_u'],
    ['u', 'trackist_u_u'],
    ['_', 'trackist___u'],
    ['name_2024-1', 'trackist_name_2024-1_u'],
    ['country:US', 'trackist_country:US_u'],
  ])('of %s is %s', (name, key) => {
    expect(attributeKey(DEFAULT_PREFIX, name)).toBe(key)
    expect(meaning(key)).toBe(`attr(${name})`)
  })
})

describe('parseKey', () => {
  it('is the inverse of eventKey, whatever the name and the prefix', () => {
    fc.assert(
      fc.property(prefixes, traps, keyed, (prefix, event, period) => {
        expect(parseKey(prefix, eventKey(prefix, event, period))).toEqual({ kind: 'event', event, period })
      }),
      RUNS,
    )
  })

  it('is the inverse of attributeKey, whatever the name and the prefix', () => {
    fc.assert(
      fc.property(prefixes, traps, (prefix, name) => {
        expect(parseKey(prefix, attributeKey(prefix, name))).toEqual({ kind: 'attribute', name })
      }),
      RUNS,
    )
  })

  it('takes only keys that it would write itself', () => {
    const tail = fc.stringMatching(/^_(W?[0-9]{1,4}(-[0-9]{1,3}){1,4}|u|W?[0-9-]{0,8})$/)
    fc.assert(
      fc.property(names, tail, (name, end) => {
        const key = DEFAULT_PREFIX + name + end
        const found = parseKey(DEFAULT_PREFIX, key)
        if (found?.kind === 'event') expect(eventKey(DEFAULT_PREFIX, found.event, found.period)).toBe(key)
        if (found?.kind === 'attribute') expect(attributeKey(DEFAULT_PREFIX, found.name)).toBe(key)
      }),
      RUNS,
    )
  })

  it.each([
    ['trackist_a_b_2024-1', 'a_b @ 2024-01'],
    ['trackist_name_2024-1_2024-2', 'name_2024-1 @ 2024-02'],
    ['trackist_name_2024-1_u', 'attr(name_2024-1)'],
    ['trackist_x_u_2024-1', 'x_u @ 2024-01'],
    ['trackist_x_u_u', 'attr(x_u)'],
    ['trackist__2024-1-1', 'not ours'],
    ['trackist___2024-1-1', '_ @ 2024-01-01'],
    ['trackist_trackist_a_2024-1', 'trackist_a @ 2024-01'],
    ['trackist_a_2024-2-29', 'a @ 2024-02-29'],
    // Zero padding is not ours.
    ['trackist_a_2024-01', 'not ours'],
    ['trackist_a_2024-1-01', 'not ours'],
    ['trackist_a_2024-1-1-00', 'not ours'],
    ['trackist_a_W2024-01', 'not ours'],
    ['trackist_a_02024-1', 'not ours'],
    // Periods that do not exist.
    ['trackist_a_2024-0', 'not ours'],
    ['trackist_a_2024-13', 'not ours'],
    ['trackist_a_2024-2-30', 'not ours'],
    ['trackist_a_2023-2-29', 'not ours'],
    ['trackist_a_2024-1-1-24', 'not ours'],
    ['trackist_a_W2021-53', 'not ours'],
    ['trackist_a_W2021-0', 'not ours'],
    ['trackist_a_0-1', 'not ours'],
    // Neither a period nor an attribute.
    ['trackist_a', 'not ours'],
    ['trackist_a_2024', 'not ours'],
    ['trackist_a_W2024', 'not ours'],
    ['trackist_a_w2024-1', 'not ours'],
    ['trackist_a_2024-1-1-1-1', 'not ours'],
    ['trackist_a_2024-1\n', 'not ours'],
    ['trackist_a_-2024-1', 'not ours'],
    ['trackist_a_２０２４-1', 'not ours'],
    ['trackist_a2024-1', 'not ours'],
    ['trackist_a_U', 'not ours'],
    ['trackist_', 'not ours'],
    ['', 'not ours'],
    // The Python library's temporary results, other prefixes, and what is kept besides.
    ['trackist_bitop_AND_trackist_a_2024-1', 'not ours'],
    ['trackist_bitop_u', 'not ours'],
    ['bitmapist_a_2024-1', 'not ours'],
    ['a_2024-1', 'not ours'],
    ['bitcohort:{trackist_}:meta', 'not ours'],
  ])('reads %j as %s', (key, expected) => {
    expect(meaning(key)).toBe(expected)
  })

  it('cuts the prefix by its length, wherever else it occurs', () => {
    expect(meaning('aa_2024-1', 'a')).toBe('a @ 2024-01')
    expect(meaning('a_2024-1', '')).toBe('a @ 2024-01')
    expect(meaning('trackist_trackist__u')).toBe('attr(trackist_)')
  })
})

describe('scanPattern', () => {
  it.each([
    ['trackist_', 'trackist_*'],
    ['', '*'],
    ['a*', 'a[*]*'],
    ['a?', 'a[?]*'],
    ['[a]', '[[]a]*'],
    ['[^a-z]', '[[]^a-z]*'],
    ['a]b', 'a]b*'],
    ['^-', '^-*'],
    ['\\', '[\\\\]*'],
    ['\\*', '[\\\\][*]*'],
    ['a*b?[c]\\', 'a[*]b[?][[]c][\\\\]*'],
  ])('of %j is %j: glob characters stand for themselves', (prefix, pattern) => {
    expect(scanPattern(prefix)).toBe(pattern)
  })

  it('matches by the rules of SQLite what begins with the prefix, and nothing else', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('*', '?', '[', ']', '\\', '^', '-', '!', 'a', 'b'),
      maxLength: 6,
    })
    fc.assert(
      fc.property(nasty, nasty, (prefix, key) => {
        expect(globOf(scanPattern(prefix)).test(key)).toBe(key.startsWith(prefix))
        expect(globOf(scanPattern(prefix)).test(prefix + key)).toBe(true)
      }),
      RUNS,
    )
  })
})
