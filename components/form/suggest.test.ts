import { describe, expect, it } from 'vitest'
import { parseExpression } from '../../lib/bitmapist/face'
import { checkExpression, completeAt, quoteName, searchSuggestions, suggestionsOf, wordAt } from './suggest'

const ALL = suggestionsOf({
  events: [
    { name: 'active', first: '2024-01', last: '2025-01' },
    { name: 'playlist:create', first: '2024-03', last: '2024-03' },
    { name: 'song:play', first: '2024-01', last: '2025-01' },
    { name: 'odd name!', first: '2024-01', last: '2025-01' },
  ],
  attributes: ['paid_user'],
})

describe('checkExpression', () => {
  it('gives the canonical text', () => {
    expect(checkExpression('active&(web|ios)', 'who')).toEqual({ ok: true, text: 'active & (web | ios)' })
  })

  it.each([
    ['web & (', 7, 'expected'],
    ['web & & ios', 6, 'expected'],
    ['"web', 0, 'expected a closing quote'],
    ['web@2025-13', 4, 'expected a period'],
  ])('finds the fault of %s at index %d', (text, position, reason) => {
    const checked = checkExpression(text, 'who')
    expect(checked).toMatchObject({ ok: false, position })
    expect(checked.ok ? '' : checked.reason).toContain(reason)
    expect(checked.ok ? '' : checked.reason).not.toContain('"who"')
  })
})

describe('quoteName', () => {
  it.each(['active', 'song:play', 'odd name!', 'a "b" \\ c', 'größe', '-'])('of %j reads back', (name) => {
    expect(parseExpression(quoteName(name))).toMatchObject({ kind: 'event', name })
  })
})

describe('suggestionsOf', () => {
  it('has events with their months, then attributes', () => {
    expect(ALL.map(({ text, months }) => [text, months])).toEqual([
      ['active', '2024-01 – 2025-01'],
      ['playlist:create', '2024-03'],
      ['song:play', '2024-01 – 2025-01'],
      ['"odd name!"', '2024-01 – 2025-01'],
      ['attr(paid_user)', null],
    ])
  })
})

describe('searchSuggestions', () => {
  const names = (words: string) => searchSuggestions(ALL, words).map(({ name }) => name)

  it('finds words anywhere, beginnings first', () => {
    expect(names('play')).toEqual(['playlist:create', 'song:play'])
    expect(names('PLAY song')).toEqual(['song:play'])
  })

  it('finds attributes by their spelling', () => expect(names('attr')).toEqual(['paid_user']))
  it('finds all for nothing', () => expect(names('  ')).toHaveLength(5))
})

describe('wordAt and completeAt', () => {
  it.each([
    ['web & so', 8, 'so', 'song:play', 'web & song:play'],
    ['web & attr(pa', 13, 'pa', 'attr(paid_user)', 'web & attr(paid_user)'],
    ['so & web', 2, 'so', 'song:play', 'song:play & web'],
    ['web & ', 6, '', 'ios', 'web & ios'],
    ['"od', 3, 'od', '"odd name!"', '"odd name!"'],
  ])('%s at %d is %j and completes', (text, caret, word, completion, whole) => {
    expect(wordAt(text, caret).word).toBe(word)
    expect(completeAt(text, caret, completion).text).toBe(whole)
  })
})
