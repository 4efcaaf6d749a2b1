import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestSignal, watchRequests } from './request'

const signals: (AbortSignal | undefined)[] = []
/** Answers `/whole` at once, and nothing else. */
const server = createServer(async (request, response) => {
  await turn()
  signals.push(requestSignal())
  if (request.url === '/whole') response.end()
  server.emit('asked')
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

function ask(path: string) {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const asked = get({ host: '127.0.0.1', port, path })
  asked.on('error', () => {})
  return asked
}

describe('requestSignal', () => {
  it('is not there where requests are not watched', () => {
    expect(requestSignal()).toBeUndefined()
  })

  it('ends what a request began once its connection is closed, and then only', async () => {
    watchRequests()
    watchRequests()
    const whole = ask('/whole')
    const [answer]: IncomingMessage[] = await once(whole, 'response')
    answer?.resume()
    const asked = once(server, 'asked')
    const left = ask('/never')
    await asked
    const [first, second] = signals
    expect([first?.aborted, second?.aborted]).toEqual([false, false])
    left.destroy()
    await expect.poll(() => second?.aborted).toBe(true)
    expect(first?.aborted).toBe(false)
    expect(requestSignal()).toBeUndefined()
  })

  it('has ended already where the connection was closed before it was asked for', async () => {
    watchRequests()
    let late: AbortSignal | undefined
    const slow = createServer(async (_, response) => {
      if (!response.closed) await once(response, 'close')
      late = requestSignal()
    })
    slow.listen(0, '127.0.0.1')
    await once(slow, 'listening')
    const address = slow.address()
    const began = once(slow, 'request')
    const asked = get({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 })
    asked.on('error', () => {})
    await began
    asked.destroy()
    await expect.poll(() => late?.aborted).toBe(true)
    slow.close()
  })
})
