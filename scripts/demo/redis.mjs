import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { onStop } from '../system/cleanup.mjs'
import { startRedisServer } from '../system/redis.mjs'
import { StepFailed, step } from '../system/steps.mjs'

const FOLDER = '.data/redis'
/** Relative to the project's folder: an absolute path could be too long for a socket. */
const SOCKET = `${FOLDER}/redis.sock`
const LEFTOVER_MS = 30_000

/**
 * Starts the demo's own Redis: a child of this process, on a free port of 127.0.0.1, its data kept in the project's
 * folder across runs.
 * @param {string} program path of redis-server
 * @param {(reason: string) => void} onDeath called when it ends while nobody has asked it to
 * @returns {Promise<string>} its URL
 */
export function startDemoRedis(program, onDeath) {
  return step('Starting Redis', async () => {
    mkdirSync(FOLDER, { recursive: true })
    await leftoverEnded()
    const settings = [
      '--appendonly',
      'yes',
      '--save',
      '',
      '--unixsocket',
      'redis.sock',
      '--unixsocketperm',
      '700',
    ]
    const server = await startRedisServer({ program, folder: FOLDER, settings }).catch((error) => {
      throw new StepFailed(`Redis could not be started on ${FOLDER}: ${error.message}`)
    })
    let asked = false
    onStop(() => {
      asked = true
      return server.stop()
    })
    server.child.once('exit', () => {
      if (!asked) onDeath('Redis has ended by itself.')
    })
    return `redis://127.0.0.1:${server.port}`
  })
}

/** Two servers must never write into one folder: the one that a killed demo left is asked to save and end. */
async function leftoverEnded() {
  const end = Date.now() + LEFTOVER_MS
  while (await shutDown(SOCKET)) {
    if (Date.now() > end)
      throw new StepFailed(
        `The Redis of an earlier demo still runs on ${FOLDER} and does not end: stop it first.`,
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
    const socket = connect(path, () => socket.write('SHUTDOWN SAVE\r\n'))
    socket.setTimeout(1000, () => socket.destroy())
    socket.once('error', () => resolve(false))
    socket.once('close', (failed) => resolve(!failed))
    socket.resume()
  })
}
