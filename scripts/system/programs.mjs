import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Folders that a bare shell or a desktop launcher may leave out of PATH: Debian's, Homebrew's, snap's. */
const USUAL_FOLDERS = [
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
  '/usr/sbin',
  '/opt/homebrew/bin',
  '/home/linuxbrew/.linuxbrew/bin',
  '/snap/bin',
]

const MAC_CHROMES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The path of a program, looked for in PATH and in the usual folders; null where it is not installed.
 * @param {string} name
 * @returns {string | null}
 */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...USUAL_FOLDERS]
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

/** @returns {string | null} the path of a redis-server; Valkey's speaks the same protocol */
export function findRedisServer() {
  return findProgram('redis-server') ?? findProgram('valkey-server')
}

/**
 * The path of a Chromium; `CHROMIUM_PATH` comes before all others.
 * @returns {string | null}
 */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH
  if (named) return isExecutable(named) ? named : null
  for (const name of ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']) {
    const path = findProgram(name)
    if (path) return path
  }
  return MAC_CHROMES.find(isExecutable) ?? null
}
