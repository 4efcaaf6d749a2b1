import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A port of 127.0.0.1 that nobody listens on now. Somebody else may take it before it is used: be ready to retry.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/**
 * Whether anybody listens on a port.
 * @param {number} port @param {string} [host]
 * @returns {Promise<boolean>}
 */
export function isListening(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1000 })
    const answer = (/** @type {boolean} */ listens) => {
      socket.destroy()
      resolve(listens)
    }
    socket.once('connect', () => answer(true))
    socket.once('timeout', () => answer(false))
    socket.once('error', () => answer(false))
  })
}

/**
 * Ends a process when this one dies, even by SIGKILL: a shell waits for the end of a pipe that only this process
 * holds open. Call the returned function once the process has ended by itself.
 * @param {number} pid
 * @param {'TERM' | 'KILL'} signal
 * @returns {() => void}
 */
export function endWithParent(pid, signal) {
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -"$1" "$0" 2>/dev/null', String(pid), signal], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own, so that Ctrl-C in a terminal does not end the guard before its work.
    detached: true,
  })
  guard.on('error', () => {})
  guard.stdin?.on('error', () => {})
  guard.unref()
  guard.stdin?.unref?.()
  return () => guard.kill('SIGKILL')
}

/**
 * Asks a child to end, and after `patienceMs` makes it.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} patienceMs
 * @param {NodeJS.Signals} [signal]
 */
export async function endChild(child, patienceMs, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const patience = new AbortController()
  const late = sleep(patienceMs, 'late', { signal: patience.signal }).catch(() => 'ended')
  if ((await Promise.race([ended, late])) === 'late') {
    child.kill('SIGKILL')
    await ended
  }
  patience.abort()
}
