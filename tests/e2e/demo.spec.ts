import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { endChild, freePort, isListening } from '../../scripts/system/children.mjs'
import { ROOT } from '../../scripts/system/project.mjs'
import { startRedis } from '../fixtures/redis'

/** A demo in the foreground of nobody: what it prints, and how it ends. */
interface Demo {
  readonly process: ChildProcess
  output(): string
  /** Its exit code. */
  readonly ended: Promise<number | null>
}

const started: ChildProcess[] = []
const folders: string[] = []

function startDemo(env: Readonly<Record<string, string>>): Demo {
  const child = spawn(process.execPath, ['scripts/demo.mjs'], {
    cwd: ROOT,
    env: { ...process.env, REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { process: child, output: () => output, ended }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bitcohort-demo-'))
  folders.push(folder)
  return folder
}

test.afterEach(async () => {
  for (const child of started.splice(0)) await endChild(child, 20_000)
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const printed = (demo: Demo, text: string | RegExp, timeout = 120_000) =>
  expect.poll(demo.output, { timeout }).toMatch(text)

const redisPort = (demo: Demo) => Number(/redis:\/\/127\.0\.0\.1:(\d+)/.exec(demo.output())?.[1])

async function events(url: string): Promise<readonly string[]> {
  const { events } = await (await fetch(`${url}/api/v1/events`)).json()
  return events.map(({ name }: { name: string }) => name)
}

test('the demo serves the sample, keeps it, and ends all that it started', async () => {
  test.setTimeout(300_000)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { BITCOHORT_DATA: newFolder(), PORT: String(port) }

  const first = startDemo(env)
  await printed(first, `Bitcohort is at ${url}\n`)
  expect(first.output()).toMatch(/Loading 60,000 simulated users|Wrote [\d,]+ marks to Redis/)
  expect(await events(url)).toEqual(
    expect.arrayContaining(['active', 'signup', 'song:play', 'playlist:create']),
  )

  const second = startDemo({ ...env, PORT: String(await freePort()) })
  expect(await second.ended).toBe(1)
  expect(second.output()).toBe(`\nA demo runs in this folder already: open ${url}, or stop it first.\n`)

  first.process.kill('SIGINT')
  expect(await first.ended).toBe(0)
  expect([await isListening(port), await isListening(redisPort(first))]).toEqual([false, false])

  const again = startDemo(env)
  await printed(again, `Bitcohort is at ${url}\n`, 30_000)
  expect(again.output()).toContain('The sample is loaded under "trackist_": 60,000 simulated users')
  expect(again.output()).not.toContain('Loading 60,000')
  expect(await events(url)).toContain('signup')

  // What a killed demo leaves ends by itself, and does not stand in the way of the next one.
  again.process.kill('SIGKILL')
  const afterKill = startDemo(env)
  await printed(afterKill, `Bitcohort is at ${url}\n`, 60_000)
  expect(await events(url)).toContain('signup')
  await expect.poll(() => isListening(redisPort(again))).toBe(false)
  afterKill.process.kill('SIGTERM')
  expect(await afterKill.ended).toBe(0)
  expect([await isListening(port), await isListening(redisPort(afterKill))]).toEqual([false, false])
})

test('with REDIS_URL the demo starts no Redis, and leaves data that is there alone', async () => {
  test.setTimeout(120_000)
  const redis = await startRedis()
  try {
    const client = redis.client()
    await client.setbit('trackist_mine_2026-1', 7, 1)
    const port = await freePort()
    const data = newFolder()
    const demo = startDemo({ BITCOHORT_DATA: data, PORT: String(port), REDIS_URL: redis.url })
    await printed(demo, `Bitcohort is at http://127.0.0.1:${port}\n`)
    expect(demo.output()).toContain('Redis already holds keys under "trackist_": nothing was changed.')
    expect(await events(`http://127.0.0.1:${port}`)).toEqual(['mine'])
    expect(existsSync(join(data, 'redis'))).toBe(false)
    demo.process.kill('SIGINT')
    expect(await demo.ended).toBe(0)
    expect(await client.getbit('trackist_mine_2026-1', 7)).toBe(1)
  } finally {
    await redis.stop()
  }
})

test('a busy port, a bad variable and a Redis that is not there are told in one line', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const busy = typeof address === 'object' && address ? String(address.port) : ''
  const cases = [
    [
      { PORT: busy },
      `Port ${busy} of 127.0.0.1 is in use: stop what listens there, or set PORT to another port.`,
    ],
    [{ PORT: 'x' }, 'PORT expected an integer 1..65535, got "x"'],
    [{ HOST: '0.0.0.0' }, /^HOST expected a loopback address.*$/m],
    [{ REDIS_URL: 'redis://127.0.0.1:1' }, /^Redis does not answer at redis:\/\/127\.0\.0\.1:1.*$/m],
  ] as const
  try {
    for (const [env, line] of cases) {
      const demo = startDemo({ BITCOHORT_DATA: newFolder(), PORT: String(await freePort()), ...env })
      expect(await demo.ended).toBe(1)
      expect(demo.output().trim().split('\n').at(-1)).toMatch(line)
    }
  } finally {
    server.close()
  }
})
