import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, type Expression, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { dump, type Environment, type Outcome, startImport } from '../fixtures/import'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let redis: PrivateRedis
let bitmapist: Bitmapist
const folder = mkdtempSync(join(tmpdir(), 'bitcohort-import-'))

beforeAll(async () => {
  redis = await startRedis()
  bitmapist = new Bitmapist({ redis: redis.client() })
})
beforeEach(() => redis.client().flushall())
afterAll(async () => {
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the command as `npm run import` does. */
const runImport = (args: readonly string[], stdin: Buffer | string = '', env: Environment = {}) =>
  startImport(args, { stdin, env: { REDIS_URL: redis.url, ...env } }).outcome

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function members(text: string, period: string | null = null): Promise<readonly number[]> {
  const expression: Expression = parseExpression(text)
  const ids: number[] = []
  for await (const id of bitmapist.members(expression, period === null ? null : parsePeriod(period)))
    ids.push(id)
  return ids
}

/** The summary, without what a machine's speed decides. */
const told = ({ out }: Outcome) => out.replace(/ {2}in .*rows\/s/, '').trimEnd()

const COLUMNS = ['--user', 'user_id', '--time', 'timestamp']

describe('npm run import', () => {
  it('marks the rows of a CSV, with an event and an attribute a row', async () => {
    const csv = file(
      'a.csv',
      '\ufeffuser_id,timestamp,event,plan\r\n7,2025-01-06T10:00:00Z,active,pro\r\n\r\n9,1736294400,"song:play",\r\n9,1736294400000,active,"free, trial"\r\n',
    )
    const flags = ['--event-column', 'event', '--attribute-column', 'plan', '--attribute-prefix', 'plan:']
    const outcome = await runImport([csv, ...COLUMNS, ...flags])
    expect(outcome.err).toBe('')
    expect(outcome.code).toBe(0)
    expect(told(outcome)).toBe('Rows read  3\nMarked     3\nRejected   0')
    expect(await members('active', '2025-W02')).toEqual([7, 9])
    expect(await members('active', '2025-01-06')).toEqual([7])
    expect(await members('active', '2025-01-08')).toEqual([9])
    expect(await members('song:play', '2025-01')).toEqual([9])
    expect(await members('attr(plan:pro)')).toEqual([7])
    expect(await members('attr("plan:free, trial")')).toEqual([9])
    expect(await bitmapist.events()).toMatchObject({ attributes: ['plan:free, trial', 'plan:pro'] })
  })

  it('marks NDJSON from standard input, compressed or not', async () => {
    const text =
      '{"user_id":1,"timestamp":1736121600}\n{"user_id":"2","timestamp":"2025-01-06T23:59:59+00:00"}\n'
    const flags = [...COLUMNS, '--event', 'active', '--format', 'ndjson']
    expect(told(await runImport(['-', ...flags], text))).toBe('Rows read  2\nMarked     2\nRejected   0')
    const later = gzipSync(text.replace('"user_id":1', '"user_id":3'))
    expect(told(await runImport(['-', ...flags], later))).toBe('Rows read  2\nMarked     2\nRejected   0')
    expect(await members('active', '2025-01-06')).toEqual([1, 2, 3])
  })

  it('marks several files of both kinds, compressed ones by what they hold', async () => {
    const files = [
      file('one.csv.gz', gzipSync('timestamp,user_id\n2025-01-06,1\n')),
      file('two.jsonl', '{"user_id":2,"timestamp":"2025-01-06"}\n'),
      file('three.csv', gzipSync('user_id,timestamp\n3,2025-01-06\n')),
    ]
    const outcome = await runImport([...files, ...COLUMNS, '--event', 'active'])
    expect(told(outcome)).toBe('Rows read  3\nMarked     3\nRejected   0')
    expect(await members('active', '2025-01-06')).toEqual([1, 2, 3])
  })

  it('tells of bad rows with their lines, marks the others, and fails only with --strict', async () => {
    const csv = file(
      'bad.csv',
      [
        'user_id,timestamp,event',
        '5,2025-01-06,active',
        'u-1,2025-01-06,active',
        '134217728,2025-01-06,active',
        '1e3,2025-01-06,active',
        ',2025-01-06,active',
        '6,2025-02-30,active',
        '6,yesterday,active',
        '6,2025-01-06,',
        '6,2025-01-06,bitop_x',
        '6,2025-01-06',
        ...Array.from({ length: 3 }, () => '-1,2025-01-06,active'),
        '8,2025-01-06,active',
      ].join('\n'),
    )
    const outcome = await runImport([csv, ...COLUMNS, '--event-column', 'event'])
    const reasons = outcome.out.split('\n').filter((line) => line.startsWith('  '))
    expect(told(outcome)).toMatch(/^Rows read {2}14\nMarked {6}2\nRejected {3}12:\n/)
    expect(reasons).toHaveLength(11)
    expect(reasons[0]).toBe(
      `  ${csv} line 3: "user_id" expected integer 0..134217727, got "u-1"; use an integer user id within the limit, or raise MAX_USER_ID; with ID_MODE=mapped any text of 1 to 256 bytes`,
    )
    expect(reasons.map((line) => /line (\d+): (.*?);|$/.exec(line)?.slice(1, 3))).toEqual([
      ['3', '"user_id" expected integer 0..134217727, got "u-1"'],
      ['4', '"user_id" expected integer 0..134217727, got 134217728'],
      ['5', '"user_id" expected integer 0..134217727, got "1e3"'],
      ['6', '"user_id" expected integer 0..134217727, got ""'],
      ['7', '"timestamp" expected a time that exists, got "2025-02-30"'],
      ['8', '"timestamp" expected a time that exists, got "yesterday"'],
      ['9', '"event" expected a name, got ""'],
      ['10', '"event" expected a name, got "bitop_x"'],
      [undefined, undefined],
      ['12', '"user_id" expected integer 0..134217727, got "-1"'],
      [undefined, undefined],
    ])
    expect(reasons[8]).toBe(`  ${csv} line 11: expected 3 fields as in the header, got 2`)
    expect(reasons[10]).toBe('  and 2 more')
    expect(outcome.code).toBe(0)
    expect(await members('active', '2025-01-06')).toEqual([5, 8])
    expect((await runImport([csv, ...COLUMNS, '--event-column', 'event', '--strict'])).code).toBe(1)
  })

  it('changes nothing when it is run again, also over more rows than a batch', async () => {
    const lines = Array.from({ length: 45_000 }, (_, i) => `${i * 3},2025-0${1 + (i % 9)}-06`)
    const csv = file('large.csv', `user_id,timestamp\n${lines.join('\n')}\n`)
    const call = [csv, ...COLUMNS, '--event', 'active']
    expect(told(await runImport(call))).toBe('Rows read  45,000\nMarked     45,000\nRejected        0')
    expect(await members('active', '2025')).toHaveLength(45_000)
    expect(await members('active', '2025-03-06')).toEqual(
      Array.from({ length: 5000 }, (_, i) => (9 * i + 2) * 3),
    )
    const before = await dump(redis.client())
    await runImport(call)
    expect(await dump(redis.client())).toEqual(before)
  })

  it('writes under KEY_PREFIX and up to MAX_USER_ID', async () => {
    const csv = file('prefix.csv', 'user_id,timestamp\n1,2025-01-06\n11,2025-01-06\n')
    const env = { KEY_PREFIX: 'mine_', MAX_USER_ID: '10' }
    const outcome = await runImport([csv, ...COLUMNS, '--event', 'active'], '', env)
    expect(outcome.out).toContain('"user_id" expected integer 0..10, got 11')
    const keys = ['mine_active_2025-1', 'mine_active_2025-1-6', 'mine_active_W2025-2']
    expect((await redis.client().keys('mine_*')).sort()).toEqual(keys)
  })

  it('keeps what was read of a file that breaks off, says so, and fails', async () => {
    const whole = gzipSync(`user_id,timestamp\n${'4,2025-01-06\n'.repeat(1000)}`, { level: 0 })
    const cut = file('cut.csv.gz', whole.subarray(0, 6000))
    const outcome = await runImport([cut, ...COLUMNS, '--event', 'active'])
    expect(outcome.err).toMatch(/^.*cut\.csv\.gz cannot be read after line \d+: unexpected end of file\n$/)
    expect(outcome.code).toBe(1)
    expect(await members('active', '2025-01-06')).toEqual([4])
  })

  it.each([
    ['a flag that is wrong', ['a.csv', ...COLUMNS, '--evnt', 'x'], /^Unknown option '--evnt'.*\n$/],
    [
      'a file that is not there',
      ['absent.csv', ...COLUMNS, '--event', 'x'],
      /^absent\.csv cannot be read: no such file or directory\n$/,
    ],
    [
      'a folder',
      ['tests', ...COLUMNS, '--event', 'x'],
      /^tests expected a file, got a folder: name the files in it\n$/,
    ],
    [
      'a column that is not there',
      ['-', '--user', 'id', '--time', 'timestamp', '--event', 'x'],
      /^--user expected a column of standard input, got "id"; it has user_id, timestamp\n$/,
    ],
  ])('refuses %s in one line, with exit code 2', async (_, args, line) => {
    const outcome = await runImport(args, 'user_id,timestamp\n1,2025-01-06\n')
    expect(outcome).toEqual({ code: 2, out: '', err: expect.stringMatching(line) })
    expect(await redis.client().dbsize()).toBe(0)
  })

  it('says in one line that Redis does not answer', async () => {
    const csv = file('one.csv', 'user_id,timestamp\n1,2025-01-06\n')
    const outcome = await runImport([csv, ...COLUMNS, '--event', 'x'], '', {
      REDIS_URL: 'redis://127.0.0.1:1',
    })
    const err = 'Redis does not answer at redis://127.0.0.1:1: start it, or set REDIS_URL\n'
    expect(outcome).toEqual({ code: 1, out: '', err })
  })
})
