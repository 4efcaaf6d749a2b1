import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dump, type ImportRun, startImport } from '../fixtures/import'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

const ROWS = 200_000
let redis: PrivateRedis
const folder = mkdtempSync(join(tmpdir(), 'bitcohort-import-resume-'))
const CSV = join(folder, 'large.csv')
const GZIP = join(folder, 'large.csv.gz')
const NDJSON = join(folder, 'large.ndjson')
const REJECTED = join(folder, 'rejected.csv')

beforeAll(async () => {
  const rows = Array.from({ length: ROWS }, (_, i) => rowOf(i))
  const csv = ['user_id,note,timestamp,event', ...rows.map((row) => Object.values(row).join(','))].join('\n')
  writeFileSync(CSV, csv)
  writeFileSync(GZIP, gzipSync(csv, { level: 1 }))
  writeFileSync(NDJSON, rows.map((row) => JSON.stringify(row)).join('\n'))
  redis = await startRedis()
})
beforeEach(() => redis.client().flushall())
afterAll(async () => {
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Every thousandth is bad, every hundredth has a line break in its note. */
function rowOf(i: number) {
  const user = i % 1000 === 999 ? 'nobody' : String((i * 7919) % 100_003)
  const time = new Date(Date.UTC(2025, 0, 6) + i * 7000).toISOString()
  const note = i % 100 === 0 ? '"a, é\n""b"""' : 'é'
  return { user, note, time, event: `e${i % 3}` }
}

const start = (...args: readonly string[]) => startImport(args, { env: { REDIS_URL: redis.url } })

const notes = () => redis.client().keys('bitcohort:*:import:*')

/** Starts an import; resolves when something of it is in Redis and noted. */
async function startUntilNoted(...args: readonly string[]): Promise<ImportRun> {
  const run = start(...args)
  while ((await notes()).length === 0) await sleep(5)
  return run
}

async function cutOff(...args: readonly string[]): Promise<void> {
  const run = await startUntilNoted(...args)
  run.kill('SIGKILL')
  expect(await run.outcome).toMatchObject({ code: null, out: '' })
  expect(await notes()).toHaveLength(1)
}

const told = (out: string) => out.replace(/ {2}in .*rows\/s/, '').split('\n')

describe('npm run import, cut off by kill -9', () => {
  it.each([
    ['a CSV', [CSV]],
    ['a compressed CSV', [GZIP]],
    ['NDJSON', [NDJSON]],
  ])('goes on in %s and leaves the bytes of an import that was not', async (_, files) => {
    const args = [...files, '--rejected', REJECTED]
    const whole = await start(...args).outcome
    const bytes = await dump(redis.client())
    const rejected = readFileSync(REJECTED, 'utf8')
    await redis.client().flushall()
    await cutOff(...args)
    // What was written after the note, by a run that got further.
    appendFileSync(REJECTED, 'left,over')
    const rest = await start(...args).outcome
    expect(rest.err).toMatch(
      /Going on after line [1-9]\d+ of .*: [1-9][\d,]+ rows were read before; --restart begins again\n/,
    )
    expect(rest.code).toBe(0)
    expect(await dump(redis.client())).toEqual(bytes)
    expect(readFileSync(REJECTED, 'utf8')).toBe(rejected)
    const [rows, ...others] = told(rest.out)
    expect(rows).toMatch(/^Rows read {2}200,000, [1-9][\d,]+ of them in earlier runs$/)
    expect(['Rows read  200,000', ...others]).toEqual(told(whole.out))
    expect(others.slice(0, 2)).toEqual(['Marked     199,800', 'Rejected       200:'])
  })

  it('goes on in the second of two files', async () => {
    const small = join(folder, 'small.csv')
    writeFileSync(small, 'uid,ts,event\n5,2025-01-06,e\n')
    const whole = [small, CSV]
    await start(...whole).outcome
    const bytes = await dump(redis.client())
    await redis.client().flushall()
    await cutOff(...whole)
    const { err } = await start(...whole).outcome
    expect(err).toContain(` of ${CSV}: `)
    expect(await dump(redis.client())).toEqual(bytes)
  })

  it('begins again with --restart, other arguments, a changed file, or a Redis that lost its data', async () => {
    const file = join(folder, 'changing.csv')
    writeFileSync(file, readFileSync(CSV))
    const isResumed = async (...args: readonly string[]) => {
      const { err, out } = await start(file, ...args).outcome
      expect(out).toMatch(/^Rows read {2}20/)
      return err.includes('Going on')
    }
    await cutOff(file)
    expect(await isResumed('--restart')).toBe(false)
    expect(await notes()).toEqual([])
    await cutOff(file)
    expect(await isResumed('--event', 'x')).toBe(false)
    appendFileSync(file, '1,2025-01-06,e\n')
    expect(await isResumed()).toBe(false)
    await cutOff(file)
    await redis.client().flushall()
    expect(await isResumed()).toBe(false)
  })
})

describe('npm run import, stopped otherwise', () => {
  it('sums up on Ctrl-C, and goes on after it', async () => {
    const run = await startUntilNoted(CSV)
    run.kill('SIGINT')
    const { code, out, err } = await run.outcome
    expect(out).toMatch(/^Rows read +\d[\d,]+ .*\nMarked +[1-9]/)
    expect(err).toMatch(/Stopped\. Run the same command again to finish: .*\n$/)
    expect(code).toBe(130)
    expect((await start(CSV).outcome).err).toContain('Going on after line ')
  })

  it('says in one line that Redis went away', async () => {
    const run = await startUntilNoted(CSV)
    await redis.kill()
    const { code, err } = await run.outcome
    await redis.restart()
    expect(err).toMatch(/\nRedis stopped taking marks.* Run the same command again to finish: .*\n$/)
    expect(code).toBe(1)
  })

  it.each([
    ['a file', [CSV], ''],
    ['standard input', ['-'], CSV],
  ])(
    'notices in %s that Redis came back without its data, and then begins again',
    async (_, files, stdin) => {
      const args = { env: { REDIS_URL: redis.url }, stdin: stdin && readFileSync(stdin) }
      const run = startImport(files, args)
      while ((await notes()).length === 0) await sleep(5)
      await redis.restart()
      const { code, err } = await run.outcome
      expect(err).toMatch(
        /\nRedis lost what it had acknowledged: .* Run the same command again to finish: .*\n$/,
      )
      expect(code).toBe(1)
      const again = await startImport(files, args).outcome
      expect(again.err).not.toContain('Going on')
      expect(again.out).toContain('Marked     199,800\n')
    },
  )

  it('does not go on without the file of the rows that were rejected', async () => {
    await cutOff(CSV, '--rejected', REJECTED)
    rmSync(REJECTED)
    const { code, err } = await start(CSV, '--rejected', REJECTED).outcome
    expect(err).toContain(`${REJECTED} no longer holds the rows that were rejected before: put it back`)
    expect(code).toBe(2)
  })
})
