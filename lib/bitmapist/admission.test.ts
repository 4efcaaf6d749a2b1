import { describe, expect, it } from 'vitest'
import { Admission } from './admission'

const MIB = 1024 * 1024

/** Whether it is settled after everything that can go on has gone on. */
async function isIn(entering: Promise<unknown>): Promise<boolean> {
  let isSettled = false
  entering.then(
    () => {
      isSettled = true
    },
    () => {},
  )
  await new Promise((resolve) => setImmediate(resolve))
  return isSettled
}

describe('Admission.enter', () => {
  it('lets large work wait for room, in the order of its coming', async () => {
    const admission = new Admission()
    const leave = await admission.enter(60 * MIB)
    const second = admission.enter(40 * MIB)
    const third = admission.enter(5 * MIB)
    expect(await isIn(second)).toBe(false)
    // It would fit, but whoever came before would then wait for ever.
    expect(await isIn(third)).toBe(false)
    leave()
    expect(await isIn(second)).toBe(true)
    expect(await isIn(third)).toBe(true)
  })

  it('never lets small work wait for large work', async () => {
    const admission = new Admission()
    await admission.enter(10_000 * MIB)
    const waiting = admission.enter(30 * MIB)
    expect(await isIn(waiting)).toBe(false)
    for (let i = 0; i < 4; i++) expect(await isIn(admission.enter(4 * MIB))).toBe(true)
    expect(await isIn(admission.enter(4 * MIB))).toBe(false)
  })

  it('lets what wants more than there is run alone', async () => {
    const admission = new Admission()
    const leave = await admission.enter(10_000 * MIB)
    const other = admission.enter(10_000 * MIB)
    expect(await isIn(other)).toBe(false)
    leave()
    leave()
    expect(await isIn(other)).toBe(true)
    expect(await isIn(admission.enter(5 * MIB))).toBe(false)
  })

  it('leaves the queue with the reason of an aborted signal, and lets those behind in', async () => {
    const admission = new Admission()
    await admission.enter(60 * MIB)
    const controller = new AbortController()
    const second = admission.enter(40 * MIB, controller.signal)
    const third = admission.enter(5 * MIB)
    expect(await isIn(third)).toBe(false)
    controller.abort(new Error('closed'))
    await expect(second).rejects.toThrow('closed')
    expect(await isIn(third)).toBe(true)
    await expect(admission.enter(1, controller.signal)).rejects.toThrow('closed')
  })
})

describe('Admission.stats', () => {
  it('counts what runs and what waits, small and large', async () => {
    const admission = new Admission()
    expect(admission.stats).toEqual({ running: 0, waiting: 0 })
    const leave = await admission.enter(60 * MIB)
    const controller = new AbortController()
    const second = admission.enter(40 * MIB, controller.signal)
    const third = admission.enter(5 * MIB)
    const leaveSmall = await admission.enter(MIB)
    expect(admission.stats).toEqual({ running: 2, waiting: 2 })
    leaveSmall()
    leaveSmall()
    controller.abort(new Error('closed'))
    await expect(second).rejects.toThrow('closed')
    expect(admission.stats).toEqual({ running: 2, waiting: 0 })
    leave()
    ;(await third)()
    expect(admission.stats).toEqual({ running: 0, waiting: 0 })
  })
})
