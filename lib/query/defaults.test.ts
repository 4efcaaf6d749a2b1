import { describe, expect, it } from 'vitest'
import { type EventList, parsePeriod } from '../bitmapist/face'
import { beginningEvent, fillRetentionParameters, returnEvent } from './defaults'

const NOW = new Date('2025-01-15T10:42:07Z')

function list(...names: readonly string[]): Pick<EventList, 'events'> {
  return { events: names.map((name) => ({ name, first: '2024-01', last: '2025-01' })) }
}

describe('beginningEvent', () => {
  it.each([
    [['active', 'signup'], 'signup'],
    [['signup:page:view', 'signup'], 'signup'],
    [['signup:done', 'Sign Up'], 'Sign Up'],
    [['user_signed_up', 'active'], 'user_signed_up'],
    [['registration', 'active'], 'registration'],
    [['account_created', 'login'], 'account_created'],
    [['install', 'uninstall'], 'install'],
    [['active', 'song:play'], null],
    [[], null],
  ])('finds in %j %s', (names, found) => {
    expect(beginningEvent(list(...names))).toBe(found)
  })
})

describe('returnEvent', () => {
  it('is active, else the event that users begin with', () => {
    expect(returnEvent(list('signup', 'active'), 'signup')).toBe('active')
    expect(returnEvent(list('signup', 'login'), 'signup')).toBe('signup')
  })
})

describe('fillRetentionParameters', () => {
  const fill = (partial: string, lastDay: string | null) =>
    fillRetentionParameters(new URLSearchParams(partial), {
      start: 'signup',
      return: 'active',
      lastDay: lastDay === null ? null : parsePeriod(lastDay),
      now: NOW,
    }).toString()

  it.each([
    ['', '2025-01-15', 'start=signup&return=active&period=week&rows=13&columns=13&to=2025-W03'],
    ['', null, 'start=signup&return=active&period=week&rows=13&columns=13&to=2025-W03'],
    ['', '2011-12-09', 'start=signup&return=active&period=week&rows=13&columns=13&to=2011-W49'],
    ['', '2031-01-01', 'start=signup&return=active&period=week&rows=13&columns=13&to=2025-W03'],
    ['period=day', '2025-01-14', 'period=day&start=signup&return=active&rows=31&columns=31&to=2025-01-14'],
    ['period=month', '2025-01-14', 'period=month&start=signup&return=active&rows=13&columns=13&to=2025-01'],
    ['from=2024', '2025-01-14', 'from=2024&start=signup&return=active&period=week&rows=13&columns=13'],
    ['to=2024&rows=5', '2025-01-14', 'to=2024&rows=5&start=signup&return=active&period=week&columns=13'],
    ['start=x&return=y', null, 'start=x&return=y&period=week&rows=13&columns=13&to=2025-W03'],
  ])('fills "%s" with data until %s', (partial, lastDay, filled) => {
    expect(fill(partial, lastDay)).toBe(filled)
  })

  it('leaves a bad value for the parser to refuse', () => {
    expect(fill('period=&rows=', null)).toBe(
      'period=&rows=&start=signup&return=active&columns=13&to=2025-W03',
    )
  })
})
