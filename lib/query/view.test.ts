import { describe, expect, it } from 'vitest'
import { isComplete, pageUrl, parseLook, questionOf } from './view'

const LOOK = { values: 'rate', order: 'newest', heat: 'scale', view: 'table', headline: 1 } as const
const QUESTION = 'start=signup&return=active&period=week&to=2025-W03&rows=13&columns=13&mode=on&cohort=first'

describe('pageUrl', () => {
  it('writes every default too, and is complete', () => {
    const url = pageUrl(new URLSearchParams(QUESTION), LOOK)
    expect(url).toBe(`/retention?${QUESTION}&values=rate&order=newest&heat=scale&view=table&headline=1`)
    expect(isComplete(new URL(url, 'http://localhost').searchParams)).toBe(true)
  })

  it('is read back to the same look', () => {
    const look = { values: 'count', order: 'oldest', heat: 'mean', view: 'curves', headline: 0 } as const
    const url = new URL(pageUrl(new URLSearchParams(QUESTION), look), 'http://localhost')
    expect(parseLook(url.searchParams)).toEqual(look)
  })
})

describe('parseLook', () => {
  it('has defaults', () => expect(parseLook(new URLSearchParams(QUESTION))).toEqual(LOOK))

  it.each([
    ['values=parts', 'values'],
    ['values=', 'values'],
    ['values=rate&values=count', 'values'],
    ['order=random', 'order'],
    ['heat=hot', 'heat'],
    ['view=map', 'view'],
    ['headline=366', 'headline'],
    ['headline=x', 'headline'],
  ])('refuses %s', (query, field) => {
    expect(() => parseLook(new URLSearchParams(query))).toThrow(expect.objectContaining({ field }))
  })
})

describe('isComplete', () => {
  it('misses any part', () => {
    const url = new URLSearchParams(`${QUESTION}&values=rate&order=newest&heat=scale&view=table&headline=1`)
    for (const name of url.keys()) {
      const less = new URLSearchParams(url)
      less.delete(name)
      expect(isComplete(less), name).toBe(false)
    }
  })
})

describe('questionOf', () => {
  it('passes on what is there', () => {
    const texts = {
      start: 'a',
      return: 'b',
      who: null,
      period: 'week',
      from: null,
      to: '2025-W03',
      rows: '2',
      columns: '3',
      mode: 'on',
      cohort: 'first',
      base: null,
      brackets: null,
    }
    expect(questionOf(texts).toString()).toBe(
      'start=a&return=b&period=week&to=2025-W03&rows=2&columns=3&mode=on&cohort=first',
    )
  })
})
