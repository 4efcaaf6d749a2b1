import { describe, expect, it } from 'vitest'
import { probe } from './capabilities'

const ALL = {
  pieces: true,
  lengths: true,
  firstBits: true,
  bitfields: true,
  unlink: true,
  scripts: true,
  records: true,
  conditions: true,
  sizes: true,
}

/** What is found where one command is answered by an error, and all others are taken. */
function probeWith(name: string, message: string) {
  return probe(
    async (calls) => calls.map((call) => (call.make().name === name ? new Error(message) : 0)),
    'probe',
  )
}

describe('probe', () => {
  it('tries everything on one key', async () => {
    const tried: string[] = []
    const found = await probe(async (calls) => {
      tried.push(...calls.map((call) => [call.make().name, ...call.make().args].join(' ')))
      return calls.map(() => 0)
    }, 'p')
    expect(found).toEqual({ capabilities: ALL, isLasting: true })
    expect(tried).toEqual([
      'getrange p 0 0',
      'strlen p',
      'bitpos p 1',
      'bitfield p GET u1 0',
      'unlink p',
      'eval return 1 1 p',
      'zadd p XX 0 -',
      'set p  XX',
      'dbsize',
    ])
  })

  it.each([
    ['getrange', 'pieces'],
    ['strlen', 'lengths'],
    ['bitpos', 'firstBits'],
    ['bitfield', 'bitfields'],
    ['unlink', 'unlink'],
    ['eval', 'scripts'],
    ['zadd', 'records'],
    ['set', 'conditions'],
    ['dbsize', 'sizes'],
  ])('finds by %s whether there are %s', async (name, capability) => {
    const { capabilities } = await probeWith(name, `ERR unknown command '${name}'`)
    expect(capabilities).toEqual({ ...ALL, [capability]: false })
  })

  it.each([
    ['Redis 7', "ERR unknown command 'zadd', with args beginning with: 'k' 'XX' '0' '-' "],
    ['Redis 6', 'ERR unknown command `zadd`, with args beginning with: `k`, `XX`, `0`, `-`, '],
    ['Redis 3', "ERR unknown command 'zadd'"],
    ['Redis 7 by its access list', "NOPERM User reader has no permissions to run the 'zadd' command"],
    ['Redis 7.0 by its access list', "NOPERM this user has no permissions to run the 'zadd' command"],
    ['Redis by its list of keys', 'NOPERM No permissions to access a key'],
    ['bitmapist-server', "ERR unknown command 'zadd'"],
    ['bitmapist-server, of arguments', "ERR wrong number of arguments for 'info' command"],
    ['a proxy', 'ERR unsupported command'],
    ['another proxy', "ERR command 'zadd' not allowed"],
    ['a hosted Redis', 'ERR command ZADD not support for normal user'],
    ['a hosted Redis, of a command', 'ERR Command is not available: ZADD'],
  ])('takes for missing what is refused for good: %s', async (_, message) => {
    const records = { capabilities: { ...ALL, records: false }, isLasting: true }
    expect(await probeWith('zadd', message)).toEqual(records)
  })

  it.each([
    ['a replica', "READONLY You can't write against a read only replica."],
    ['a full one', "OOM command not allowed when used memory > 'maxmemory'."],
    [
      'one that cannot save',
      'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk. Commands that may modify the data set are disabled.',
    ],
    ['one that misses replicas', 'NOREPLICAS Not enough good replicas to write.'],
  ])('takes for missing, but not for good, what is not taken now: %s', async (_, message) => {
    const bitfields = { capabilities: { ...ALL, bitfields: false }, isLasting: false }
    expect(await probeWith('bitfield', message)).toEqual(bitfields)
  })

  it('knows of conditions where no SET is taken now: it would be written without them a moment later', async () => {
    const found = { capabilities: ALL, isLasting: false }
    expect(await probeWith('set', 'READONLY You cannot write')).toEqual(found)
  })

  it.each([
    'LOADING Redis is loading the dataset in memory',
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
    'CLUSTERDOWN The cluster is down',
    'MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to no.',
    'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
    'ERR max number of clients reached',
    'ERR DB index is out of range',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'Connection is closed.',
    'Command timed out',
  ])('throws what says nothing of the command: %s', async (message) => {
    await expect(probeWith('getrange', message)).rejects.toThrow(message)
  })
})
