/** `npm test`: installs what is missing, then runs every check. Only `node:` imports: npm packages may be missing. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from './system/build.mjs'
import { endChild } from './system/children.mjs'
import { onStop, stopAll, stopOnSignals, stopRequested, stopWithNpm } from './system/cleanup.mjs'
import { ROOT, tool } from './system/project.mjs'
import { requireChromium, requireNode, requirePackages, requireRedis } from './system/requirements.mjs'
import { StepFailed } from './system/steps.mjs'
import { addTallies, FAILED, PASSED, readPlaywright, readVitest, tallyLine } from './system/tally.mjs'

/** Tests start what they need and say where it is: the caller's own Redis and settings are none of their business. */
const OWN_SETTINGS = [
  'REDIS_URL',
  'REDIS_CLUSTER',
  'PORT',
  'HOST',
  'KEY_PREFIX',
  'TIME_ZONE',
  'TRACK_HOURLY',
  'TRACK_UNIQUE',
  'ID_MODE',
  'MAX_USER_ID',
  'SESSION_SECRET',
  'AUTH',
  'CACHE_MB',
  'LOG_LEVEL',
  'NODE_ENV',
  'NODE_OPTIONS',
]

/**
 * Runs a tool in the foreground.
 * @param {string} title @param {readonly string[]} args of node @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} its exit code
 */
function show(title, args, env) {
  console.log(`\n== ${title}`)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    })
    const forget = onStop(() => endChild(child, 10_000))
    child.once('error', () => resolve(127))
    child.once('exit', (code) => {
      forget()
      // After Ctrl-C no further step begins.
      if (!stopRequested()) resolve(code ?? 1)
    })
  })
}

/** @param {string} title @param {readonly string[]} args */
async function check(title, args) {
  return (await show(title, args)) === 0 ? PASSED : FAILED
}

async function build() {
  console.log('\n== Build')
  try {
    await buildApp()
    return PASSED
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    console.error(error.message)
    return FAILED
  }
}

/** @param {string} folder for the reports */
async function runAll(folder) {
  const tallies = [await check('Lint (Biome)', [tool('biome'), 'check', '--error-on-warnings', '.'])]
  // Before the type check, which reads the route types that a build writes.
  const built = await build()
  tallies.push(built)
  tallies.push(await check('Type check', [tool('tsc'), '--noEmit']))

  const unit = join(folder, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${unit}`]
  const unitCode = await show('Unit and integration tests', [tool('vitest'), 'run', ...reporters])
  tallies.push(readVitest(unit, unitCode))

  if (built === FAILED) {
    console.error('\n== End-to-end tests: not run, there is no build')
    tallies.push(FAILED)
  } else {
    const browser = join(folder, 'playwright.json')
    const code = await show(
      'End-to-end tests (Chromium)',
      [tool('playwright'), 'test', '--reporter=list,json'],
      {
        PLAYWRIGHT_JSON_OUTPUT_FILE: browser,
      },
    )
    tallies.push(readPlaywright(browser, code))
  }
  return addTallies(tallies)
}

async function main() {
  requireNode()
  await requirePackages()
  await requireRedis()
  process.env.CHROMIUM_PATH = await requireChromium()
  const folder = mkdtempSync(join(tmpdir(), 'bitcohort-test-'))
  onStop(() => rmSync(folder, { recursive: true, force: true }))
  return runAll(folder)
}

for (const name of OWN_SETTINGS) delete process.env[name]
stopWithNpm()
stopOnSignals((signal) => {
  console.error(`\nStopped by ${signal}.`)
  return 130
})
let tally = FAILED
try {
  tally = await main()
} catch (error) {
  console.error(error instanceof StepFailed ? error.message : error)
}
await stopAll()
console.log(`\n${tallyLine(tally)}`)
process.exit(tally.failed > 0 ? 1 : 0)
