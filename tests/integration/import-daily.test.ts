import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Environment, startImport } from '../fixtures/import'
import { type PrivateRedis, startRedis } from '../fixtures/redis'

let redis: PrivateRedis
const folder = mkdtempSync(join(tmpdir(), 'bitcohort-import-daily-'))

beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(() => redis.client().flushall())
afterAll(async () => {
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const runImport = (args: readonly string[], stdin: Buffer | string = '', env: Environment = {}) =>
  startImport(args, { stdin, env: { REDIS_URL: redis.url, ...env } }).outcome

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** The keys of marks, without the project's own. */
const markKeys = async () => (await redis.client().keys('trackist_*')).sort()

describe('npm run import --dry-run', () => {
  const NOBODY = { REDIS_URL: 'redis://127.0.0.1:1' }

  it('shows the first rows, the events, the ids and their cost, and needs no Redis', async () => {
    const csv = file(
      'dry.csv',
      'user_id,timestamp,event,plan\n7,2025-01-06T10:00:00Z,active,pro\n134217727,1736121600,active,\n9,2025-02-01,song,\nx,2025-02-01,song,\n',
    )
    const flags = ['--dry-run', '--event-column', 'event', '--attribute-column', 'plan']
    const { code, out, err } = await runImport([csv, ...flags], '', NOBODY)
    expect(err).toBe(`Columns of ${csv}: user = user_id, time = timestamp\n`)
    expect(out.replace(/ {2}in .*rows\/s/, '')).toBe(
      `First rows, as they would be marked:
  row        user       event   day         week      month    attribute
  dry.csv:2  7          active  2025-01-06  2025-W02  2025-01  pro
  dry.csv:3  134217727  active  2025-01-06  2025-W02  2025-01
  dry.csv:4  9          song    2025-02-01  2025-W05  2025-02
Events (2):
  active  2
  song    1
Attributes (1):
  pro  1
User ids    7 … 134,217,727
Redis       7 keys, about 48 MB: each is as long as its highest id needs
Dearest id  134,217,727, the highest of 3 keys: without it 48 MB less

Rows read  4
Would mark 3
Rejected   1:
  ${csv} line 5: "user_id" expected integer 0..134217727, got "x"; use an integer user id within the limit, or raise MAX_USER_ID; with ID_MODE=mapped any text of 1 to 256 bytes
Nothing was marked: this was a dry run.
`,
    )
    expect(code).toBe(0)
  })

  it('shows the periods of the zone, and hours where they are tracked', async () => {
    const csv = file('zone.csv', 'uid,ts\n1,2025-01-05T20:30:00Z\n2,2025-01-06T01:30\n')
    const env = { ...NOBODY, TIME_ZONE: 'Asia/Kolkata', TRACK_HOURLY: '1' }
    const { out } = await runImport([csv, '--event', 'e', '--dry-run'], '', env)
    expect(out).toContain('zone.csv:2  1     e      2025-01-06T02  2025-01-06  2025-W02  2025-01\n')
    expect(out).toContain('zone.csv:3  2     e      2025-01-06T01  2025-01-06  2025-W02  2025-01\n')
  })

  it('says so where no row would mark anything, and fails with --strict', async () => {
    const csv = file('none.csv', 'uid,ts\nx,2025-01-05\n')
    const { code, out } = await runImport([csv, '--event', 'e', '--dry-run', '--strict'], '', NOBODY)
    expect(out).toMatch(/^No row would mark anything\.\n/)
    expect(code).toBe(1)
  })

  it('counts the keys and bytes that the import then makes', async () => {
    const rows = ['3,2025-01-06T10:00Z,a,x', '99,2025-01-06T11:00Z,a,y', '40,2025-03-06T11:00Z,b,x']
    const csv = file('cost.csv', ['uid,ts,event,plan', ...rows].join('\n'))
    const env = { TRACK_HOURLY: '1', TRACK_UNIQUE: '1' }
    const flags = ['--event-column', 'event', '--attribute-column', 'plan']
    const { out } = await runImport([csv, ...flags, '--dry-run'], '', env)
    await runImport([csv, ...flags], '', env)
    const keys = await markKeys()
    const lengths = await Promise.all(keys.map((key) => redis.client().strlen(key)))
    expect(keys).toHaveLength(13)
    expect(out).toContain(`Redis       13 keys, about ${lengths.reduce((sum, each) => sum + each)} bytes:`)
    // Its keys: the hour alone (13 bytes); day, week, month and attribute with user 3 (12 more than 1); plan y alone.
    expect(out).toContain('Dearest id  99, the highest of 6 keys: without it 74 bytes less')
  })

  it('leaves Redis as it is', async () => {
    const csv = file('left.csv', 'uid,ts\n1,2025-01-05\n')
    await runImport([csv, '--event', 'e', '--dry-run'])
    expect(await redis.client().dbsize()).toBe(0)
  })
})

describe('npm run import without columns named', () => {
  it.each([
    ['user_id,timestamp,event', 'user_id', 'timestamp', 'event'],
    ['id,name,User,Time', 'User', 'Time', 'name'],
    ['distinct_id\tcreated_at\tevent_name', 'distinct_id', 'created_at', 'event_name'],
    ['"Customer ID";Date;"Event Type";id', 'Customer ID', 'Date', 'Event Type'],
  ])('finds them in %s', async (header, user, time, event) => {
    const csv = file('sniffed.csv', `${header}\n`)
    const { code, err } = await runImport([csv])
    expect(err).toBe(`Columns of ${csv}: user = ${user}, time = ${time}, event = ${event}\n`)
    expect(code).toBe(0)
  })

  it('finds them in each of several files, and tells of all', async () => {
    const files = [
      file('a.csv', 'uid,ts,event\n1,2025-01-06,e\n'),
      file('b.ndjson.gz', gzipSync('{"user":2,"time":"2025-01-06","name":"e","x":{"y":1}}\n')),
      file('c.csv.gz', gzipSync('event,ts,uid\ne,2025-01-06,3\n')),
    ]
    const stdin = gzipSync('{"user_id":4,"date":"2025-01-06","event":"e"}\n')
    const stream = await runImport(['-', '--format', 'ndjson'], stdin)
    const { code, err, out } = await runImport(files)
    expect(out).toContain('Marked     3\n')
    expect(err).toBe(
      `Columns of ${files[0]}, ${files[2]}: user = uid, time = ts, event = event\nColumns of ${files[1]}: user = user, time = time, event = name\n`,
    )
    expect(stream.err).toBe(
      'Columns of standard input: user = user_id, time = date, event = event\nStandard input and pipes cannot be read twice: where this is cut off, it does not resume but begins again.\n',
    )
    expect(code).toBe(0)
    expect(await redis.client().getBuffer('trackist_e_2025-1')).toEqual(Buffer.from([0b0111_1000]))
  })

  it.each([
    [
      'several that could be it',
      'user_id,uid,ts,event',
      '--user COLUMN is needed: the user in FILE could be user_id or uid; it has user_id, uid, ts, event',
    ],
    [
      'none for the time',
      'user_id,event',
      '--time COLUMN is needed: no column of FILE has a usual name for the time; it has user_id, event',
    ],
    [
      'none for the event',
      'user_id,ts,x',
      '--event-column COLUMN is needed, or --event NAME where every row marks the same event: no column of FILE has a usual name for the event; it has user_id, ts, x',
    ],
    ['JSON', '{"user_id":1}', 'FILE looks like NDJSON: add --format ndjson'],
  ])('refuses %s in one line, before anything is imported', async (_, header, line) => {
    const good = file('good.csv', 'uid,ts,event\n1,2025-01-06,e\n')
    const csv = file('unclear.csv', `${header}\n`)
    const { code, out, err } = await runImport([good, csv])
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `${line.replace('FILE', csv)}\n` })
    expect(await redis.client().dbsize()).toBe(0)
  })
})

describe('npm run import --rejected', () => {
  it('writes every rejected row with its file, line, column and reason', async () => {
    const bad = Array.from({ length: 12 }, (_, i) => `u${i},2025-01-06`)
    const csv = file('many.csv', ['uid,ts', ...bad, '1,=x', '1,2,3', '1,2025-01-06'].join('\n'))
    const path = join(folder, 'rejected.csv')
    await runImport([csv, '--event', 'e', '--rejected', path])
    const lines = readFileSync(path, 'utf8').split('\r\n')
    expect(lines).toHaveLength(1 + 14 + 1)
    expect(lines[0]).toBe('file,line,column,reason')
    expect(lines[1]).toBe(
      `${csv},2,uid,"""uid"" expected integer 0..134217727, got ""u0""; use an integer user id within the limit, or raise MAX_USER_ID; with ID_MODE=mapped any text of 1 to 256 bytes"`,
    )
    expect(lines[13]).toMatch(/many\.csv,14,ts,"""ts"" expected a time that exists, got ""=x"";/)
    expect(lines[14]).toMatch(/many\.csv,15,,"expected 2 fields as in the header, got 3"$/)
  })

  it('refuses to write over a file that is to be imported, and a file that cannot be written', async () => {
    const csv = file('self.csv', 'uid,ts\n1,2025-01-06\n')
    const own = await runImport([csv, '--event', 'e', '--rejected', csv])
    expect(own).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^--rejected expected a file of its own/),
    })
    const none = await runImport([csv, '--event', 'e', '--rejected', join(folder, 'no', 'x.csv')])
    expect(none.code).toBe(2)
    expect(none.err).toMatch(/x\.csv cannot be written: no such file or directory\n$/)
    expect(existsSync(csv)).toBe(true)
    expect(await redis.client().dbsize()).toBe(0)
  })
})

describe('npm run import with doubtful times', () => {
  it('marks them, counts them and tells the first ones', async () => {
    const times = ['20250106', '20250107', '20250108', '20250109', '1736121', '4200000000', '1999-12-31']
    const rows = [...times, '2000-01-01', '2999-01-01'].map((time) => `1,${time}`)
    const csv = file('doubt.csv', `uid,ts\n${rows.join('\n')}\n`)
    const { code, out } = await runImport([csv, '--event', 'e', '--strict'])
    const lastYear = new Date().getUTCFullYear() + 1
    expect(out.split('\n').slice(3)).toEqual([
      'Warnings, of rows that are not rejected:',
      '  4 rows: a number that looks like a date reads as an epoch time; write 2025-01-06, not 20250106',
      `    ${csv} line 2: "ts" "20250106" is 1970-08-23`,
      `    ${csv} line 3: "ts" "20250107" is 1970-08-23`,
      `    ${csv} line 4: "ts" "20250108" is 1970-08-23`,
      '    …',
      '  2 rows: an epoch number lands in 1970 or past 2100; are seconds and milliseconds mixed up?',
      `    ${csv} line 6: "ts" "1736121" is 1970-01-21`,
      `    ${csv} line 7: "ts" "4200000000" is 2103-02-04`,
      `  2 rows: the time lies outside 2000 … ${lastYear}`,
      `    ${csv} line 8: "ts" "1999-12-31" is 1999-12-31`,
      `    ${csv} line 10: "ts" "2999-01-01" is 2999-01-01`,
      '',
    ])
    expect(code).toBe(0)
    expect(await markKeys()).toContain('trackist_e_1970-8-23')
  })
})

describe('npm run import in a time zone', () => {
  it('takes times without an offset as the zone has them, and refuses another zone later', async () => {
    const csv = file('local.csv', 'uid,ts\n1,2025-01-06T23:30\n1,2025-01-06T23:30Z\n')
    await runImport([csv, '--event', 'e'], '', { TIME_ZONE: 'America/Sao_Paulo', TRACK_HOURLY: '1' })
    const hours = ['trackist_e_2025-1-6-20', 'trackist_e_2025-1-6-23']
    expect(await markKeys()).toEqual([
      'trackist_e_2025-1',
      'trackist_e_2025-1-6',
      ...hours,
      'trackist_e_W2025-2',
    ])
    const { code, out, err } = await runImport([csv, '--event', 'e'], '', { TIME_ZONE: 'Asia/Kolkata' })
    expect(err).toMatch(/^Columns of .*\nTIME_ZONE expected "America\/Sao_Paulo", as the data .*\n$/)
    expect({ code, out }).toEqual({ code: 1, out: '' })
  })
})
