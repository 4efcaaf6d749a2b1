import { spawn } from 'node:child_process'
import { endChild } from './children.mjs'
import { onStop, stopRequested } from './cleanup.mjs'

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
/** Shorter steps are not worth a word before they are done. */
const QUIET_MS = 700
const FRAME_MS = 120
/** How often a step says that it still runs where lines cannot be drawn over. */
const LINE_MS = 5000

/** A step that failed with something to tell the user: the message is all that is printed. */
export class StepFailed extends Error {}

/**
 * Runs one step of a command and shows it: its title, the seconds, and what `say` was last given; at its end, a text
 * that it returns.
 * @template T
 * @param {string} title such as 'Installing npm packages'
 * @param {(say: (note: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const begun = Date.now()
  let note = ''
  const timer = showProgress(title, begun, () => note)
  try {
    const result = await work((text) => {
      note = text
    })
    timer.end(`✓ ${title}${seconds(begun)}${typeof result === 'string' ? `  ${result}` : ''}`)
    return result
  } catch (error) {
    timer.end(`✗ ${title}${seconds(begun)}`)
    throw error
  }
}

/** @param {number} begun */
function seconds(begun) {
  const passed = Math.round((Date.now() - begun) / 1000)
  return passed < 2 ? '' : `  ${passed} s`
}

/**
 * @param {string} title @param {number} begun @param {() => string} note
 */
function showProgress(title, begun, note) {
  const terminal = process.stdout.isTTY
  let frame = 0
  let said = 0
  const draw = () => {
    const passed = Date.now() - begun
    if (passed < QUIET_MS || stopRequested()) return
    if (terminal) {
      const line = `${SPINNER[frame++ % SPINNER.length]} ${title}${seconds(begun)}  ${note()}`
      process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`)
    } else if (said === 0 || passed - said >= LINE_MS) {
      said = passed
      process.stdout.write(`… ${title}${seconds(begun)}${note() ? `  ${note()}` : ''}\n`)
    }
  }
  const timer = setInterval(draw, FRAME_MS)
  return {
    end(/** @type {string} */ line) {
      clearInterval(timer)
      process.stdout.write(`${terminal ? '\r\x1b[K' : ''}${line}\n`)
    },
  }
}

/**
 * Runs a program to its end without showing what it prints, but for its last line.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.cwd]
 * @param {(note: string) => void} [options.say] told the last line printed
 * @returns {Promise<{ code: number, output: string }>} 127 where the program could not be started; stays open for ever
 *   once a signal has asked this process to end, so that no further step begins
 */
export function run(program, args, { env, cwd, say } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const forget = onStop(() => endChild(child, 5000))
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
        output = (output + chunk).slice(-200_000)
        say?.(lastLine(output))
      })
    child.once('error', (error) => {
      forget()
      resolve({ code: 127, output: error.message })
    })
    child.once('close', (code) => {
      forget()
      if (!stopRequested()) resolve({ code: code ?? 1, output })
    })
  })
}

/**
 * As `run`, but a failure ends the step with what the program printed last.
 * @param {string} what names the program's work in the message: 'npm ci'
 * @param {Parameters<typeof run>} call
 */
export async function runOrFail(what, ...call) {
  const { code, output } = await run(...call)
  if (code !== 0)
    throw new StepFailed(
      `${what} failed (exit code ${code}):\n${output.trim().split('\n').slice(-100).join('\n')}`,
    )
}

/** @param {string} text */
function lastLine(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note is plain text, colours would leak into the line
  const lines = text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').split(/[\r\n]+/)
  return (lines.reverse().find((line) => line.trim() !== '') ?? '').trim()
}
