/** Finds or installs what the commands need. Only `node:` imports here: npm packages may be missing still. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onStop } from './cleanup.mjs'
import { findChromium, findProgram, findRedisServer } from './programs.mjs'
import { ROOT } from './project.mjs'
import { runOrFail, StepFailed, step } from './steps.mjs'

const OLDEST_NODE = [20, 9]

/** @throws StepFailed on a Node that is too old */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  throw new StepFailed(
    `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE.join('.')} or newer from https://nodejs.org`,
  )
}

/** Installs the npm packages where they are missing or not those of package-lock.json. */
export async function requirePackages() {
  if (packagesMatch()) return
  await step('Installing npm packages', (say) => {
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
    // Under npm, the very npm that runs; by itself, the one in PATH.
    const npm = process.env.npm_execpath
    const call = npm?.endsWith('.js')
      ? { program: process.execPath, args: [npm, ...args] }
      : { program: 'npm', args }
    return runOrFail('npm ci', call.program, call.args, { cwd: ROOT, say })
  })
}

/** Whether node_modules holds package-lock.json's packages; npm writes its record there last, once all are in place. */
function packagesMatch() {
  const wanted = lockedPackages(join(ROOT, 'package-lock.json'))
  const installed = lockedPackages(join(ROOT, 'node_modules', '.package-lock.json'))
  if (!wanted || !installed) return false
  const missing = Object.entries(wanted).some(
    ([path, { version, optional }]) =>
      path !== '' && installed[path]?.version !== version && !(optional && !installed[path]),
  )
  return !missing && Object.keys(installed).every((path) => wanted[path])
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }> | null}
 */
function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    // Not installed, or an installation that was cut off: either way it is made anew.
    return null
  }
}

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {() => string | null} find
 * @property {string} debian the package
 * @property {readonly string[]} homebrew arguments of `brew install`
 * @property {string} remedy
 */

/** @returns {Promise<string>} the path of redis-server */
export function requireRedis() {
  return requireProgram({
    name: 'redis-server',
    find: findRedisServer,
    debian: 'redis-server',
    homebrew: ['redis'],
    remedy:
      'install it with "sudo apt-get install redis-server" (Debian, Ubuntu) or "brew install redis" (macOS)',
  })
}

/** @returns {Promise<string>} the path of Chromium */
export function requireChromium() {
  const named = process.env.CHROMIUM_PATH
  if (named && !findChromium())
    throw new StepFailed(`CHROMIUM_PATH names no program that can be run: ${named}`)
  return requireProgram({
    name: 'chromium',
    find: findChromium,
    // Ubuntu's only Chromium is a snap, behind the package chromium-browser.
    debian: isUbuntu() ? 'chromium-browser' : 'chromium',
    homebrew: ['--cask', 'google-chrome'],
    remedy:
      'install it with "sudo apt-get install chromium" (Debian, Ubuntu) or "brew install --cask google-chrome" (macOS), or set CHROMIUM_PATH',
  })
}

function isUbuntu() {
  return existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

/** @param {Program} program */
async function requireProgram(program) {
  const found = program.find()
  if (found) return found
  const reason = await install(program)
  const installed = program.find()
  if (installed) return installed
  throw new StepFailed(
    `${program.name} is not installed${reason}: ${program.remedy}, then run this command again`,
  )
}

/**
 * @param {Program} program
 * @returns {Promise<string>} why it did not work, '' where it did or nothing could be tried
 */
async function install(program) {
  const aptGet = process.getuid?.() === 0 ? findProgram('apt-get') : null
  const brew = findProgram('brew')
  try {
    if (aptGet)
      await step(`Installing ${program.name} by apt-get`, (say) => installByApt(aptGet, program, say))
    else if (brew)
      await step(`Installing ${program.name} by Homebrew`, (say) =>
        runOrFail('brew install', brew, ['install', ...program.homebrew], { say }),
      )
    return ''
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    const lines = error.message.split('\n')
    return ` (${lines[0]} ${lines.at(-1)})`
  }
}

/**
 * @param {string} aptGet @param {Program} program @param {(note: string) => void} say
 */
async function installByApt(aptGet, { debian }, say) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const patient = ['-o', 'DPkg::Lock::Timeout=300', '-y', '-q']
  const release = keepServicesStopped()
  try {
    await runOrFail('apt-get update', aptGet, [...patient, 'update'], { env, say })
    const install = [...patient, 'install', '--no-install-recommends', debian]
    await runOrFail('apt-get install', aptGet, install, { env, say })
  } finally {
    release()
  }
}

/**
 * Debian's packages start their service when installed; a private server is all that is wanted here. Where the machine
 * has a policy of its own, that one holds.
 * @see https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
function keepServicesStopped() {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return () => {}
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' })
  const remove = () => rmSync(policy, { force: true })
  const forget = onStop(remove)
  return () => {
    forget()
    remove()
  }
}
