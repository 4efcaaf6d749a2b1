import { describe, expect, it } from 'vitest'
import { faultOf } from '../../tests/fixtures/faults'
import { parseFormat, parseOutput, printOutput } from './output'

const parse = (query: string) => parseOutput(new URLSearchParams(query), ['start'])

describe('parseOutput', () => {
  it.each([
    ['', { format: 'json' }],
    ['start=a&format=json', { format: 'json' }],
    ['format=csv', { format: 'csv', layout: 'wide', values: 'count' }],
    ['format=csv&values=rate', { format: 'csv', layout: 'wide', values: 'rate' }],
    ['format=csv&layout=long', { format: 'csv', layout: 'long', values: 'count' }],
  ])('reads "%s"', (query, output) => {
    expect(parse(query)).toEqual(output)
  })

  it.each([
    ['format=xml', 'format'],
    ['format=CSV', 'format'],
    ['format=', 'format'],
    ['format=csv&format=csv', 'format'],
    ['format=csv%00', 'format'],
    ['format=csv&layout=tall', 'layout'],
    ['format=csv&layout=', 'layout'],
    ['format=csv&layout=long&layout=long', 'layout'],
    ['format=csv&values=both', 'values'],
    ['format=csv&values=', 'values'],
    ['format=csv&values=rate&values=rate', 'values'],
    ['layout=long', 'layout'],
    ['format=json&values=rate', 'values'],
    ['return=b', 'return'],
  ])('refuses %s with BAD_PARAMETER of %s', (query, field) => {
    expect(faultOf(() => parse(query))).toMatchObject({ code: 'BAD_PARAMETER', field })
  })
})

describe('printOutput', () => {
  it.each(['', 'format=csv&layout=wide&values=rate', 'format=csv&layout=long&values=count'])(
    'is the inverse of parseOutput for "%s"',
    (query) => {
      expect(printOutput(parse(query)).toString()).toBe(query)
    },
  )
})

describe('parseFormat', () => {
  it('knows json and csv, and no layout', () => {
    expect(parseFormat(new URLSearchParams(), [])).toBe('json')
    expect(parseFormat(new URLSearchParams('format=csv'), [])).toBe('csv')
    expect(faultOf(() => parseFormat(new URLSearchParams('layout=long'), []))).toMatchObject({
      code: 'BAD_PARAMETER',
      field: 'layout',
    })
  })
})
