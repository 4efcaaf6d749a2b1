import { describe, expect, it } from 'vitest'
import { nextPlace } from './use-grid-focus'

const EXTENT = { rows: 13, columns: 5, far: false }

describe('nextPlace', () => {
  it.each([
    ['ArrowRight', { r: 0, k: 0 }, { r: 0, k: 1 }],
    ['ArrowRight', { r: 0, k: 4 }, { r: 0, k: 4 }],
    ['ArrowLeft', { r: 0, k: 0 }, { r: 0, k: -1 }],
    ['ArrowLeft', { r: -2, k: 0 }, { r: -2, k: 0 }],
    ['ArrowUp', { r: 0, k: 2 }, { r: -1, k: 2 }],
    ['ArrowUp', { r: -1, k: -1 }, { r: -2, k: 0 }],
    ['ArrowDown', { r: 12, k: 2 }, { r: 12, k: 2 }],
    ['PageDown', { r: 0, k: 2 }, { r: 10, k: 2 }],
    ['Home', { r: 3, k: 3 }, { r: 3, k: -1 }],
    ['End', { r: 3, k: 0 }, { r: 3, k: 4 }],
  ])('%s from %o is %o', (key, from, to) => expect(nextPlace(key, from, EXTENT)).toEqual(to))

  it('goes to the corners with Control', () => {
    expect(nextPlace('Home', { r: 3, k: 3 }, { ...EXTENT, far: true })).toEqual({ r: -2, k: 0 })
    expect(nextPlace('End', { r: 3, k: 3 }, { ...EXTENT, far: true })).toEqual({ r: 12, k: 4 })
  })

  it('is null for other keys', () => expect(nextPlace('a', { r: 0, k: 0 }, EXTENT)).toBeNull())
})
