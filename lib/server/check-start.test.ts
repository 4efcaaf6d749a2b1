import { describe, expect, it } from 'vitest'
import { checkStart } from './check-start'

const NEXT = ['node', 'next']

describe('checkStart', () => {
  it.each([
    [['start', '-H', '127.0.0.1', '-p', '3000']],
    [['start', '--hostname', 'localhost']],
    [['start', '--hostname=::1']],
    [['dev']],
  ])('lets %j start', (words) => {
    expect(checkStart({}, [...NEXT, ...words])).toBeNull()
  })

  it.each([[['start']], [['start', '-H', '0.0.0.0']], [['start', '-H']], [['start', '--hostname=']]])(
    'refuses %j, which listens on every network interface',
    (words) => {
      expect(checkStart({}, [...NEXT, ...words])).toMatch(/^HOST expected a loopback address/)
    },
  )

  it('tells of a bad variable', () => {
    expect(checkStart({ PORT: 'x' }, NEXT)).toBe('PORT expected an integer 1..65535, got "x"')
  })
})
