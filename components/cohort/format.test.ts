import { describe, expect, it } from 'vitest'
import { formatCount, formatInterval, formatNumber, formatPoints, formatRate, formatShare } from './format'

describe('formatShare', () => {
  it.each([
    [1207, 4827, '25.0 %'],
    [0, 4827, '0.0 %'],
    [7, 7, '100.0 %'],
    // 12.35 % exactly: half goes up, though the double 0.1235 × 100 is below it.
    [247, 2000, '12.4 %'],
    [1, 16, '6.3 %'],
    [1, 1001, '<0.1 %'],
    [1, 1000, '0.1 %'],
    [1000, 1001, '>99.9 %'],
    [0, 0, '–'],
  ])('%d of %d is %s', (count, size, text) => {
    expect(formatShare({ count, size }).replace('\u00a0', ' ')).toBe(text)
  })
})

describe('formatNumber', () => {
  it.each([
    [1, '1 user'],
    [2, '2 users'],
    [0, '0 users'],
    [48210, '48,210 users'],
  ])('%d is %s', (count, text) => {
    expect(formatNumber(count, 'user').replace('\u00a0', ' ')).toBe(text)
  })
})

describe('formatCount', () => {
  it('separates thousands', () => expect(formatCount(1234567)).toBe('1,234,567'))
})

describe('formatPoints', () => {
  it.each([
    [0.0212, '2.1 points'],
    [-0.0212, '2.1 points'],
    [0.01, '1.0 point'],
  ])('%d is %s', (difference, text) => {
    expect(formatPoints(difference).replace('\u00a0', ' ')).toBe(text)
  })
})

describe('formatRate', () => {
  it('says that a small rate is not none', () => {
    expect(formatRate(0.0004).replace('\u00a0', ' ')).toBe('<0.1 %')
    expect(formatRate(0).replace('\u00a0', ' ')).toBe('0.0 %')
  })
})

describe('formatInterval', () => {
  it('has both bounds in percent', () => expect(formatInterval([0.2384, 0.263])).toBe('23.8–26.3'))
})
