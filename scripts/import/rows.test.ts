import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from './arguments'
import { BEGINNING } from './blocks'
import { type Asked, columnsOf } from './columns'
import type { Input } from './input'
import { type Reading, type Row, readRows } from './rows'

const ASKED: Asked = {
  user: 'user_id',
  time: 'at',
  event: null,
  eventColumn: 'event',
  attribute: { column: 'plan', prefix: '' },
}
const READING: Reading = {
  from: BEGINNING,
  head: null,
  columnsOf: (head) => columnsOf(ASKED, head, 'log'),
  onBytes: () => {},
}

/** A text that comes in pieces of some bytes. */
function inputOf(text: string, format: Format, bytesAPiece = 7): Input {
  const bytes = Buffer.from(text)
  async function* open(_: unknown, skip: number) {
    for (let at = skip; at < bytes.length; at += bytesAPiece)
      yield Buffer.from(bytes.subarray(at, at + bytesAPiece))
  }
  return { name: 'log', format, byteLength: null, identity: null, open }
}

/** The rows of a text that comes in pieces of some bytes. */
async function rowsOf(text: string, format: Format, bytesAPiece = 7): Promise<readonly Row[]> {
  const all: Row[] = []
  for await (const { rows } of readRows(inputOf(text, format, bytesAPiece), READING)) all.push(...rows)
  return all
}

const good = (line: number, user: unknown, event: unknown, plan?: unknown, at: unknown = '2025-01-06') => ({
  line,
  cells: { user, time: at, event, attribute: plan },
})

describe('readRows of a CSV', () => {
  it('takes columns in any order, a byte order mark, CRLF, blank lines and a last line without an end', async () => {
    const text =
      '\ufeffplan, event,user_id,at\r\n\r\npro,active,1,2025-01-06\n,song,2,2025-01-06\r\n  \nx,y,3,2025-01-06'
    expect(await rowsOf(text, 'csv')).toEqual([
      good(3, '1', 'active', 'pro'),
      good(4, '2', 'song', ''),
      good(6, '3', 'y', 'x'),
    ])
  })

  it('takes quoted texts with commas, quotes and line breaks, and counts their lines', async () => {
    const text = 'user_id,at,event,plan\n1,2025-01-06,"a, ""b""\nc",x\n2,2025-01-06,5" disk,"y"\n'
    expect(await rowsOf(text, 'csv')).toEqual([good(3, '1', 'a, "b"\nc', 'x'), good(4, '2', '5" disk', 'y')])
  })

  it('takes lines that end by returns alone, and other separators than commas', async () => {
    const text = 'user_id;at;event;plan\r1;2025-01-06;a,b;\r2;2025-01-06;"c;d";'
    const rows = [good(2, '1', 'a,b', ''), good(3, '2', 'c;d', '')]
    expect(await rowsOf(text, 'csv', 1000)).toEqual(rows)
    const lines = text.replaceAll('\r', '\n')
    expect(await rowsOf(lines, 'csv')).toEqual(rows)
    expect(await rowsOf(lines.replaceAll(';', '\t').replace('c\td', 'c;d'), 'csv')).toEqual(rows)
  })

  it('takes stray quotes as they stand', async () => {
    const text = 'user_id,at,event,plan\n"1"x,2025-01-06,"a,b"c,""\n2,2025-01-06, "d",e""\n'
    expect(await rowsOf(text, 'csv')).toEqual([good(2, '"1"x', '"a,b"c', ''), good(3, '2', ' "d"', 'e""')])
  })

  it('tells of rows with too few and too many fields', async () => {
    expect(await rowsOf('user_id,at,event,plan\n1,2\n1,2,3,4,5\n', 'csv')).toEqual([
      { line: 2, reason: 'expected 4 fields as in the header, got 2' },
      { line: 3, reason: 'expected 4 fields as in the header, got 5' },
    ])
  })

  it.each([
    [
      'a column that is not there',
      'user_id,at,event\n',
      '--attribute-column expected a column of log, got "plan"; it has user_id, at, event',
    ],
    [
      'a column that is there twice',
      'user_id,at,event,plan,at\n',
      '--time expected a column that log has once, got at: rename one',
    ],
    [
      'JSON',
      '{"user_id":1}\n',
      '--user expected a column of log, got "user_id"; it looks like NDJSON: add --format ndjson',
    ],
    ['nothing', '', 'log expected a header and rows, got nothing'],
  ])('refuses %s', async (_, text, message) => {
    await expect(rowsOf(text, 'csv')).rejects.toThrow(message)
  })

  it.each([
    ['a quote that never closes', '1,2,"3,4\n5,6\n', 'a quote opens that never closes'],
    [
      'a row without an end',
      `${'x'.repeat(2 ** 21)}\n`,
      'a row of more than 1024 KiB follows; is there a quote that never closes?',
    ],
  ])('gives the rows before %s, then says where it stopped', async (_, rest, reason) => {
    const text = `user_id,at,event,plan\n1,2025-01-06,a,\n${rest}1,2025-01-06,b,\n`
    const rows = readRows(inputOf(text, 'csv', 2 ** 30), READING)
    expect(await rows.next()).toMatchObject({ done: false, value: { rows: [good(2, '1', 'a', '')] } })
    await expect(rows.next()).rejects.toThrow(`log cannot be read after line 2: ${reason}`)
  })
})

describe('readRows of NDJSON', () => {
  it('takes numbers and texts, blank lines and a last line without an end', async () => {
    const text =
      '\ufeff{"user_id":1,"at":1736121600,"event":"a","plan":true}\r\n\n{"event":"b","user_id":"2","at":"2025-01-06"}'
    expect(await rowsOf(text, 'ndjson')).toEqual([good(1, 1, 'a', true, 1736121600), good(3, '2', 'b')])
  })

  it('tells of lines that hold no object, and of lines that are too long', async () => {
    const object = '{"user_id":1,"at":"2025-01-06","event":"a"}'
    const rows = await rowsOf(
      `[1]\nnull\n{"user_id":\n${'x'.repeat(2 ** 21)}\n${object}\n`,
      'ndjson',
      2 ** 16,
    )
    expect(rows).toEqual([
      { line: 1, reason: 'expected a JSON object, got "[1]"' },
      { line: 2, reason: 'expected a JSON object, got "null"' },
      { line: 3, reason: 'expected a JSON object, got "{\\"user_id\\":"' },
      { line: 4, reason: 'expected a line of at most 1024 KiB' },
      good(5, 1, 'a'),
    ])
  })

  it('takes a key that the first object lacks for a wrong flag, but for the attribute', async () => {
    await expect(rowsOf('{"user_id":1,"time":2,"event":"a"}\n', 'ndjson')).rejects.toThrow(
      '--time expected a key of the objects in log, got "at"; the first has user_id, time, event',
    )
  })
})

describe('readRows', () => {
  const texts = {
    csv: 'user_id,at,event,plan\r\n1,2,"é\n☃",x\r\n\n2,3,"a""b",\n3,4," "" \r\n",y',
    ndjson: '{"user_id":1,"at":2,"event":"é☃"}\n\n{"user_id":2,"at":3,"event":"b"}\n{"user_id":3}',
  }
  it.each(['csv', 'ndjson'] as const)('reads the same %s however it is cut into pieces', async (format) => {
    const whole = await rowsOf(texts[format], format, 1000)
    expect(whole).toHaveLength(3)
    const cut = fc.asyncProperty(fc.integer({ min: 1, max: 20 }), async (bytes) => {
      expect(await rowsOf(texts[format], format, bytes)).toEqual(whole)
    })
    await fc.assert(cut, { seed: 1, numRuns: 20 })
  })

  it.each(['csv', 'ndjson'] as const)('goes on in a %s from the end of any piece', async (format) => {
    const whole = await rowsOf(texts[format], format, 1000)
    const names = ['user_id', 'at', 'event', 'plan']
    const head = { names, delimiter: format === 'csv' ? ',' : '' }
    const before: Row[] = []
    for await (const { rows, end } of readRows(inputOf(texts[format], format), READING)) {
      before.push(...rows)
      const after: Row[] = []
      const rest = readRows(inputOf(texts[format], format), {
        ...READING,
        from: end,
        head: end.offset === 0 ? null : head,
      })
      for await (const piece of rest) after.push(...piece.rows)
      expect([...before, ...after]).toEqual(whole)
    }
  })
})
