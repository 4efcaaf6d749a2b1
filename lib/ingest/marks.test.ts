import { describe, expect, it } from 'vitest'
import { faultOf } from '../../tests/fixtures/faults'
import { BitcohortError, type IdMode } from '../bitmapist/face'
import { parseMarks } from './marks'

const MAX = 1000
const parse = (marks: unknown, idMode?: IdMode) =>
  parseMarks(JSON.stringify({ marks }), { maxUserId: MAX, ...(idMode && { idMode }) })

function reasons(marks: unknown, idMode?: IdMode): readonly { index: number; message: string }[] {
  try {
    parse(marks, idMode)
  } catch (error) {
    if (error instanceof BitcohortError && error.code === 'BAD_MARKS') return error.details ?? []
    throw error
  }
  return []
}

describe('parseMarks', () => {
  it('reads events and attributes', () => {
    expect(
      parse([
        { event: 'active', user: 123, time: '2025-01-06T10:00:00Z' },
        { event: 'active', user: '9', time: 1736157600, op: 'unmark' },
        { event: 'active', user: 0, time: 1736157600000, op: 'mark' },
        { event: 'odd name!', user: '1000' },
        { attribute: 'paid_user', user: 123 },
        { attribute: 'paid_user', user: 123, op: 'unmark' },
      ]),
    ).toEqual([
      { event: 'active', user: 123, time: new Date('2025-01-06T10:00:00Z') },
      { event: 'active', user: 9, time: new Date('2025-01-06T10:00:00Z'), op: 'unmark' },
      { event: 'active', user: 0, time: new Date('2025-01-06T10:00:00Z'), op: 'mark' },
      { event: 'odd name!', user: 1000 },
      { attribute: 'paid_user', user: 123 },
      { attribute: 'paid_user', user: 123, op: 'unmark' },
    ])
  })

  it.each([
    [{ user: 1 }, '"event" expected'],
    [{ event: '', user: 1 }, '"event" expected'],
    [{ event: 7, user: 1 }, '"event" expected a text, got 7'],
    [{ event: null, user: 1 }, '"event" expected a text, got null'],
    [{ event: ['a'], user: 1 }, '"event" expected a text, got a list'],
    [{ event: 'a\0', user: 1 }, '"event" expected'],
    [{ event: 'a'.repeat(201), user: 1 }, '"event" expected'],
    [{ event: 'bitop_a', user: 1 }, '"event" expected'],
    [{ event: 'a' }, '"user" expected integer 0..1000, got nothing'],
    [{ event: 'a', user: '' }, '"user" expected integer 0..1000, got ""'],
    [{ event: 'a', user: null }, '"user" expected'],
    [{ event: 'a', user: true }, '"user" expected'],
    [{ event: 'a', user: { toString: 1 } }, '"user" expected integer 0..1000, got an object'],
    [{ event: 'a', user: -1 }, '"user" expected integer 0..1000, got -1'],
    [{ event: 'a', user: 1.5 }, '"user" expected'],
    [{ event: 'a', user: 1001 }, '"user" expected integer 0..1000, got 1001'],
    [{ event: 'a', user: 4294967295 }, '"user" expected integer 0..1000, got 4294967295'],
    [{ event: 'a', user: '4294967295' }, '"user" expected integer 0..1000, got 4294967295'],
    [{ event: 'a', user: 1e300 }, '"user" expected'],
    [{ event: 'a', user: '007' }, '"user" expected'],
    [{ event: 'a', user: '1e2' }, '"user" expected'],
    [{ event: 'a', user: ' 1' }, '"user" expected'],
    [{ event: 'a', user: '1\0' }, '"user" expected'],
    [{ event: 'a', user: '9'.repeat(5000) }, '"user" expected'],
    [{ event: 'a', user: 1, time: '' }, '"time" expected'],
    [{ event: 'a', user: 1, time: null }, '"time" expected a text or a number, got null'],
    [{ event: 'a', user: 1, time: 'soon' }, '"time" expected'],
    [{ event: 'a', user: 1, time: '2025-02-30' }, '"time" expected'],
    [{ event: 'a', user: 1, time: 1e300 }, '"time" expected'],
    [{ event: 'a', user: 1, time: '2025-01-06\0' }, '"time" expected'],
    [{ event: 'a', user: 1, op: 'delete' }, '"op" expected mark or unmark, got "delete"'],
    [{ event: 'a', user: 1, op: null }, '"op" expected mark or unmark, got null'],
    [{ event: 'a', user: 1, op: '' }, '"op" expected'],
    [{ event: 'a', user: 1, at: 1 }, '"mark" expected only event, user, time and op, got "at"'],
    [{ event: 'a', attribute: 'b', user: 1 }, '"mark" expected only attribute, user and op'],
    [
      { attribute: 'a', user: 1, time: 1 },
      '"mark" expected only attribute, user and op (an attribute has no time)',
    ],
    [{ attribute: '', user: 1 }, '"attribute" expected'],
    [{ attribute: 5, user: 1 }, '"attribute" expected a text, got 5'],
    [{ attribute: 'a' }, '"user" expected'],
    [null, '"mark" expected an object, got null'],
    [[], '"mark" expected an object, got a list'],
    ['active', '"mark" expected an object, got "active"'],
  ])('refuses %j', (mark, message) => {
    const found = reasons([{ event: 'good', user: 1 }, mark])
    expect(found).toHaveLength(1)
    expect(found[0]?.index).toBe(1)
    expect(found[0]?.message.startsWith(message), found[0]?.message).toBe(true)
  })

  it('takes any text for a mapped id, and an integer for its digits', () => {
    const users = ['u@example.com', '007', ' 1', 7, 9_007_199_254_740_991, -1, 'x'.repeat(256)]
    const text = JSON.stringify({ marks: users.map((user) => ({ attribute: 'a', user })) })
    expect(parseMarks(text, { maxUserId: MAX, idMode: 'mapped' }).map(({ user }) => user)).toEqual([
      'u@example.com',
      '007',
      ' 1',
      '7',
      '9007199254740991',
      '-1',
      'x'.repeat(256),
    ])
  })

  it.each([
    [2 ** 53, '"user" expected text, or an integer of at most 9007199254740991, got 9007199254740992'],
    ['', '"user" expected text of 1..256 bytes, got ""'],
    ['é'.repeat(129), '"user" expected text of 1..256 bytes, got "ééé'],
    [undefined, '"user" expected text of 1..256 bytes, got nothing'],
  ])('refuses the mapped id %j', (user, message) => {
    const [found] = reasons(
      [
        { attribute: 'a', user: 1 },
        { attribute: 'a', user },
      ],
      'mapped',
    )
    expect(found?.index).toBe(1)
    expect(found?.message.startsWith(message), found?.message).toBe(true)
  })

  it('refuses a key named __proto__', () => {
    const text = '{"marks":[{"event":"a","user":1,"__proto__":{"op":"unmark"}}]}'
    expect(faultOf(() => parseMarks(text, { maxUserId: MAX }))).toMatchObject({
      code: 'BAD_MARKS',
      field: 'marks',
    })
  })

  it('names every bad index', () => {
    const bad = { event: 'a', user: -1 }
    const good = { event: 'a', user: 1 }
    expect(reasons([bad, good, bad, bad]).map(({ index }) => index)).toEqual([0, 2, 3])
    expect(faultOf(() => parse([bad, good, bad])).message).toBe(
      '2 of 3 marks are bad, the first at index 0; mend the marks at these indexes and send the whole batch again; nothing was written',
    )
  })

  it.each(['null', '[]', '{}', '{"marks":[]}', '{"marks":{}}', '{"marks":[{}],"x":1}', '7', '"x"'])(
    'refuses the body %s',
    (text) => {
      expect(faultOf(() => parseMarks(text, { maxUserId: MAX }))).toMatchObject({
        code: 'BAD_BODY',
        field: 'marks',
      })
    },
  )

  it('takes 10,000 marks and not one more', () => {
    const marks = Array.from({ length: 10_001 }, () => ({ event: 'a', user: 1 }))
    expect(parse(marks.slice(1))).toHaveLength(10_000)
    expect(faultOf(() => parse(marks))).toMatchObject({ code: 'BODY_TOO_LARGE', field: 'marks' })
  })

  it('answers a deeply nested value as any other bad one', () => {
    const depth = 100_000
    const text = `{"marks":[{"event":"a","user":${'['.repeat(depth)}${']'.repeat(depth)}}]}`
    expect(faultOf(() => parseMarks(text, { maxUserId: MAX })).code).toBe('BAD_MARKS')
  })
})
