import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isListening } from '../../scripts/system/children.mjs'
import { takeLock } from '../../scripts/system/lock.mjs'
import { ROOT, typescript } from '../../scripts/system/project.mjs'

const folder = mkdtempSync(join(tmpdir(), 'bitcohort-commands-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts a process that runs some lines of JavaScript, and waits for what it prints first. */
async function background(lines: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', lines], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const printed = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data))),
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return { child, printed: printed.trim(), ended }
}

describe('.ci/run', () => {
  /** Its exit code where npm test prints some lines and ends with a code. */
  function run(lines: readonly string[], code: number): number | null {
    const npm = join(folder, 'npm')
    const prints = lines.map((line) => `echo '${line}'`)
    writeFileSync(npm, ['#!/bin/sh', '[ "$1" = test ] || exit 99', ...prints, `exit ${code}`].join('\n'))
    chmodSync(npm, 0o755)
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    return spawnSync(join(ROOT, '.ci/run'), { env, stdio: 'ignore' }).status
  }

  it.each([
    ['all passed', ['x', '12 passed, 0 failed'], 0, 0],
    ['a failure', ['x', '12 passed, 1 failed'], 1, 1],
    ['a skip', ['12 passed, 0 failed, 1 skipped'], 0, 1],
    ['no last line', ['12 passed, 0 failed', 'something else'], 0, 1],
    ['nothing printed', [], 0, 1],
    ['no test', ['0 passed, 0 failed'], 0, 1],
    ['a failure that npm test does not tell by its code', ['12 passed, 1 failed'], 0, 1],
    ['a crash', ['12 passed, 0 failed'], 7, 7],
  ])('judges %s', (_, lines, code, expected) => {
    expect(run(lines, code)).toBe(expected)
  })
})

describe('npm start', () => {
  function start(env: Readonly<Record<string, string>>) {
    const { status, stderr } = spawnSync(process.execPath, [...typescript('scripts/start.ts'), '--check'], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    })
    return { status, stderr }
  }

  it.each([
    ['PORT', '70000', 'PORT expected an integer 1..65535, got "70000"\n'],
    ['REDIS_URL', 'http://redis', /^REDIS_URL expected .*\n$/],
    ['HOST', '0.0.0.0', /^HOST expected a loopback address .*\n$/],
    ['TRACK_HOURLY', 'yes', /^TRACK_HOURLY expected .*\n$/],
  ])('stops for a bad %s with one line', (name, value, line) => {
    const { status, stderr } = start({ [name]: value })
    expect(status).toBe(1)
    if (typeof line === 'string') expect(stderr).toBe(line)
    else expect(stderr).toMatch(line)
  })

  it('stops for a busy port with one line', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const child = spawn(process.execPath, [...typescript('scripts/start.ts'), '--check'], {
      env: { ...process.env, PORT: port },
    })
    let stderr = ''
    child.stderr.on('data', (data) => {
      stderr += data
    })
    const status = await new Promise((resolve) => child.once('close', resolve))
    server.close()
    expect(status).toBe(1)
    expect(stderr).toBe(
      `Port ${port} of 127.0.0.1 is in use: stop what listens there, or set PORT to another port.\n`,
    )
  })
})

describe('takeLock', () => {
  it('tells who holds it, and is free again once it is released', async () => {
    const path = join(folder, 'a.sock')
    const first = await takeLock(path, 'http://127.0.0.1:3000')
    expect(first).toMatchObject({ heldBy: null, stale: false })
    expect(await takeLock(path, 'second')).toEqual({ heldBy: 'http://127.0.0.1:3000' })
    if (first.heldBy === null) first.release()
    expect(await takeLock(path, 'third')).toMatchObject({ heldBy: null, stale: false })
  })

  it('is taken from a holder that was killed', async () => {
    const path = join(folder, 'b.sock')
    const { child, printed, ended } = await background(`
      import { takeLock } from './scripts/system/lock.mjs'
      await takeLock(${JSON.stringify(path)}, 'the killed one')
      setInterval(() => {}, 1000)
      console.log('held')`)
    expect(printed).toBe('held')
    expect(await takeLock(path, 'second')).toEqual({ heldBy: 'the killed one' })
    child.kill('SIGKILL')
    await ended
    expect(await takeLock(path, 'third')).toMatchObject({ heldBy: null, stale: true })
  })
})

describe('startRedis', () => {
  it('ends with the process that started it, even a killed one', async () => {
    const { child, printed, ended } = await background(`
      const { startRedis } = await import('./tests/fixtures/redis.ts')
      const { port } = await startRedis()
      setInterval(() => {}, 1000)
      console.log(port)`)
    const port = Number(printed)
    expect(await isListening(port)).toBe(true)
    child.kill('SIGKILL')
    await ended
    await expect.poll(() => isListening(port), { timeout: 10_000 }).toBe(false)
  })
})
