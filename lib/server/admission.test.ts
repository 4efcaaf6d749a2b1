import { describe, expect, it } from 'vitest'
import { ReportAdmission } from './admission'

function hanging() {
  let resolve = (_: string) => {}
  let reject = (_: Error) => {}
  const promise = new Promise<string>((...both) => {
    ;[resolve, reject] = both
  })
  return { run: () => promise, resolve, reject }
}

const tooMany = expect.objectContaining({
  code: 'TOO_MANY_REPORTS',
  message:
    '2 reports are under way, which is the most; try again in a second, and ask for fewer reports at once',
})

describe('ReportAdmission', () => {
  it('refuses what is more than its limit, and admits again once a report ended, well or not', async () => {
    const admission = new ReportAdmission(2)
    const [first, second] = [hanging(), hanging()]
    const reports = [admission.run(first.run), admission.run(second.run)]
    await expect(admission.run(async () => 'third')).rejects.toEqual(tooMany)
    expect(admission.stats).toEqual({ running: 2, refused: 1 })
    first.resolve('first')
    expect(await reports[0]).toBe('first')
    expect(await admission.run(async () => 'fourth')).toBe('fourth')
    second.reject(new Error('second'))
    await expect(reports[1]).rejects.toThrow('second')
    expect(admission.stats).toEqual({ running: 0, refused: 1 })
  })

  it('counts a stream until its end, and until it is given up', async () => {
    const admission = new ReportAdmission(2)
    async function* parts() {
      yield 1
      yield 2
    }
    const streams = [admission.stream(parts()), admission.stream(parts())]
    for (const stream of streams) expect((await stream.next()).value).toBe(1)
    expect(admission.stats.running).toBe(2)
    await expect(admission.stream(parts()).next()).rejects.toEqual(tooMany)
    await streams[0]?.return(undefined)
    expect(admission.stats.running).toBe(1)
    expect(await streams[1]?.next()).toEqual({ done: false, value: 2 })
    expect((await streams[1]?.next())?.done).toBe(true)
    expect(admission.stats.running).toBe(0)
  })
})
