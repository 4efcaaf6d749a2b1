import { describe, expect, it } from 'vitest'
import { event } from '../expression'
import { day } from '../period'
import { checkRequest, type RetentionRequest } from './request'

const REQUEST: RetentionRequest = {
  start: event('signup'),
  return: event('active'),
  first: day(2025, 1, 6),
  rows: 2,
  columns: 3,
}

describe('checkRequest', () => {
  it.each<Partial<RetentionRequest>>([
    {},
    { mode: 'on-or-after' },
    { mode: 'every', base: 'previous' },
    { brackets: [[0, 0]] },
    {
      mode: 'on',
      brackets: [
        [5, 9],
        [0, 7],
      ],
    },
  ])('takes %j', (shape) => {
    expect(() => checkRequest({ ...REQUEST, ...shape })).not.toThrow()
  })

  const unknown = (mode: string): Partial<RetentionRequest> => JSON.parse(JSON.stringify({ mode }))
  it.each<[Partial<RetentionRequest>, string, string]>([
    [{ rows: 0 }, 'BAD_ROWS', '"rows" expected integer >= 1, got 0'],
    [{ columns: 1.5 }, 'BAD_ROWS', '"columns" expected integer >= 1, got 1.5'],
    [unknown('never'), 'BAD_MODE', '"mode" expected on, on-or-after, on-or-before, every, got "never"'],
    [{ base: 'previous' }, 'BAD_MODE', '"base" expected cohort unless mode=every, got "previous"'],
    [{ mode: 'every', brackets: [[0, 1]] }, 'BAD_MODE', '"brackets" expected mode=on, got "mode=every"'],
    [{ brackets: [] }, 'BAD_ROWS', '"brackets" expected pairs of integers 0 <= from <= to, got "none"'],
    [
      {
        brackets: [
          [0, 1],
          [3, 2],
        ],
      },
      'BAD_ROWS',
      'got "3,2"',
    ],
    [{ brackets: [[-1, 2]] }, 'BAD_ROWS', 'got "-1,2"'],
    [{ brackets: [[0, Number.POSITIVE_INFINITY]] }, 'BAD_ROWS', 'got "0,Infinity"'],
  ])('refuses %j', (shape, code, message) => {
    const check = () => checkRequest({ ...REQUEST, ...shape })
    expect(check).toThrow(expect.objectContaining({ code }))
    expect(check).toThrow(message)
  })
})
