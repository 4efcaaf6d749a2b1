/** `npm start`: serves the built app with the configuration of the environment, checked before anything starts. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { checkData } from '../lib/server/check-data'
import { type Config, readConfig } from '../lib/server/config'
import { endWithParent, isListening } from './system/children.mjs'
import { stopWithNpm } from './system/cleanup.mjs'
import { BUILD_ID, ROOT, tool } from './system/project.mjs'

function refuse(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}

function configuration(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function serve(host: string, port: number): void {
  const server = spawn(process.execPath, [tool('next'), 'start', '-H', host, '-p', String(port)], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: 'inherit',
  })
  if (server.pid !== undefined) server.once('exit', endWithParent(server.pid, 'TERM'))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal))
  server.once('error', (error) => refuse(`Cannot start the server: ${error.message}`))
  server.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)))
}

const config = configuration()
const { host, port } = config
if (await isListening(port, host))
  refuse(`Port ${port} of ${host} is in use: stop what listens there, or set PORT to another port.`)
// With --check the configuration is all that is looked at.
if (!process.argv.includes('--check')) {
  if (!existsSync(BUILD_ID))
    refuse('There is no build to serve: run "npm run build" first, or "npm run demo".')
  const problem = await checkData(config)
  if (problem !== null) refuse(problem)
  stopWithNpm()
  serve(host, port)
}
