import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bitmapist, parseExpression, parsePeriod } from '../../lib/bitmapist'
import { type Environment, type Outcome, startImport } from '../fixtures/import'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let redis: PrivateRedis
const folder = mkdtempSync(join(tmpdir(), 'bitcohort-import-'))

beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(() => redis.client().flushall())
afterAll(async () => {
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** Runs the command as `npm run import` does, with `--id-mode mapped` unless the environment says it. */
const runImport = (args: readonly string[], env: Environment = {}) =>
  startImport(env.ID_MODE ? args : [...args, '--id-mode', 'mapped'], {
    env: { REDIS_URL: redis.url, ...env },
  }).outcome

async function members(text: string, period = '2025-01-06'): Promise<readonly string[]> {
  const bitmapist = new Bitmapist({ redis: redis.client(), idMode: 'mapped' })
  const ids: string[] = []
  for await (const id of bitmapist.members(parseExpression(text), parsePeriod(period))) ids.push(id)
  return ids
}

/** The summary, without what a machine's speed decides. */
const told = ({ out }: Outcome) => out.replace(/ {2}in .*rows\/s/, '').trimEnd()

describe('npm run import --id-mode mapped', () => {
  it('keeps ids as they stand in the column', async () => {
    const csv = file(
      'a.csv',
      'user,timestamp,event,plan\nann@example.com,2025-01-06,active,pro\n007,2025-01-06,active,\n7,2025-01-06,active,\n 7,2025-01-06,active,\n"a,""b""",2025-01-06,active,free\nann@example.com,2025-01-06,active,\né,2025-01-06,"song:play",\n',
    )
    const outcome = await runImport([csv, '--event-column', 'event', '--attribute-column', 'plan'])
    expect(outcome.code).toBe(0)
    expect(told(outcome)).toBe('Rows read  7\nMarked     7\nRejected   0')
    expect(await members('active')).toEqual(['ann@example.com', '007', '7', ' 7', 'a,"b"'])
    expect(await members('song:play')).toEqual(['é'])
    expect(await members('attr(free)')).toEqual(['a,"b"'])
  })

  it('takes the integers of NDJSON for their digits, as far as they are exact', async () => {
    const ndjson = file(
      'a.ndjson',
      [
        '{"user":9007199254740991,"ts":"2025-01-06"}',
        '{"user":"9007199254740991","ts":"2025-01-06"}',
        '{"user":9007199254740993,"ts":"2025-01-06"}',
        '{"user":"9007199254740993","ts":"2025-01-06"}',
      ].join('\n'),
    )
    const outcome = await runImport([ndjson, '--event', 'active'])
    expect(outcome.out).toContain(
      `${ndjson} line 3: "user" expected text, or an integer of at most 9007199254740991, got 9007199254740992`,
    )
    expect(await members('active')).toEqual(['9007199254740991', '9007199254740993'])
  })

  it('rejects what is no id, with the reason, and gives it no number', async () => {
    const rejected = join(folder, 'rejected.csv')
    const csv = file(
      'bad.csv',
      `uid,timestamp\n,2025-01-06\n${'x'.repeat(257)},2025-01-06\nok,never\nfine,2025-01-06\n${'x'.repeat(256)},2025-01-06\n`,
    )
    const outcome = await runImport([csv, '--event', 'active', '--rejected', rejected])
    expect(told(outcome)).toMatch(/^Rows read {2}5\nMarked {5}2\nRejected {3}3:\n/)
    expect(outcome.out).toContain(`${csv} line 2: "uid" expected text of 1..256 bytes, got ""; `)
    expect(outcome.out).toContain(`${csv} line 3: "uid" expected text of 1..256 bytes, got "xxx`)
    expect(readFileSync(rejected, 'utf8').split('\r\n')).toHaveLength(5)
    expect(await members('active')).toEqual(['fine', 'x'.repeat(256)])
    expect(await redis.client().get('bitcohort:{trackist_}:ids')).toBe('2')
  })

  it('changes nothing when it is run again, also over more rows than a batch', async () => {
    const ids = Array.from({ length: 60_000 }, (_, i) => `user-${(i * 7919) % 60_000}@example.com`)
    const csv = file('large.csv', `user,timestamp\n${ids.map((id) => `${id},2025-01-06`).join('\n')}\n`)
    const call = [csv, '--event', 'active']
    expect(told(await runImport(call))).toBe('Rows read  60,000\nMarked     60,000\nRejected        0')
    expect(await members('active')).toEqual(ids)
    await runImport(call)
    expect(await members('active')).toEqual(ids)
    expect(await redis.client().get('bitcohort:{trackist_}:ids')).toBe('60000')
  })

  it('is what ID_MODE says where the flag does not, and the flag where it does', async () => {
    const csv = file('mode.csv', 'user,timestamp\nu1,2025-01-06\n')
    expect(told(await runImport([csv, '--event', 'a'], { ID_MODE: 'mapped' }))).toContain('Marked     1')
    expect(await members('a')).toEqual(['u1'])
    const other = await runImport([csv, '--event', 'a', '--id-mode', 'integer'], { ID_MODE: 'mapped' })
    expect(other.code).toBe(1)
    expect(other.err).toContain(
      'ID_MODE expected "mapped", as the data under "trackist_" has it, got "integer"',
    )
  })

  it('says in a dry run what it would do', async () => {
    const csv = file('dry.csv', `user,timestamp\nu1,2025-01-06\n${'y'.repeat(200)},2025-02-06\n`)
    const outcome = await runImport([csv, '--event', 'active', '--dry-run'])
    expect(told(outcome)).toBe(`First rows, as they would be marked:
  row        user                                      event   day         week      month    attribute
  dry.csv:2  u1                                        active  2025-01-06  2025-W02  2025-01
  dry.csv:3  ${'y'.repeat(39)}…  active  2025-02-06  2025-W06  2025-02
Events (1):
  active  2
User ids    texts of 2 … 200 bytes
Redis       6 keys, each a bit for every user up to the newest in it

Rows read  2
Would mark 2
Rejected   0
Nothing was marked: this was a dry run.`)
    expect(await redis.client().keys('*')).toEqual([])
  })
})
