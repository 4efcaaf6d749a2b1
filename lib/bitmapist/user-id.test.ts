import { describe, expect, it } from 'vitest'
import { faultOf } from '../../tests/fixtures/faults'
import { checkId, readUserId } from './user-id'

describe('checkId', () => {
  it.each(['a', '123', ' a ', 'é', 'a\0\n', 'u@example.com', 'x'.repeat(256), '😀'.repeat(64)])(
    'takes %j',
    (id) => {
      expect(checkId(id)).toBe(id)
    },
  )

  it.each([
    ['', '"user" expected text of 1..256 bytes, got ""'],
    ['x'.repeat(257), '"user" expected text of 1..256 bytes, got "xxx'],
    ['é'.repeat(129), '"user" expected text of 1..256 bytes, got "ééé'],
    ['a\ud800', '"user" expected text without lone surrogates'],
    [7, '"user" expected text of 1..256 bytes, got 7'],
  ])('refuses %j', (id, message) => {
    const fault = faultOf(() => checkId(id))
    expect(fault).toMatchObject({ code: 'BAD_USER', field: 'user' })
    expect(fault.message.startsWith(message), fault.message).toBe(true)
  })
})

describe('readUserId', () => {
  it.each([
    [0, 0],
    ['0', 0],
    ['4294967295', 4_294_967_295],
  ])('reads the integer id %j', (value, id) => {
    expect(readUserId(value, { mode: 'integer' })).toBe(id)
  })

  it.each([
    ['007', '"uid" expected integer 0..10, got "007"'],
    ['11', '"uid" expected integer 0..10, got 11'],
    [1.5, '"uid" expected integer 0..10, got 1.5'],
    [undefined, '"uid" expected integer 0..10, got nothing'],
    [['1'], '"uid" expected integer 0..10, got a list'],
    [{}, '"uid" expected integer 0..10, got an object'],
    [null, '"uid" expected integer 0..10, got null'],
  ])('refuses the integer id %j', (value, message) => {
    const fault = faultOf(() => readUserId(value, { mode: 'integer', max: 10, field: 'uid' }))
    expect(fault).toMatchObject({ code: 'BAD_USER', field: 'uid' })
    expect(fault.message.split('; ')[0]).toBe(message)
  })

  it.each([
    ['007', '007'],
    [' a', ' a'],
    [7, '7'],
    [-7, '-7'],
    [9_007_199_254_740_991, '9007199254740991'],
    ['9007199254740993', '9007199254740993'],
  ])('reads the mapped id %j', (value, id) => {
    expect(readUserId(value, { mode: 'mapped' })).toBe(id)
  })

  it.each([
    [
      9_007_199_254_740_992,
      '"user" expected text, or an integer of at most 9007199254740991, got 9007199254740992',
    ],
    [1.5, '"user" expected text, or an integer of at most 9007199254740991, got 1.5'],
    [undefined, '"user" expected text of 1..256 bytes, got nothing'],
    [true, '"user" expected text of 1..256 bytes, got true'],
    [{}, '"user" expected text of 1..256 bytes, got an object'],
  ])('refuses the mapped id %j', (value, message) => {
    expect(faultOf(() => readUserId(value, { mode: 'mapped' })).message.split('; ')[0]).toBe(message)
  })
})
