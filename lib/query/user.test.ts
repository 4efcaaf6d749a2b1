import { describe, expect, it } from 'vitest'
import { parsePeriod } from '../bitmapist/face'
import { bitsSchema, isAddressable, parseUserId, parseUserQuery, pathUser, typedUsers, userUrl } from './user'

const read = (query: string) => parseUserQuery(new URLSearchParams(query))

describe('parseUserQuery', () => {
  it('takes what is empty or absent for none', () => {
    const none = { event: null, date: null, hour: null, year: null, attribute: null, ask: null, done: null }
    expect(read('')).toEqual(none)
    expect(read('event=&date=&hour=&ask=')).toEqual(none)
  })

  it('reads an event, a date, an hour and a year', () => {
    expect(read('event=song:play&date=2026-11-20&hour=5&year=2025')).toMatchObject({
      event: 'song:play',
      date: parsePeriod('2026-11-20'),
      hour: 5,
      year: parsePeriod('2025'),
    })
  })

  it('reads what was done, and which bits it changed', () => {
    expect(read('done=unmark&bits=hour:5,day,week&undone=1').done).toEqual({
      op: 'unmark',
      bits: ['hour:5', 'day', 'week'],
      undone: true,
    })
    expect(read('done=set&bits=').done).toEqual({ op: 'set', bits: [], undone: false })
  })

  it.each([
    ['date=2026-13-01', 'date'],
    ['date=2026-11', 'date'],
    ['hour=24', 'hour'],
    ['year=x', 'year'],
    ['date=0001-01-01', 'date'],
    ['date=9999-12-31', 'date'],
    ['year=0001', 'year'],
    ['year=9999', 'year'],
    ['ask=delete', 'ask'],
    ['done=mark&bits=hour:24', 'bits'],
    ['event=a&event=b', 'event'],
  ])('refuses %s by its name', (query, field) => {
    expect(() => read(query)).toThrow(expect.objectContaining({ field }))
  })
})

describe('parseUserId', () => {
  it.each([
    ['0', 0],
    [' 123 ', 123],
    ['60,214', 60_214],
    ['4294967295', 4_294_967_295],
    ['4294967296', null],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['abc', null],
    ['', null],
    ['6,02', null],
  ])('%s is %s', (text, id) => {
    expect(parseUserId(text)).toBe(id)
  })
})

describe('typedUsers', () => {
  it.each([
    [' 60,214 ', [60_214]],
    ['u-1', []],
    ['', []],
  ])('reads the integer %j as %j', (text, users) => {
    expect(typedUsers(text, 'integer')).toEqual(users)
  })

  it.each([
    ['u@example.com', ['u@example.com']],
    [' 60,214 ', [' 60,214 ', '60,214']],
    ['   ', []],
    ['', []],
    ['x'.repeat(257), []],
    [` ${'x'.repeat(256)}`, ['x'.repeat(256)]],
  ])('reads the text %j as %j', (text, users) => {
    expect(typedUsers(text, 'mapped')).toEqual(users)
  })
})

describe('pathUser', () => {
  it.each([
    ['60,214', 'integer', 60_214],
    ['x', 'integer', null],
    ['x', 'mapped', 'x'],
    [' ', 'mapped', ' '],
    ['007', 'mapped', '007'],
    ['x'.repeat(257), 'mapped', null],
  ] as const)('takes %j of %s ids for %j', (text, mode, user) => {
    expect(pathUser(text, mode)).toBe(user)
  })
})

describe('userUrl', () => {
  it.each(['a/b', 'a?b#c', '100%', ' a b ', 'ü@例.jp', 'a\nb', 'x'.repeat(256), '%2F'])(
    'holds the id %j',
    (id) => {
      const { pathname, search } = new URL(userUrl(id, { event: 'a' }), 'http://127.0.0.1')
      expect(pathname.split('/')).toHaveLength(3)
      expect(decodeURIComponent(pathname.slice('/users/'.length))).toBe(id)
      expect(search).toBe('?event=a')
    },
  )

  it.each(['.', '..'])('leads elsewhere for "%s", which no path can hold', (id) => {
    expect(isAddressable(id)).toBe(false)
    expect(userUrl(id, { event: 'a' })).toBe(`/users?id=${id}`)
  })

  it('leaves out what is not given', () => {
    expect(userUrl(7)).toBe('/users/7')
    expect(userUrl(7, { event: 'a b', date: null, year: undefined, bits: '' })).toBe(
      '/users/7?event=a+b&bits=',
    )
  })
})

describe('bitsSchema', () => {
  it('reads nothing, and names of periods', () => {
    expect(bitsSchema.parse('')).toEqual([])
    expect(bitsSchema.parse('day,hour:23,attribute')).toEqual(['day', 'hour:23', 'attribute'])
    expect(bitsSchema.safeParse('year').success).toBe(false)
  })
})
