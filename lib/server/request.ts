import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import { ServerResponse } from 'node:http'

const KEY = Symbol.for('bitcohort:request')
const holder: typeof globalThis & { [KEY]?: AsyncLocalStorage<ServerResponse> } = globalThis

/**
 * From now on whatever runs for a request of this process knows its answer. Next hands a signal to route handlers only:
 * React's `cacheSignal` does not tell a page that the browser left while it loads, for its stream is read twice.
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
export function watchRequests(): void {
  if (holder[KEY]) return
  const store = new AsyncLocalStorage<ServerResponse>()
  holder[KEY] = store
  subscribe('http.server.request.start', (message) => {
    if (typeof message !== 'object' || message === null || !('response' in message)) return
    if (message.response instanceof ServerResponse) store.enterWith(message.response)
  })
}

/** Ends what a page does once its reader has left; undefined where no request is watched. */
export function requestSignal(): AbortSignal | undefined {
  const response = holder[KEY]?.getStore()
  if (response === undefined) return undefined
  const controller = new AbortController()
  const close = () => {
    if (!response.writableFinished) controller.abort()
  }
  if (response.closed) close()
  else response.once('close', close)
  return controller.signal
}
