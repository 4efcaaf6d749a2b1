import { describe, expect, it } from 'vitest'
import { globOf } from '../fixtures/bitmaps'

describe('globOf', () => {
  const names = ['a*', 'a]', 'aß', 'a[b', 'axb', '\\', 'a.-']

  // Each row asked of SQLite 3.40 itself.
  it.each([
    ['a\\*', []],
    ['a[*]', ['a*']],
    ['a?', ['a*', 'a]', 'aß']],
    ['a[]*]', ['a*', 'a]']],
    ['a[^*]', ['a]', 'aß']],
    ['a[[]b', ['a[b']],
    ['a[b', []],
    ['a[]', []],
    ['a[^]', []],
    ['[\\]', ['\\']],
    ['[\\\\]', ['\\']],
    ['[0-a].[x-]', ['a.-']],
    ['A*', []],
  ])('matches %s as SQLite does, where nothing escapes', (pattern, matching) => {
    expect(names.filter((name) => globOf(pattern).test(name))).toEqual(matching)
  })
})
