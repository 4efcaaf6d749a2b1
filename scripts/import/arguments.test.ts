import { describe, expect, it } from 'vitest'
import { parseArguments, UsageError } from './arguments'

const USUAL = ['a.csv', '--user', 'user_id', '--time', 'timestamp']

describe('parseArguments', () => {
  it('reads files, columns and flags', () => {
    const args = [...USUAL, 'b.ndjson.gz', '-', '--event-column', 'event', '--attribute-column', 'plan']
    expect(parseArguments([...args, '--attribute-prefix', 'plan:', '--format', 'csv', '--strict'])).toEqual({
      files: ['a.csv', 'b.ndjson.gz', '-'],
      format: 'csv',
      asked: {
        user: 'user_id',
        time: 'timestamp',
        event: null,
        eventColumn: 'event',
        attribute: { column: 'plan', prefix: 'plan:' },
      },
      idMode: null,
      strict: true,
      dryRun: false,
      restart: false,
      rejected: null,
    })
  })

  it('leaves the columns to the header, and takes what an import may be told', () => {
    expect(parseArguments(['a.csv', '--dry-run', '--restart', '--rejected', 'bad.csv'])).toEqual({
      files: ['a.csv'],
      format: null,
      asked: { user: null, time: null, event: null, eventColumn: null, attribute: null },
      idMode: null,
      strict: false,
      dryRun: true,
      restart: true,
      rejected: 'bad.csv',
    })
  })

  it.each(['integer', 'mapped'])('reads the id mode %s', (mode) => {
    expect(parseArguments([...USUAL, '--id-mode', mode])).toMatchObject({ idMode: mode })
  })

  it('returns null where help is asked for', () => {
    expect(parseArguments(['--help'])).toBeNull()
  })

  it.each([
    [[], 'FILE expected one file or more'],
    [['-', '-', '--user', 'u'], 'FILE expected - once at most'],
    [['a.csv', '--user', ''], '--user expected the name of a column, such as --user user_id'],
    [['a.csv', '--time', ''], '--time expected the name of a column, such as --time timestamp'],
    [['a.csv', '--rejected', '-'], '--rejected expected a file to write'],
    [['a.csv', '--rejected', './a.csv'], '--rejected expected a file of its own, got ./a.csv'],
    [[...USUAL, '--event', ''], '"--event" expected a name, got ""'],
    [[...USUAL, '--event', 'bitop_x'], '"--event" expected a name, got "bitop_x"'],
    [[...USUAL, '--event', 'e', '--event-column', 'c'], '--event and --event-column exclude each other'],
    [
      [...USUAL, '--event', 'e', '--attribute-prefix', 'p:'],
      '--attribute-prefix expected --attribute-column with it',
    ],
    [[...USUAL, '--event', 'e', '--format', 'tsv'], '--format expected csv or ndjson, got "tsv"'],
    [[...USUAL, '--event', 'e', '--id-mode', 'uuid'], '--id-mode expected integer or mapped, got "uuid"'],
    [[...USUAL, '--evnt', 'e'], "Unknown option '--evnt'"],
    [['a.csv', '--user'], "Option '--user <value>' argument missing"],
  ])('refuses %j in one line', (args, line) => {
    const call = () => parseArguments(args)
    expect(call).toThrow(UsageError)
    expect(call).toThrow(line)
    expect(call).not.toThrow(/\n/)
  })
})
