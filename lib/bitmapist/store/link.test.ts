import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Link } from './link'

class Thing {
  isOpen = true

  constructor(private readonly ended: () => void = () => {}) {}

  end(): void {
    this.isOpen = false
    this.ended()
  }
}

/** A way whose openings end when they are told to. */
function setup() {
  const openings: {
    readonly give: (thing: Thing) => void
    readonly fail: () => void
    readonly ended: () => void
  }[] = []
  let ended = 0
  const link = new Link<Thing>({
    open: (tell) =>
      new Promise((give, refuse) => {
        openings.push({ give, fail: () => refuse(new Error('refused')), ended: tell })
      }),
    ended: () => ended++,
  })
  return { link, openings, ended: () => ended }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Link', () => {
  it('opens once for all who wait, and hands it on', async () => {
    const { link, openings } = setup()
    const asked = [link.open(), link.open()]
    expect(openings.length).toBe(1)
    const thing = new Thing()
    openings[0]?.give(thing)
    expect(await Promise.all([...asked, link.open()])).toEqual([thing, thing, thing])
  })

  it('lets one wait in vain, and none after it until the pause is over', async () => {
    const { link, openings } = setup()
    const first = link.open()
    await vi.advanceTimersByTimeAsync(250)
    expect(await first).toBeNull()
    // No time passes.
    expect(await link.open()).toBeNull()
    const thing = new Thing()
    openings[0]?.give(thing)
    await vi.advanceTimersByTimeAsync(0)
    expect(await link.open()).toBe(thing)
    expect(openings.length).toBe(1)
  })

  it('opens nothing for a second after a failure, or an end', async () => {
    const { link, openings, ended } = setup()
    const first = link.open()
    openings[0]?.fail()
    expect(await first).toBeNull()
    expect(await link.open()).toBeNull()
    await vi.advanceTimersByTimeAsync(1000)
    const second = link.open()
    const thing = new Thing(openings[1]?.ended)
    openings[1]?.give(thing)
    expect(await second).toBe(thing)
    thing.end()
    expect([await link.open(), ended(), openings.length]).toEqual([null, 1, 2])
  })

  it('ends what is being opened where another server or database is meant by then', async () => {
    const { link, openings } = setup()
    const first = link.open()
    link.renew()
    const second = link.open()
    const [old, thing] = [new Thing(openings[0]?.ended), new Thing(openings[1]?.ended)]
    openings[1]?.give(thing)
    openings[0]?.give(old)
    expect(await first).toBeNull()
    expect(await second).toBe(thing)
    expect(old.isOpen).toBe(false)
    expect(await link.open()).toBe(thing)
  })

  it('ends what is being opened where it was closed', async () => {
    const { link, openings } = setup()
    const first = link.open()
    link.close()
    const thing = new Thing()
    openings[0]?.give(thing)
    expect([await first, thing.isOpen, await link.open()]).toEqual([null, false, null])
  })
})
