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

/**
 * Takes the death of the parent for a SIGTERM where npm runs this process: npm passes SIGTERM on to its shell only,
 * which dies of it and leaves this process behind.
 */
export function stopWithNpm() {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}
