import { beforeEach, describe, expect, it } from 'vitest'
import type { Changes, Watcher } from './tracker'
import { Watch } from './watch'

/** Tells of what it is told to tell. */
class FakeWatcher implements Watcher {
  changes: Changes = { changed: () => {}, lost: () => {} }
  asked = 0
  answer: () => Promise<boolean> = async () => true

  onChange(changes: Changes): void {
    this.changes = changes
  }

  watch(): Promise<boolean> {
    this.asked++
    return this.answer()
  }
}

let watcher: FakeWatcher
let watch: Watch

beforeEach(() => {
  watcher = new FakeWatcher()
  watch = new Watch(watcher, ['a', 'b'])
})

const settled = () => new Promise(setImmediate)
const read = (trip = async () => {}) => watch.read(trip)

/** Until what was read stands. */
async function stand(): Promise<void> {
  watch.ask()
  await settled()
  await read()
  expect(watch.stands).toBe(true)
}

describe('Watch', () => {
  it('gives what the trip gives', async () => {
    expect(await watch.read(async () => 7)).toBe(7)
  })

  it('relies on what was read after the server was asked only', async () => {
    await read()
    expect(watch.stands).toBe(false)
    watch.ask()
    await settled()
    expect(watch.stands).toBe(false)
    await read()
    expect(watch.stands).toBe(true)
  })

  it.each<[string, (changes: Changes) => void, boolean]>([
    ['one of its keys', ({ changed }) => changed(['x', 'b']), false],
    ['other keys', ({ changed }) => changed(['x', 'ab']), true],
    ['that anything may have changed', ({ lost }) => lost(), false],
  ])('is told of %s', async (_, tell, stands) => {
    await stand()
    tell(watcher.changes)
    expect(watch.stands).toBe(stands)
    // The server tells once only.
    await read()
    expect(watch.stands).toBe(stands)
    await stand()
    expect(watcher.asked).toBe(stands ? 1 : 2)
  })

  it('does not rely on what changed while it was read', async () => {
    await stand()
    await read(async () => watcher.changes.changed(['a']))
    expect(watch.stands).toBe(false)
  })

  it('does not rely on a server that told of a change while it was asked', async () => {
    watcher.answer = async () => {
      watcher.changes.changed(['a'])
      return true
    }
    watch.ask()
    await settled()
    await read()
    expect(watch.stands).toBe(false)
  })

  it.each<[string, () => Promise<boolean>]>([
    ['does not tell', async () => false],
    ['fails', () => Promise.reject(new Error('closed'))],
  ])('asks again a server that %s', async (_, answer) => {
    watcher.answer = answer
    watch.ask()
    watch.ask()
    await settled()
    await read()
    expect([watch.stands, watcher.asked]).toEqual([false, 1])
    watcher.answer = async () => true
    await stand()
  })

  it('is not undone by a trip that fails', async () => {
    await stand()
    await expect(read(() => Promise.reject(new Error('closed')))).rejects.toThrow('closed')
    expect(watch.stands).toBe(true)
  })
})
