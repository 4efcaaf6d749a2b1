import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'

/**
 * Takes a lock that the kernel itself gives back when its holder dies: a listening socket in the file system.
 * @param {string} path of the socket; relative where it could be long (107 bytes is all that a socket's path may have)
 * @param {string} message told to whoever comes second
 * @returns {Promise<{ heldBy: string } | { heldBy: null, stale: boolean, release: () => void }>} `heldBy` is the
 *   holder's message; `stale`: an earlier holder was killed
 */
export async function takeLock(path, message) {
  let stale = false
  for (;;) {
    const release = await listen(path, message)
    if (release) return { heldBy: null, stale, release }
    const answer = await ask(path)
    if (answer !== null) return { heldBy: answer }
    stale = true
    rmSync(path, { force: true })
  }
}

/**
 * @param {string} path @param {string} message
 * @returns {Promise<(() => void) | null>} null where the socket's file is there already
 */
function listen(path, message) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(message))
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') resolve(null)
      else reject(error)
    })
    server.listen(path, () => {
      server.unref()
      resolve(() => server.close())
    })
  })
}

/**
 * What a process says that listens on a socket in the file system; null where nobody listens.
 * @param {string} path
 * @returns {Promise<string | null>}
 */
export function ask(path) {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(path)
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      heard += chunk
    })
    socket.once('end', () => resolve(heard))
    socket.once('error', () => resolve(null))
  })
}
