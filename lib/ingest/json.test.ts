import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOf } from '../../tests/fixtures/faults'
import { RUNS } from '../../tests/fixtures/laws'
import { parseJson as parse } from './json'

const parseJson = (text: string) => parse(text, (value) => value)

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
      { ...RUNS, numRuns: 500 },
    )
  })

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"a":[],"x":"a","a":{}}}]',
    '{"a":{"b":1},"c":[{}],"a":1}',
    '{"\\"":1,"x":"{","\\"":2}',
  ])('refuses a repeated key in %s', (text) => {
    expect(faultOf(() => parseJson(text))).toMatchObject({ code: 'BAD_BODY', field: 'body' })
  })

  it.each([
    '{"a":"a","b":"a"}',
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":"a"}}}',
    '["a","a"]',
    '{"a":["a",{"b":"a"}]}',
  ])('lets %s pass', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })

  it('asks the reader first, and hands on what it makes', () => {
    expect(parse('{"a":1}', (value) => [value])).toEqual([{ a: 1 }])
    const refuse = () => {
      throw new RangeError('too long')
    }
    expect(() => parse('{"a":1,"a":2}', refuse)).toThrow(RangeError)
  })

  it.each(['', '{', 'nul', "{'a':1}", '[1,]', '\ufeff{}'])('refuses %j', (text) => {
    expect(faultOf(() => parseJson(text))).toMatchObject({ code: 'BAD_BODY', field: 'body' })
  })
})
