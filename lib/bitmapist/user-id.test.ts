import { describe, expect, it } from 'vitest'
import { checkId } from './user-id'

describe('checkId', () => {
  it('takes texts of 1 to 256 bytes as they are', () => {
    for (const id of ['0', ' ', '\0', 'a'.repeat(256), 'ß'.repeat(128), '🙂'.repeat(64), '\ufeffx'])
      expect(checkId(id)).toBe(id)
  })

  it.each([
    ['', 'text of 1..256 bytes, got ""'],
    ['a'.repeat(257), `text of 1..256 bytes, got "${'a'.repeat(78)}…`],
    [`${'🙂'.repeat(64)}a`, `text of 1..256 bytes, got "${'🙂'.repeat(39)}…`],
    [7, 'text of 1..256 bytes, got 7'],
    ['a\ud83d', 'text without lone surrogates, got "a\\ud83d"'],
    ['\ude42\ud83d', 'text without lone surrogates, got "\\ude42\\ud83d"'],
  ])('refuses %j', (id, text) => {
    const remedy =
      'use an integer user id within the limit, or raise MAX_USER_ID; with ID_MODE=mapped any text of 1 to 256 bytes'
    expect(() => checkId(id, 'uid')).toThrowError(
      expect.objectContaining({
        code: 'BAD_USER',
        field: 'uid',
        message: `"uid" expected ${text}; ${remedy}`,
      }),
    )
  })
})
