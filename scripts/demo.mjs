/** `npm run demo`: from a bare machine to a page with data. Only `node:` imports: npm packages may be missing. */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDemoRedis } from './demo/redis.mjs'
import { buildApp } from './system/build.mjs'
import { endChild, endWithParent, isListening } from './system/children.mjs'
import { onStop, stopAll, stopOnSignals, stopRequested, stopWithNpm } from './system/cleanup.mjs'
import { takeLock } from './system/lock.mjs'
import { ROOT, typescript } from './system/project.mjs'
import { requireNode, requirePackages, requireRedis } from './system/requirements.mjs'
import { run, StepFailed, step } from './system/steps.mjs'

const READY_MS = 60_000
/** What a demo that was killed has left running ends within this time by itself. */
const LEFTOVER_MS = 10_000
const SAMPLE_USERS = 60_000

/** Where the demo keeps its data; relative to the project's folder unless it says otherwise. */
const DATA = process.env.BITCOHORT_DATA || '.data'

const host = process.env.HOST || '127.0.0.1'
const port = Number(process.env.PORT || 3000)
const address = `http://${host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host}:${port}`

async function main() {
  requireNode()
  // Paths of sockets below are relative to it.
  process.chdir(ROOT)
  mkdirSync(DATA, { recursive: true })
  onStop(() => stopRequested() && console.log(`Stopped; the data is kept in ${DATA}.`))
  const lock = await takeLock(join(DATA, 'demo.sock'), address)
  if (lock.heldBy !== null)
    throw new StepFailed(`A demo runs in this folder already: open ${lock.heldBy}, or stop it first.`)
  onStop(lock.release)

  await requirePackages()
  if (lock.stale) await leftoversEnded()
  await checkConfiguration()
  if (!process.env.REDIS_URL)
    process.env.REDIS_URL = await startDemoRedis(await requireRedis(), {
      folder: join(DATA, 'redis'),
      onDeath: failed,
    })
  await loadSample()
  await buildApp()
  await serve()
  console.log(`\nBitcohort is at ${address}\nIt runs until you press Ctrl-C.\n`)
}

async function leftoversEnded() {
  const end = Date.now() + LEFTOVER_MS
  while (Date.now() < end && (await isListening(port, host))) await sleep(100)
}

/** A bad variable or a busy port is told before the long steps, in the words of npm start. */
async function checkConfiguration() {
  const { code, output } = await run(process.execPath, [...typescript('scripts/start.ts'), '--check'])
  if (code !== 0) throw new StepFailed(output.trim())
}

/** Leaves a Redis with data as it is, and finishes a load that was cut off. */
function loadSample() {
  return step('Sample data', async (say) => {
    const args = [...typescript('scripts/sample.ts'), '--users', String(SAMPLE_USERS)]
    const { code, output } = await run(process.execPath, args, { say })
    if (code !== 0) throw new StepFailed(output.trim())
    return output.trim().split('\n').at(-1)
  })
}

function serve() {
  return step('Starting the server', async () => {
    const server = spawn(process.execPath, typescript('scripts/start.ts'), {
      env: { ...process.env, LOG_LEVEL: process.env.LOG_LEVEL || 'warn' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C in the terminal does not reach it: it ends when it is told, before Redis.
      detached: true,
    })
    if (server.pid !== undefined) server.once('exit', endWithParent(server.pid, 'TERM'))
    onStop(() => endChild(server, 10_000))
    let output = ''
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk
    }
    server.stdout.on('data', keep)
    server.stderr.on('data', keep)
    const end = Date.now() + READY_MS
    while (!(await isHealthy())) {
      if (server.exitCode !== null || server.signalCode !== null || Date.now() > end)
        throw new StepFailed(output.trim() || `The server did not answer at ${address}.`)
      await sleep(100)
    }
    server.stdout.off('data', keep).pipe(process.stdout)
    server.stderr.off('data', keep).pipe(process.stderr)
    server.once('exit', () => failed(new StepFailed('The server has ended by itself.')))
  })
}

async function isHealthy() {
  try {
    return (await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    // Refused: not up yet.
    return false
  }
}

/** @param {unknown} error */
async function failed(error) {
  if (stopRequested()) return
  console.error(error instanceof StepFailed ? `\n${error.message}` : error)
  await stopAll()
  process.exit(1)
}

stopWithNpm()
stopOnSignals(() => {
  console.log('\nStopping …')
  return 0
})
main().catch(failed)
