import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Bitmapist } from '../../lib/bitmapist'
import { decide, writeSample } from '../../scripts/sample/load'
import { markerKey, writeMarker } from '../../scripts/sample/marker'
import { simulate } from '../../scripts/sample/simulate'
import { ROOT, typescript } from '../../scripts/system/project.mjs'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const NOW = '2026-11-24T10:42:07.000Z'
const OPTIONS = { users: 300, weeks: 6, seed: 1, now: new Date(NOW) }
const FLAGS = ['--users', '300', '--weeks', '6', '--now', NOW]
const LOADED = `{"state":"loaded","now":"${NOW}","seed":1,"users":300,"weeks":6}`

let server: PrivateRedis
let folder: string

beforeAll(async () => {
  server = await startRedis()
  folder = await mkdtemp(join(tmpdir(), 'bitcohort-sample-'))
})
afterEach(() => server.client().flushall())
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

function run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [...typescript(file), ...args], {
      cwd: ROOT,
      env: { ...process.env, REDIS_URL: server.url, KEY_PREFIX: '', ...env },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
      })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

/** Every bitmap, by key. */
async function keys(): Promise<Record<string, string | undefined>> {
  const redis = server.client()
  const names = (await redis.keys('trackist_*')).sort()
  const pairs = names.map(async (name) => [name, (await redis.getBuffer(name))?.toString('hex')] as const)
  return Object.fromEntries(await Promise.all(pairs))
}

const target = () => ({ redis: server.client(), prefix: 'trackist_', maxUserId: 1000 })
const loadWhole = () => writeSample({ options: OPTIONS, target: target(), csv: null, report: () => {} })

describe('scripts/sample.ts', () => {
  it('loads the sample once, says so, and changes nothing when run again', async () => {
    const first = await run('scripts/sample.ts', FLAGS)
    expect(first.output).toContain(
      'Loading 300 simulated users who sign up over 6 weeks until 2026-11-24T10:42Z',
    )
    expect(first.code).toBe(0)
    expect(await server.client().get('bitcohort:{trackist_}:sample')).toBe(LOADED)
    const once = await keys()
    const again = await run('scripts/sample.ts', ['--users', '900'])
    expect(again.output).toContain('The sample is loaded under "trackist_": 300 simulated users')
    expect(again.code).toBe(0)
    expect(await keys()).toEqual(once)
    expect(Object.keys(once).length).toBeGreaterThan(200)
  })

  it('leaves a Redis with other data as it is', async () => {
    await server.client().setbit('trackist_mine_2020-1', 5, 1)
    const { code, output } = await run('scripts/sample.ts', FLAGS)
    expect(output).toBe('Redis already holds keys under "trackist_": nothing was changed.\n')
    expect(code).toBe(0)
    expect(await server.client().keys('*')).toEqual(['trackist_mine_2020-1'])
  })

  it('writes the log that Redis holds, whichever settings are asked for, and import reads it back', async () => {
    await loadWhole()
    const loaded = await keys()
    const path = join(folder, 'log.csv')
    await run('scripts/sample.ts', ['--csv', path])
    const text = await readFile(path, 'utf8')
    expect(text).toMatch(/^user_id,timestamp,event,attribute\n1,2026-10-19T\d\d:\d\d:\d\d\.\d{3}Z,signup,\n/)
    await server.client().flushall()
    const columns = ['--user', 'user_id', '--time', 'timestamp', '--event-column', 'event']
    const imported = await run('scripts/import.ts', [
      path,
      ...columns,
      '--attribute-column',
      'attribute',
      '--strict',
    ])
    expect(imported.code, imported.output).toBe(0)
    expect(await keys()).toEqual(loaded)
  })

  it('writes the log alone without any Redis', async () => {
    const path = join(folder, 'alone.csv')
    const args = [...FLAGS, '--csv', path, '--no-load']
    const { code, output } = await run('scripts/sample.ts', args, { REDIS_URL: 'redis://127.0.0.1:1' })
    expect(output).toMatch(/Wrote [\d,]+ marks to .*alone\.csv in/)
    expect(code).toBe(0)
    const marks = [...simulate(OPTIONS).days].flat().length
    const rows = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(rows.filter((row) => row.endsWith(','))).toHaveLength(marks)
  })

  it.each([
    [['--users', '0'], '--users expected an integer 1..10000000, got "0"'],
    [['--weeks', 'many'], '--weeks expected an integer 1..520, got "many"'],
    [['--now', 'noon'], '--now expected an ISO 8601 time'],
    [['--no-load'], '--no-load expected --csv FILE with it'],
    [['--user', '5'], "Unknown option '--user'"],
  ])('refuses %j with its usage', async (args, message) => {
    const { code, output } = await run('scripts/sample.ts', args)
    expect(output).toContain(message)
    expect(output).toContain('Usage: tsx scripts/sample.ts')
    expect(code).toBe(2)
  })

  it('says in one line that Redis does not answer', async () => {
    const { code, output } = await run('scripts/sample.ts', FLAGS, {
      REDIS_URL: 'redis://:secret@127.0.0.1:1',
    })
    expect(output).toBe('Redis does not answer at redis://:***@127.0.0.1:1: start it, or set REDIS_URL\n')
    expect(code).toBe(1)
  })
})

describe('decide', () => {
  it('finishes a load that was cut off, with the settings it began with', async () => {
    await loadWhole()
    const whole = await keys()
    await server.client().flushall()
    await writeMarker(server.client(), 'trackist_', { state: 'loading', options: OPTIONS })
    const [day] = simulate(OPTIONS).days
    await new Bitmapist({ redis: server.client() }).mark(day ?? [])
    const later = { ...OPTIONS, now: new Date('2026-12-01T00:00:00Z'), users: 999 }
    const decision = await decide(target(), later)
    expect(decision).toEqual({ what: 'finish', options: OPTIONS })
    await loadWhole()
    expect(await keys()).toEqual(whole)
    expect(await server.client().get(markerKey('trackist_'))).toBe(LOADED)
  })

  it('loads again where the keys were deleted, and counts no key of its own as data', async () => {
    await writeMarker(server.client(), '', { state: 'loaded', options: OPTIONS })
    const empty = { ...target(), prefix: '' }
    expect(await decide(empty, OPTIONS)).toEqual({ what: 'load', options: OPTIONS })
  })

  it('reads a prefix with glob characters as it stands', async () => {
    await server.client().setbit('aXb_active_2025-1', 1, 1)
    expect(await decide({ ...target(), prefix: 'a*b_' }, OPTIONS)).toEqual({ what: 'load', options: OPTIONS })
  })

  it('refuses a marker that it did not write', async () => {
    await server.client().set(markerKey('trackist_'), '{"state":"other"}')
    await expect(decide(target(), OPTIONS)).rejects.toThrow('bitcohort:{trackist_}:sample expected')
  })
})
