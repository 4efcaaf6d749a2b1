import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { endChild, endWithParent, freePort } from './children.mjs'

const READY_MS = 60_000
/** Another program may take the free port first: so often is a new one tried. */
const PORT_ATTEMPTS = 5

/**
 * @typedef {object} RedisServer
 * @property {number} pid
 * @property {number} port
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => Promise<void>} stop saves as configured, then ends
 */

/**
 * Starts a redis-server as a child, bound to 127.0.0.1, and waits until it answers. It ends with this process,
 * however this process ends; Ctrl-C in the terminal does not reach it, so the caller decides the order.
 * @param {object} options
 * @param {string} options.program path of redis-server
 * @param {string} options.folder where it keeps its data
 * @param {number} [options.port] a free one unless given
 * @param {readonly string[]} [options.settings] such as ['--appendonly', 'yes']
 * @returns {Promise<RedisServer>}
 */
export async function startRedisServer(options) {
  const attempts = options.port === undefined ? PORT_ATTEMPTS : 1
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    try {
      return await startOnPort(port, options)
    } catch (error) {
      if (attempt >= attempts || !/address already in use/i.test(String(error))) throw error
    }
  }
}

/**
 * @param {number} port
 * @param {{ program: string, folder: string, settings?: readonly string[] }} options
 * @returns {Promise<RedisServer>}
 */
async function startOnPort(port, { program, folder, settings = [] }) {
  const address = ['--bind', '127.0.0.1', '--port', String(port), '--protected-mode', 'yes']
  const child = spawn(program, [...address, '--dir', folder, '--daemonize', 'no', ...settings], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const log = keepLog(child)
  const failed = new Promise((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`redis-server ended at its start (${signal ?? code}): ${log.tail()}`)),
    )
  })
  failed.catch(() => {})
  const release = child.pid === undefined ? () => {} : endWithParent(child.pid, 'TERM')
  child.once('exit', release)
  const kill = () => child.kill('SIGTERM')
  process.once('exit', kill)
  child.once('exit', () => process.removeListener('exit', kill))
  try {
    await Promise.race([waitForPong(port), failed])
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  // A server that nobody stops must not keep its parent from ending.
  child.unref()
  return {
    pid: child.pid ?? 0,
    port,
    child,
    stop: () => endChild(child, 30_000),
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function keepLog(child) {
  let kept = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk) => {
      kept = (kept + chunk).slice(-4000)
    })
    stream?.unref?.()
  }
  return { tail: () => kept.trim().split('\n').slice(-3).join(' / ') }
}

/** @param {number} port */
async function waitForPong(port) {
  const end = Date.now() + READY_MS
  for (;;) {
    if ((await ping(port)).startsWith('+PONG')) return
    if (Date.now() > end)
      throw new Error(`redis-server on port ${port} did not answer within ${READY_MS / 1000} s`)
    await sleep(20)
  }
}

/**
 * The reply to an inline PING, '' where there is none.
 * @param {number} port
 * @returns {Promise<string>}
 */
function ping(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 })
    const answer = (/** @type {string} */ text) => {
      socket.destroy()
      resolve(text)
    }
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (chunk) => answer(chunk.toString('latin1')))
    socket.once('timeout', () => answer(''))
    socket.once('error', () => answer(''))
    socket.once('close', () => answer(''))
  })
}
