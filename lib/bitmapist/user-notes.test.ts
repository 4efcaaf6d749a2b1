import { describe, expect, it } from 'vitest'
import { UserNotes } from './user-notes'

describe('UserNotes', () => {
  it('has whom it was given, at the ends of pages and of all ids', () => {
    const notes = new UserNotes()
    const users = [0, 7, 8, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1]
    notes.add(users)
    expect(users.filter((user) => notes.has(user))).toEqual(users)
    expect([1, 6, 9, 65_534, 65_537, 2 ** 31 + 1, 2 ** 32 - 2].filter((user) => notes.has(user))).toEqual([])
    notes.clear()
    expect(users.filter((user) => notes.has(user))).toEqual([])
  })

  it('forgets rather than grow', () => {
    const notes = new UserNotes()
    for (let page = 0; page <= 2048; page++) notes.add([page * 65_536])
    expect(notes.has(0)).toBe(false)
    expect(notes.has(2048 * 65_536)).toBe(true)
  })
})
