/** What must be ended when this process ends, the latest last. */
/** @type {(() => unknown)[]} */
const stops = []
let stopping = /** @type {Promise<void> | null} */ (null)

/**
 * Remembers how to end something that was started.
 * @param {() => unknown} stop
 * @returns {() => void} forgets it, once it has ended by itself
 */
export function onStop(stop) {
  stops.push(stop)
  return () => {
    const at = stops.lastIndexOf(stop)
    if (at >= 0) stops.splice(at, 1)
  }
}

/** Ends everything, the latest first, each before the next; a second call waits for the first. */
export function stopAll() {
  stopping ??= (async () => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) {
      try {
        await stop()
      } catch (error) {
        process.stderr.write(`Could not end everything: ${error instanceof Error ? error.message : error}\n`)
      }
    }
    stopping = null
  })()
  return stopping
}

let signalled = false

/** Whether a signal has asked this process to end: nothing new is begun from now on. */
export function stopRequested() {
  return signalled
}

/**
 * Ctrl-C and SIGTERM end everything in order, then this process. npm passes Ctrl-C on although the terminal has
 * sent it already, so a second signal is no wish to hurry.
 * @param {(signal: NodeJS.Signals) => number} begin says that the end begins; returns the exit code
 */
export function stopOnSignals(begin) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, async () => {
      if (signalled) return
      signalled = true
      const code = begin(signal)
      await stopAll()
      process.exit(code)
    })
}
