import { describe, expect, it } from 'vitest'
import { MarkKeys } from './mark-keys'
import { zoneOf } from './zone'

const place = (time: string, { hourly = false, unique = false, event = 'a' } = {}) => ({
  event,
  time: new Date(time),
  trackHourly: hourly,
  trackUnique: unique,
})

describe('MarkKeys.setBy', () => {
  it('gives what each of the options asks for, however often marks of other options came before', () => {
    const keys = new MarkKeys('t_', zoneOf('UTC'))
    for (let times = 0; times < 2; times++) {
      const wide = ['t_a_W2025-1', 't_a_2024-12']
      expect(keys.setBy(place('2024-12-30T05:59:59.999Z'))).toEqual(['t_a_2024-12-30', ...wide])
      const hourly = keys.setBy(place('2024-12-30T05:59:59.999Z', { hourly: true }))
      expect(hourly).toEqual(['t_a_2024-12-30-5', 't_a_2024-12-30', ...wide])
      const unique = keys.setBy(place('2024-12-30T05:59:59.999Z', { unique: true }))
      expect(unique).toEqual(['t_a_2024-12-30', ...wide, 't_a_u'])
    }
  })

  it.each([
    ['Europe/Berlin', '2024-12-29T22:59:59.999Z', '2024-12-29', '2024-12-29T23:00:00Z', '2024-12-30'],
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29', '2011-12-30T10:00:00Z', '2011-12-31'],
    ['UTC', '1969-12-31T23:59:59.999Z', '1969-12-31', '1970-01-01T00:00:00Z', '1970-1-1'],
  ])('begins a day where the clock of %s does', (zone, before, day, after, next) => {
    const keys = new MarkKeys('', zoneOf(zone))
    expect(keys.setBy(place(before))[0]).toBe(`a_${day}`)
    expect(keys.setBy(place(after))[0]).toBe(`a_${next}`)
  })

  it('agrees with itself beyond what it remembers', () => {
    const keys = new MarkKeys('', zoneOf('UTC'))
    const days = Array.from({ length: 25_000 }, (_, k) => new Date(k * 86_400_000).toISOString())
    const all = () => days.map((day) => keys.setBy(place(day)).join())
    const first = all()
    expect(new Set(first).size).toBe(25_000)
    expect(all()).toEqual(first)
  })
})

describe('MarkKeys.clearedBy', () => {
  it('gives the day, all of its hours, and the attribute where asked', () => {
    const keys = new MarkKeys('', zoneOf('UTC'))
    const hours = Array.from({ length: 24 }, (_, hour) => `a_2024-7-31-${hour}`)
    expect(keys.clearedBy(place('2024-07-31T12:00:00Z'))).toEqual(['a_2024-7-31', ...hours])
    const unique = keys.clearedBy(place('2024-07-31T12:00:00Z', { unique: true }))
    expect(unique).toEqual(['a_2024-7-31', ...hours, 'a_u'])
  })
})

describe('MarkKeys.wide', () => {
  it('gives the week and the month with all of their days, those of another month too', () => {
    const [week, month] = new MarkKeys('', zoneOf('UTC')).wide(place('2024-07-31T12:00:00Z'))
    const days = [
      'a_2024-7-29',
      'a_2024-7-30',
      'a_2024-7-31',
      'a_2024-8-1',
      'a_2024-8-2',
      'a_2024-8-3',
      'a_2024-8-4',
    ]
    expect(week).toEqual({ key: 'a_W2024-31', days })
    expect(month?.key).toBe('a_2024-7')
    expect(month?.days.length).toBe(31)
  })
})
