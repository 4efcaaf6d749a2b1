import { describe, expect, it } from 'vitest'
import { parsePeriod, type UserReport } from '../../lib/bitmapist/face'
import { effectsOf } from './effects'
import { answersOf, bitWords, changeWords, lastActive, seenOn, unknownWords } from './words'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const NOW = { today: parsePeriod('2026-11-24'), hour: '2026-11-24T10' }
const ACTIVE = { event: 'active', hour: null, day: true, week: true, month: true, year: true }

const REPORT: UserReport = {
  user: 123,
  known: true,
  date: '2026-11-24',
  hour: '2026-11-24T10',
  timeZone: 'UTC',
  asOf: '2026-11-24T10:42:07Z',
  events: [ACTIVE],
  attributes: ['paid_user'],
  firstSeen: '2026-03-12',
  lastSeen: '2026-11-24',
  activeDays: 9,
  dataFrom: '2024-01-06',
  highestId: 60_214,
}

describe('answersOf', () => {
  it('speaks of this hour, today, this week, this month and this year', () => {
    expect(answersOf(REPORT, ACTIVE, NOW).map(({ title, note }) => `${title}: ${note}`)).toEqual([
      'This hour: 10:00–11:00',
      'Today: Tue 24 Nov',
      'This week: since Mon 23 Nov',
      'This month: Nov 2026',
      'This year: 2026',
    ])
  })

  it('names the periods of another date', () => {
    const other = { ...REPORT, date: '2024-12-31', hour: '2024-12-31T00' }
    expect(answersOf(other, ACTIVE, NOW).map(({ title }) => title)).toEqual([
      '00:00–01:00',
      'Tue 31 Dec 2024',
      '30 Dec 2024 – 5 Jan 2025',
      'Dec 2024',
      '2024',
    ])
  })

  it('keeps "not recorded" apart from "no"', () => {
    expect(answersOf(REPORT, ACTIVE, NOW).map(({ value }) => value)).toEqual([null, true, true, true, true])
  })
})

describe('unknownWords', () => {
  it('says since when there are marks, and the highest id', () => {
    expect(unknownWords({ ...REPORT, user: 999 })).toBe(
      'No marks for 999 since 6 Jan 2024; the highest id is 60,214.',
    )
  })

  it('says less where nobody has a mark', () => {
    expect(unknownWords({ ...REPORT, user: 999, dataFrom: null, highestId: null })).toBe('No marks for 999.')
  })
})

describe('lastActive', () => {
  it.each([
    ['2026-11-24', { when: 'today', note: ' (Tue 24 Nov, UTC)' }],
    ['2026-11-23', { when: 'yesterday', note: ' (Mon 23 Nov, UTC)' }],
    ['2025-11-20', { when: 'on Thu 20 Nov 2025', note: ' (UTC)' }],
    ['2025-11', { when: 'in Nov 2025', note: '' }],
  ])('%s', (text, words) => {
    expect(lastActive(text, NOW.today, 'UTC')).toEqual(words)
  })
})

describe('seenOn', () => {
  it('says a day without its weekday, and a month where days are not kept', () => {
    expect(seenOn('2026-03-12')).toBe('12 Mar 2026')
    expect(seenOn('2026-03')).toBe('Mar 2026')
  })
})

describe('changeWords', () => {
  const date = parsePeriod('2026-11-20')
  it.each([
    ['mark', date, 'Mark x on Fri 20 Nov 2026', 'Marked x on Fri 20 Nov 2026'],
    ['unmark', date, 'Unmark x on Fri 20 Nov 2026', 'Unmarked x on Fri 20 Nov 2026'],
    ['set', null, 'Set x', 'Set x'],
    ['clear', null, 'Clear x', 'Cleared x'],
  ] as const)('%s', (op, on, now, then) => {
    expect(changeWords({ op, name: 'x', date: on })).toBe(now)
    expect(changeWords({ op, name: 'x', date: on }, true)).toBe(then)
  })
})

describe('bitWords', () => {
  it('names the period of each bit', () => {
    const date = parsePeriod('2026-11-20')
    expect(
      (['hour:5', 'day', 'week', 'month', 'attribute'] as const).map((bit) => bitWords(bit, date)),
    ).toEqual([
      'hour 05:00–06:00',
      'day Fri 20 Nov 2026',
      'week 16–22 Nov 2026',
      'month Nov 2026',
      'the attribute',
    ])
  })
})

describe('effectsOf', () => {
  const date = parsePeriod('2026-11-20')
  const effects = (op: 'mark' | 'unmark' | 'set' | 'clear', held: Parameters<typeof effectsOf>[1]) =>
    plain(effectsOf({ op, name: 'x', date: op === 'mark' || op === 'unmark' ? date : null }, held).join(' '))

  it('names the bits that a mark would set', () => {
    expect(effects('mark', ['month'])).toMatch(/^Sets: day Fri 20 Nov 2026, week 16–22 Nov 2026\. /)
    expect(effects('mark', ['day', 'week', 'month'])).toContain('Nothing would change')
  })

  it('names the bits that an unmark would clear', () => {
    expect(effects('unmark', ['day', 'hour:5', 'week'])).toMatch(
      /^Clears: day Fri 20 Nov 2026, hour 05:00–06:00\./,
    )
    expect(effects('unmark', ['week'])).toBe('There is no mark on this day.')
  })

  it('says of an attribute whether it would change', () => {
    expect(effects('set', ['attribute'])).toContain('has it already')
    expect(effects('clear', [])).toContain('does not have it')
    expect(effects('clear', ['attribute'])).toContain('is cleared')
  })
})
