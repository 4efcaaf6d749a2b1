import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onStop } from '../system/cleanup.mjs'
import { startRedisServer } from '../system/redis.mjs'
import { StepFailed, step } from '../system/steps.mjs'

/** The server names it relative to its folder: an absolute path could be too long for a socket. */
const SOCKET = 'redis.sock'
const LEFTOVER_MS = 30_000

/**
 * Starts the demo's own Redis: a child of this process, on a free port of 127.0.0.1, its data kept in the project's
 * folder across runs.
 * @param {string} program path of redis-server
 * @param {object} options
 * @param {string} options.folder of its data
 * @param {(reason: Error) => void} options.onDeath called when it ends while nobody has asked it to
 * @returns {Promise<string>} its URL
 */
export function startDemoRedis(program, { folder, onDeath }) {
  return step('Starting Redis', async () => {
    mkdirSync(folder, { recursive: true })
    await leftoverEnded(folder)
    const settings = ['--appendonly', 'yes', '--save', '', '--unixsocket', SOCKET, '--unixsocketperm', '700']
    const server = await startRedisServer({ program, folder, settings }).catch((error) => {
      throw new StepFailed(`Redis could not be started on ${folder}: ${error.message}`)
    })
    let asked = false
    onStop(() => {
      asked = true
      return server.stop()
    })
    server.child.once('exit', () => {
      if (!asked) onDeath(new StepFailed('Redis has ended by itself.'))
    })
    return `redis://127.0.0.1:${server.port}`
  })
}

/**
 * Two servers must never write into one folder: the one that a killed demo left is asked to save and end.
 * @param {string} folder
 */
async function leftoverEnded(folder) {
  const end = Date.now() + LEFTOVER_MS
  while (await shutDown(join(folder, SOCKET))) {
    if (Date.now() > end)
      throw new StepFailed(
        `The Redis of an earlier demo still runs on ${folder} and does not end: stop it first.`,
      )
    await sleep(100)
  }
}

/**
 * @param {string} path
 * @returns {Promise<boolean>} whether a server was there to be asked
 */
function shutDown(path) {
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.write('SHUTDOWN\r\n'))
    socket.setTimeout(1000, () => socket.destroy())
    socket.once('error', () => resolve(false))
    socket.once('close', (failed) => resolve(!failed))
    socket.resume()
  })
}
