// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import type { RetentionTable } from '../../lib/bitmapist/face'
import { wholeTable } from '../../tests/fixtures/table'
import { Footnotes } from './footnotes'

function notes(part: Partial<RetentionTable>): readonly (string | null)[] {
  render(<Footnotes table={{ ...wholeTable(), asOf: '2025-01-15T10:42:07Z', ...part }} />)
  return screen.getAllByRole('listitem').map(({ textContent }) => textContent)
}

afterEach(cleanup)

describe('Footnotes', () => {
  it.each([
    [{ registryAsOf: '2025-01-15T10:41:07Z', knownAsOf: '2025-01-15T10:41:30Z' }, []],
    [{}, []],
    [
      { registryAsOf: '2025-01-15T10:41:06Z' },
      ['Events as of 10:41:06 UTC: history may miss what other programs marked since then.'],
    ],
    [
      { knownAsOf: '2025-01-15T10:39:06Z', timeZone: 'Asia/Tokyo' },
      [
        'Everyone known as of 19:39:06 Asia/Tokyo: “not” may miss users whom other programs marked since then.',
      ],
    ],
  ])('tells what is older than a minute of %j', (part, expected) => {
    expect(notes(part).filter((note) => /^(Events|Everyone) .*as of 1/.test(note ?? ''))).toEqual(expected)
  })

  it.each([
    [{}, 'Exact as of 10:42:07 UTC: every mark until then is counted.'],
    [{ timeZone: 'Asia/Tokyo' }, 'Exact as of 19:42:07 Asia/Tokyo: every mark until then is counted.'],
    [
      { exact: false, exactAsOf: '2025-01-15T10:41:25Z' },
      'Up to 42 seconds old as of 10:42:07 UTC: this Redis does not tell of changes, so periods that have ended may lack the newest marks.',
    ],
    [
      { exact: false, exactAsOf: '2025-01-15T10:42:07Z' },
      'Up to 1 second old as of 10:42:07 UTC: this Redis does not tell of changes, so periods that have ended may lack the newest marks.',
    ],
  ])('says first how old the numbers of %j are', (part, expected) => {
    expect(notes(part)[0]).toBe(expected)
  })

  it('says against whom a “not” is', () => {
    expect(notes({ knownAsOf: '2025-01-15T10:42:07Z' })).toContain('“Not” is against everyone known.')
    cleanup()
    expect(notes({}).join()).not.toContain('Not')
  })
})
